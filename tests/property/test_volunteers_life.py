"""Any sequence of joining, planning, swapping and leaving: nobody ever stands without their word.

One machine lets random people do what people do to the on-call team, over a real database, in any
order and by anybody, admins too. After every step the database is held against NO2, VO2 and VO8.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.integration.actions import seed
from watchbill.actions import applications, leaving, shifts, swaps, terms
from watchbill.actions.audit import Actor, person
from watchbill.errors import WatchbillError
from watchbill.queries import volunteers as queries

WHO = st.sampled_from(["ann", "ben", "vera", "ada", "mona"])
WEEK = timedelta(days=7)
WHICH = st.integers(min_value=0, max_value=9)
SOON = st.sampled_from([timedelta(0), timedelta(days=2), WEEK, 3 * WEEK])
EMPTY = "truncate shifts, terms, applications, absences, plans, swaps, notifications cascade"
#: A shift that is not covered by a term of its person's own.
UNWILLING = """
select s.id from shifts s left join terms t on t.id = s.term_id
where t.id is null or t.person_id <> s.person_id or t.consented_by <> s.person_id
  or not s.during <@ t.during
"""
PEOPLE = "select distinct person_id from shifts union select person_id from terms"


class Life(RuleBasedStateMachine):
    """The life of an on-call team."""

    seeded: seed.Seeded
    #: How often each deed was done, and not refused.
    done: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.seeded.clock.move_to(seed.TUESDAY)
        with self.seeded.shell.db.transaction() as tx:
            tx.execute(EMPTY)
        #: Who ever said yes, by themselves.
        self.willing: set[str] = set()
        for name in ("vera", "ben"):
            self.join(name, lasts=timedelta(days=60))
        self.schedule(timedelta(0), "vera")

    def by(self, name: str) -> Actor:
        return person(self.seeded.ids[name], is_admin=name == "ada")

    def rows(self, query: Any, *values: object) -> list[tuple[Any, ...]]:
        with self.seeded.shell.db.transaction() as tx:
            return tx.execute(query, list(values)).fetchall()

    def ids(self, query: Any) -> list[str]:
        return [row[0] for row in self.rows(query)]

    def attempt(self, deed: Callable[..., object], *values: object, by: str) -> bool:
        try:
            deed(self.seeded.shell, *values, by=self.by(by))
        except WatchbillError:
            return False
        self.done[deed.__name__] = self.done.get(deed.__name__, 0) + 1
        return True

    def name_of(self, person_id: str) -> str:
        return next(name for name, row_id in self.seeded.ids.items() if row_id == person_id)

    def of_a_term(self, which: int, deed: Callable[..., object], *values: object) -> str:
        """Let a person do it with a term of theirs, after everybody else has tried in vain."""
        query = "select id, person_id from terms where upper(during) > %s order by id"
        open_terms = self.rows(query, self.seeded.clock.now())
        if not open_terms:
            return ""
        term, who = open_terms[which % len(open_terms)]
        for other in {"ada", "ben", "mona"} - {self.name_of(who)}:
            assert not self.attempt(deed, term, *values, by=other), "only they themselves"
        self.attempt(deed, term, *values, by=self.name_of(who))
        return str(who)

    # -- what people do ---------------------------------------------------------------------------

    @rule(name=WHO, begins=SOON)
    def offer(self, name: str, begins: timedelta) -> None:
        now = self.seeded.clock.now()
        values = {"starts_at": now + begins, "ends_at": now + begins + 9 * WEEK}
        if self.attempt(applications.apply, values, by=name):
            self.willing.add(self.seeded.ids[name])

    @rule(name=WHO, lasts=st.sampled_from([WEEK, timedelta(days=60)]))
    def join(self, name: str, lasts: timedelta) -> None:
        now = self.seeded.clock.now()
        who = self.seeded.ids[name]
        values = {"person_id": who, "starts_at": now, "ends_at": now + lasts}
        if self.attempt(terms.agree, values, by=name):
            self.willing.add(who)

    @rule(name=WHO, other=WHO)
    def conscript(self, name: str, other: str) -> None:
        now = self.seeded.clock.now()
        who = self.seeded.ids[other]
        values = {"person_id": who, "starts_at": now, "ends_at": now + 9 * WEEK}
        assert name == other or not self.attempt(terms.agree, values, by=name), "NO2"
        if name == other:
            return
        shift = {"person_id": who, "starts_at": now, "ends_at": now + WEEK}
        self.attempt(shifts.plan, shift, by=name)

    @rule(name=WHO)
    def give_a_seat(self, name: str) -> None:
        for waiting in self.ids("select id from applications where state = 'waiting'"):
            self.attempt(applications.seat, waiting, by=name)

    @rule(which=WHICH)
    def renew(self, which: int) -> None:
        self.of_a_term(which, applications.renew, {})

    @rule(begins=SOON, name=WHO)
    def schedule(self, begins: timedelta, name: str) -> None:
        start = self.seeded.clock.now() + begins
        who = self.seeded.ids[name]
        values = {"person_id": who, "starts_at": start, "ends_at": start + WEEK}
        self.attempt(shifts.plan, values, by="ada")

    @rule(which=WHICH, begins=SOON)
    def pause(self, which: int, begins: timedelta) -> None:
        start = self.seeded.clock.now() + begins
        values = {"starts_at": start, "until": start + timedelta(days=3)}
        self.of_a_term(which, leaving.pause, values)

    @rule(which=WHICH)
    def come_back(self, which: int) -> None:
        self.of_a_term(which, leaving.come_back)

    @rule(which=WHICH)
    def step_down(self, which: int) -> None:
        who = self.of_a_term(which, leaving.step_down)
        left = "select 1 from {} where person_id = %s and upper(during) > %s"
        for table in ("terms", "shifts"):
            assert not self.rows(left.format(table), who, self.seeded.clock.now()), "VO4"

    @rule(which=WHICH, part=st.booleans())
    def ask_everyone(self, which: int, *, part: bool) -> None:
        now = self.seeded.clock.now()
        times: dict[str, object] = {"starts_at": now, "ends_at": now + WEEK / 3} if part else {}
        stood = self.rows("select id, person_id from shifts order by id")
        if stood:
            shift, who = stood[which % len(stood)]
            self.attempt(swaps.ask, {"shift_id": shift, **times}, by=self.name_of(who))

    @rule(name=WHO)
    def take(self, name: str) -> None:
        for question in self.ids("select id from swaps where state = 'open' order by id"):
            self.attempt(swaps.accept, question, by=name)

    @rule(days=st.sampled_from([0.1, 3, 20]))
    def wait(self, days: float) -> None:
        self.seeded.clock.move(timedelta(days=days))

    # -- what holds -------------------------------------------------------------------------------

    @invariant()
    def nobody_stands_without_a_term_of_their_own(self) -> None:
        assert self.ids(UNWILLING) == [], "NO2, VO2: within a term, and never after it"
        with self.seeded.shell.db.transaction() as tx:
            assert queries.involuntary(tx) == (), "VO8"

    @invariant()
    def only_who_said_yes_is_of_the_team(self) -> None:
        assert set(self.ids(PEOPLE)) <= self.willing, "VO1"
        assert self.seeded.mona not in self.willing, "ES1"

    @invariant()
    def seats_are_kept(self) -> None:
        """VO3: at every moment from now on no more sit than there are seats."""
        with self.seeded.shell.db.transaction() as tx:
            overview = queries.overview(tx, now=self.seeded.clock.now())
        assert overview.taken <= overview.seats


@pytest.mark.timeout(180)
def test_no2_vo2_vo8_over_any_life_of_an_on_call_team(database_url: str) -> None:
    seeded = seed.company(database_url)
    Life.seeded, Life.done = seeded, {}
    try:
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=30,
                stateful_step_count=25,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        seeded.shell.db.close()
    deeds = {"agree", "apply", "seat", "renew", "plan", "pause", "step_down", "ask"}
    assert deeds <= set(Life.done), f"the run has been somewhere: {Life.done}"
