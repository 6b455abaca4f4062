"""Whatever is planned and whenever the engine looks: nobody is told twice, and nobody too late.

Over random shifts, terms and steps of the clock (VO2, VO3, VO6, SH1, NO8).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from tests.builders import ANN, BEN, CAS, MONA, VERA, dublin
from watchbill.core import hours, notice_moments, notice_words, notices
from watchbill.core.notices import Notice, Term, Watch, Word
from watchbill.core.people import PersonId
from watchbill.core.rotas import Shift
from watchbill.core.volunteers import OnCallTeam, Seat

START = dublin("Fri 18:00")
HOUR = timedelta(hours=1)
PEOPLE = (VERA, ANN, BEN, CAS)
ZONES = ("Europe/Dublin", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kolkata")
#: Ends at the last: nobody looks for more weeks than this.
WEEKS = 9


@st.composite
def planned(draw: st.DrawFn) -> tuple[Shift, ...]:
    """Return shifts and holes one after the other, of hours, days and weeks; shadows between."""
    found, at = [], START + draw(st.integers(-200, 200)) * HOUR
    for _ in range(draw(st.integers(0, 12))):
        end = at + draw(st.sampled_from((2, 8, 16, 24, 100, 168, 168, 168))) * HOUR
        who = draw(st.sampled_from((None, *PEOPLE)))
        if who is not None:
            found.append(builders.shift(who, start=at, end=end))
            if draw(st.integers(0, 5)) == 0:
                found.append(builders.shift(MONA, start=at, end=end, is_shadow=True))
        at = end
    return tuple(sorted(found, key=lambda shift: shift.start))


@st.composite
def agreed(draw: st.DrawFn) -> tuple[Term, ...]:
    found = []
    for number, who in enumerate(PEOPLE):
        start = START + draw(st.integers(-300, 300)) * HOUR
        end = start + draw(st.integers(7, 120)) * timedelta(days=1)
        answered = draw(st.booleans())
        found.append(
            Term(id=f"t{number}", person_id=who, start=start, end=end, is_answered=answered)
        )
    return tuple(found)


@st.composite
def watches(draw: st.DrawFn) -> Watch:
    zones = {who: draw(st.sampled_from(ZONES)) for who in (*PEOPLE, MONA)}
    base = builders.company()
    people = {
        who: replace(p, zone=zones.get(who, p.zone), is_admin=who == MONA)
        for who, p in base.people.items()
    }
    company = replace(
        base,
        people=people,
        shifts=draw(planned()),
        people_at_once=draw(st.integers(1, 2)),
    )
    return with_terms(
        Watch(
            company=company,
            team=OnCallTeam(least=draw(st.integers(1, 4))),
            unready=frozenset(draw(st.sets(st.sampled_from(PEOPLE)))),
        ),
        draw(agreed()),
    )


def with_terms(watch: Watch, terms: tuple[Term, ...]) -> Watch:
    seats = tuple(
        Seat(person_id=t.person_id, team_id=None, office_id=None, start=t.start, end=t.end)
        for t in terms
    )
    return replace(watch, terms=terms, seats=seats)


class Engine:
    """Looks as the action does, and remembers what was told."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.told: defaultdict[tuple[PersonId, Word], set[str]] = defaultdict(set)
        self.heard: list[tuple[datetime, Notice]] = []
        self.next_at = START

    def look(self, now: datetime) -> None:
        for _ in range(3):
            watch = replace(self.watch, told=self.told)
            every = notice_moments.every(watch, now=now)
            turns = notice_moments.turns(watch, now=now)
            found = notices.look(watch, every, turns, now=now)
            assert found.next_at > now or found.due
            for notice in found.due:
                key = (notice.person_id, notice.word)
                assert notice.about not in self.told[key], "nobody is told the same twice"
                self.told[key].add(notice.about)
                self.heard.append((now, notice))
            self.next_at = found.next_at
            if not found.due:
                return
        raise AssertionError("a look never comes to rest")


def awake(watch: Watch, at: datetime, notice: Notice) -> bool:
    zone = watch.company.people[notice.person_id].zone
    return 9 <= at.astimezone(hours.known_zone(zone)).hour < 18


@settings(max_examples=60, deadline=None)
@given(watch=watches(), steps=st.lists(st.integers(1, 400), max_size=30))
def test_nobody_hears_twice_nor_at_night_whenever_it_looks(watch: Watch, steps: list[int]) -> None:
    engine, now = Engine(watch), START
    for step in steps:
        engine.look(now)
        now += step * HOUR
    for at, notice in engine.heard:
        assert notice.due_at <= at < notice.until, "neither early nor stale"
        if notice.word not in (Word.SHIFT_BEGINS, Word.CONCERNS):
            assert awake(watch, at, notice)
        mail = notice_words.mail(watch.company, notice, team=watch.team.name)
        assert mail.subject
        assert mail.text
        assert mail.path.startswith("/")


@settings(max_examples=15, deadline=None)
@given(watch=watches(), more=st.lists(st.integers(1, 60), min_size=1, max_size=20))
def test_who_looks_only_when_told_to_says_what_who_looks_all_the_time_says(
    watch: Watch, more: list[int]
) -> None:
    """What is due is told at the latest with the next look: a look names the right next one."""
    exact, busy = Engine(watch), Engine(watch)
    end, now, extra = START + WEEKS * 168 * HOUR, START, START
    while now < end:
        exact.look(now)
        now = exact.next_at
    pending, turn = START, 0
    while extra < end:
        busy.look(extra)
        pending += more[turn % len(more)] * HOUR
        turn += 1
        extra = min(busy.next_at, pending) if pending > extra else busy.next_at
    assert sorted(keys(exact, end) ^ keys(busy, end), key=str) == []


def keys(engine: Engine, end: datetime) -> set[tuple[datetime, PersonId, Word, str]]:
    return {(at, n.person_id, n.word, n.about) for at, n in engine.heard if at < end}


@settings(max_examples=25, deadline=None)
@given(watch=watches())
def test_sh1_every_shift_that_begins_is_announced_to_whose_it_is(watch: Watch) -> None:
    engine, now = Engine(watch), START
    while now < START + WEEKS * 168 * HOUR:
        engine.look(now)
        now = engine.next_at
    begun = {(n.person_id, at) for at, n in engine.heard if n.word is Word.SHIFT_BEGINS}
    for shift in watch.company.shifts:
        before = [
            s
            for s in watch.company.shifts
            if s.person_id == shift.person_id
            and s.is_shadow == shift.is_shadow
            and s.start < shift.start
            and s.end > shift.start - timedelta(days=1)
        ]
        if START <= shift.start < now - timedelta(days=8) and not before:
            assert (shift.person_id, shift.start) in begun
