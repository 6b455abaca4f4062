"""Any sequence of writing, judging and waiting: only what was accepted, or glass, wakes anybody.

One machine writes an alarm, moves it in every way a person can, changes its contents and lets
time pass, over a real database. What the database then says is held against a small model of what
should be in force, and against the rules NO4 and NO5.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests import good_alarms
from tests.integration.actions import seed
from watchbill.actions import alarms, handovers
from watchbill.actions.audit import person
from watchbill.actions.handovers import Said
from watchbill.core.definitions import content_hash
from watchbill.core.events import Severity
from watchbill.core.routing import Side, Subject, route
from watchbill.errors import WatchbillError
from watchbill.store import alarms as alarms_store

WHO = st.sampled_from(["ann", "ben", "vera", "mona", "ada"])
STATES = ("draft", "proposed", "in_review", "accepted", "declined", "returned", "retired")
TODAY = seed.TUESDAY.date()
CHANGES: tuple[dict[str, Any], ...] = (
    {"threshold": "2 % of the requests"},
    {"threshold": "3 % of the requests"},
    {"severity": "warning"},
    {"severity": "critical"},
    {"runbook": ""},
    {"runbook": "Restart it."},
    {"runbook": good_alarms.runbook("any", today=TODAY)},
    {"review_by": None},
    {"review_by": (TODAY + timedelta(days=20)).isoformat()},
    {"review_by": (TODAY + timedelta(days=170)).isoformat()},
)
_NUMBERS = itertools.count()


class Life(RuleBasedStateMachine):
    """The life of one alarm."""

    seeded: seed.Seeded
    #: Every acceptance of the run.
    accepted: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.seeded.clock.move_to(seed.TUESDAY)
        self.key = f"alarm-{next(_NUMBERS)}"
        self.id = seed.propose(self.seeded, self.key)
        #: What should be in force; and which versions were ever accepted or put in force by glass.
        self.in_force: int | None = None
        self.allowed: set[int] = set()
        #: By number, a version's contents as they were when first seen.
        self.written: dict[int, str] = {}

    def teardown(self) -> None:
        self.attempt("ann", "retired")

    def row(self) -> dict[str, Any]:
        with self.seeded.shell.db.transaction() as tx:
            return alarms_store.look(tx, self.id)

    def attempt(self, name: str, state: str) -> bool:
        said = Said(state=state, reason="because it must be so", answers=good_alarms.ANSWERS)
        by = person(self.seeded.ids[name], is_admin=name == "ada")
        try:
            handovers.set_state(self.seeded.shell, self.id, said, by=by)
        except WatchbillError:
            return False
        return True

    @initialize(is_accepted=st.booleans())
    def begin(self, *, is_accepted: bool) -> None:
        if is_accepted:
            self.judge("vera", "accepted")

    @rule(name=WHO, state=st.sampled_from(STATES))
    def judge(self, name: str, state: str) -> None:
        before = self.row()
        if not self.attempt(name, state):
            assert self.row() == before, "what is refused changes nothing"
            return
        after = self.row()
        if state in ("returned", "retired", "draft"):
            self.in_force = None
        if state == "accepted" and before["state"] != "accepted":
            assert name == "vera", "NO4: nobody but the on-call team"
            self.in_force = after["version"]
            self.allowed.add(after["version"])
            self.accepted.append(after["version"])
        if state == "declined" and self.in_force == after["version"]:
            assert after["in_force"] is None or after["in_force"] < after["version"]
            self.in_force = after["in_force"]

    @rule(state=st.sampled_from(["in_review", "accepted", "accepted", "declined", "returned"]))
    def review(self, state: str) -> None:
        self.judge("vera", state)

    @rule()
    def mend(self) -> None:
        """Let the team make good what stands below the bar; the on-call team accepts it."""
        today = self.seeded.clock.now().date()
        good = good_alarms.values(self.key, today=today)
        names = ("runbook", "review_by", "severity", "waivers")
        self.write("ann", {name: good[name] for name in names})
        self.judge("ann", "proposed")
        self.judge("vera", "accepted")

    @rule(name=WHO, values=st.sampled_from(CHANGES))
    def write(self, name: str, values: dict[str, Any]) -> None:
        by = person(self.seeded.ids[name], is_admin=name == "ada")
        before = self.row()
        try:
            alarms.change(self.seeded.shell, self.id, values, by=by)
        except WatchbillError:
            assert self.row() == before
            return
        after = self.row()
        assert name in ("ann", "ben", "ada")
        if after["version"] == before["version"]:
            assert after == before, "the same contents are no new version"
        else:
            assert after["version"] == before["version"] + 1
            assert after["state"] == ("draft" if before["state"] == "draft" else "proposed")

    @rule(name=WHO)
    def break_glass(self, name: str) -> None:
        by = person(self.seeded.ids[name], is_admin=name == "ada")
        try:
            handovers.break_glass(self.seeded.shell, self.id, reason="because it must be so", by=by)
        except WatchbillError:
            return
        assert name == "ada", "AL2: only an admin"
        self.in_force = self.row()["version"]
        self.allowed.add(self.row()["version"])

    @rule(days=st.sampled_from([0.01, 1, 10, 30]))
    def wait(self, days: float) -> None:
        self.seeded.clock.move(timedelta(days=days))

    @invariant()
    def only_what_was_let_through_is_in_force(self) -> None:
        row = self.row()
        assert row["in_force"] == self.in_force, "NO5: what stands, and nothing else"
        if row["in_force"] is None:
            return
        with self.seeded.shell.db.transaction() as tx:
            version = alarms_store.version(tx, self.id, row["in_force"])
        assert row["in_force"] <= row["version"]
        assert row["in_force"] in self.allowed, "NO4: accepted, or glass"
        assert version["accepted_at"] or version["glass_at"]
        assert version["runbook"].strip() or version["runbook_url"].strip(), "NO4: a runbook"
        assert version["accepted_by"] not in (version["author_id"], version["applied_by"])

    @invariant()
    def no_version_ever_changes(self) -> None:
        with self.seeded.shell.db.transaction() as tx:
            for number in range(1, self.row()["version"] + 1):
                version = alarms_store.version(tx, self.id, number)
                found = content_hash(alarms_store.definition_of(version))
                assert found == version["content_hash"]
                assert self.written.setdefault(number, found) == found, "NO5"

    @invariant()
    def routing_obeys_it(self) -> None:
        row, now = self.row(), self.seeded.clock.now()
        night = now + timedelta(days=(5 - now.weekday()) % 7)  # a Saturday
        night = night.replace(hour=23)
        with self.seeded.shell.db.transaction() as tx:
            company = self.seeded.shell.company(tx)
            standing = row["in_force"] and alarms_store.version(tx, self.id, row["in_force"])
        subject = Subject(
            service_id=self.seeded.checkout, alarm=self.key, severity=Severity.CRITICAL
        )
        side = route(company, subject, at=night).side
        lapsed = row["lapses_at"] is not None and row["lapses_at"] <= night
        wakes = bool(standing) and not lapsed and standing["severity"] == "critical"
        assert (side is Side.VOLUNTEERS) == wakes, (side, row)


@pytest.mark.timeout(180)
def test_no4_no5_over_any_life_of_an_alarm(database_url: str) -> None:
    seeded = seed.company(database_url)
    Life.seeded, Life.accepted = seeded, []
    try:
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=40,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        assert len(Life.accepted) > 5, "the run has been somewhere"
    finally:
        seeded.shell.db.close()
