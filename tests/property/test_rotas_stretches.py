"""Rotas: stretches cover, agree with who is on duty, and turns come in order (RO1, RO5, SH5)."""

from __future__ import annotations

import dataclasses
import itertools
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import hypothesis.strategies as st
from hypothesis import given, settings

from watchbill.core import hours, rotas
from watchbill.core.people import PersonId
from watchbill.core.rotas import Absence, Override, Rota, Turn

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
PEOPLE = [PersonId(f"p{number}") for number in range(6)]
ZONES = ["UTC", "Europe/Dublin", "America/Los_Angeles", "Australia/Lord_Howe", "Africa/Cairo"]

moments = st.datetimes(datetime(2026, 2, 1), datetime(2026, 12, 1), timezones=st.just(UTC))
people = st.sampled_from(PEOPLE)


def spells(kind):
    """Overrides or absences; some of them empty or the wrong way round, which count for nothing."""
    return st.builds(
        lambda person_id, start, length: kind(person_id=person_id, start=start, end=start + length),
        people,
        moments,
        st.timedeltas(-DAY, 30 * DAY),
    )


rota_values = st.builds(
    Rota,
    id=st.just("rota"),
    zone=st.sampled_from(ZONES),
    turn=st.sampled_from(Turn),
    turn_length=st.integers(1, 3),
    starts_on=st.dates(date(2026, 1, 1), date(2026, 4, 30)),
    handoff_weekday=st.integers(0, 6),
    handoff_time=st.sampled_from([time(0), time(1, 30), time(2, 15), time(9), time(23, 30)]),
    members=st.lists(people, max_size=5, unique=True).map(tuple),
    overrides=st.lists(spells(Override), max_size=6).map(tuple),
)
absence_values = st.lists(spells(Absence), max_size=8).map(tuple)


def by_definition(rota: Rota, absences: tuple[Absence, ...], at: datetime) -> PersonId | None:
    """Who stands, told the long way: turn after turn from the first, day by day."""
    away = [a.person_id for a in absences if a.start <= at < a.end]
    covering = [o.person_id for o in rota.overrides if o.start <= at < o.end]
    candidates = [person_id for person_id in reversed(covering) if person_id not in away]
    turn, on = -1, rota.starts_on
    while hours.instant(on, rota.handoff_time, rota.zone) <= at:
        begins = on == rota.starts_on or is_handoff(rota, on)
        turn += 1 if begins else 0
        on += DAY
    if turn >= 0 and rota.members:
        place = turn % len(rota.members)
        order = rota.members[place:] + rota.members[:place]
        candidates += [person_id for person_id in order if person_id not in away]
    return candidates[0] if candidates else None


def is_handoff(rota: Rota, on: date) -> bool:
    if rota.turn is Turn.DAY:
        return (on - rota.starts_on).days % rota.turn_length == 0
    weeks, days = divmod((on - first_monday(rota)).days, 7)
    return days == rota.handoff_weekday and weeks % rota.turn_length == 0


def first_monday(rota: Rota) -> date:
    """The Monday of the week, counted from Monday, in which the first turn nominally begins."""
    start = rota.starts_on
    monday = start - start.weekday() * DAY
    return monday if start.weekday() >= rota.handoff_weekday else monday - 7 * DAY


@given(rota=rota_values, absences=absence_values, at=moments)
@settings(max_examples=100, deadline=None)
def test_who_is_on_duty_is_what_the_definition_says(rota, absences, at):
    zone = zoneinfo.ZoneInfo(rota.zone)
    handoff = hours.instant(at.astimezone(zone).date(), rota.handoff_time, rota.zone)
    spells_of_all = [*rota.overrides, *absences]
    edges = [handoff, *(s.start for s in spells_of_all), *(s.end for s in spells_of_all)]
    for moment in [at, *edges, *(edge - MICROSECOND for edge in edges)]:
        assert rotas.on_duty(rota, absences, moment) == by_definition(rota, absences, moment)


@given(
    rota=rota_values,
    absences=absence_values,
    start=moments,
    length=st.timedeltas(MICROSECOND, 60 * DAY),
    parts=st.lists(st.floats(0, 1, exclude_max=True), max_size=10),
)
@settings(max_examples=200, deadline=None)
def test_stretches_cover_without_overlap_and_agree_with_on_duty(
    rota, absences, start, length, parts
):
    end = start + length
    found = rotas.stretches(rota, absences, start=start, end=end)
    assert (found[0].start, found[-1].end) == (start, end)
    for one, other in itertools.pairwise(found):
        assert one.end == other.start
        assert (one.person_id, one.is_override) != (other.person_id, other.is_override)
    for stretch in found:
        assert stretch.start < stretch.end
        inside = [stretch.start, stretch.end - MICROSECOND]
        inside += [stretch.start + part * (stretch.end - stretch.start) for part in parts]
        for moment in inside:
            if stretch.start <= moment < stretch.end:
                assert rotas.on_duty(rota, absences, moment) == stretch.person_id


@given(rota=rota_values, absences=absence_values, start=moments)
@settings(max_examples=100, deadline=None)
def test_gaps_are_the_stretches_of_nobody_and_nobody_away_ever_stands(rota, absences, start):
    window = {"start": start, "end": start + 60 * DAY}
    found = rotas.stretches(rota, absences, **window)
    nobody = [(s.start, s.end) for s in found if s.person_id is None]
    assert [(gap.start, gap.end) for gap in rotas.gaps(rota, absences, **window)] == nobody
    for stretch in found:
        for absence in absences:
            overlaps = max(absence.start, stretch.start) < min(absence.end, stretch.end)
            assert not (overlaps and absence.person_id == stretch.person_id)
        assert not (stretch.person_id is None and stretch.is_override)


@given(rota=rota_values, absences=absence_values, start=moments, cut=st.floats(0.01, 0.99))
@settings(max_examples=100, deadline=None)
def test_where_a_window_is_cut_does_not_change_who_stands(rota, absences, start, cut):
    end, middle = start + 40 * DAY, start + cut * 40 * DAY
    whole = rotas.stretches(rota, absences, start=start, end=end)
    first = rotas.stretches(rota, absences, start=start, end=middle)
    second = rotas.stretches(rota, absences, start=middle, end=end)
    one, other = first[-1], second[0]
    if (one.person_id, one.is_override) == (other.person_id, other.is_override):
        first, second = [*first[:-1], dataclasses.replace(one, end=other.end)], second[1:]
    assert first + second == whole


@given(rota=rota_values)
@settings(max_examples=100, deadline=None)
def test_every_member_gets_turns_in_order_at_the_handoff_time(rota):
    rota = dataclasses.replace(rota, overrides=(), members=tuple(PEOPLE[:4]))
    zone = zoneinfo.ZoneInfo(rota.zone)
    start = hours.instant(rota.starts_on, rota.handoff_time, rota.zone)
    found = rotas.stretches(rota, (), start=start, end=start + 120 * DAY)
    expected = itertools.islice(itertools.cycle(rota.members), len(found))
    assert [stretch.person_id for stretch in found] == list(expected)
    for stretch in found[1:]:
        wall = stretch.start.astimezone(zone)
        assert hours.instant(wall.date(), rota.handoff_time, rota.zone) == stretch.start
        assert rota.turn is Turn.DAY or wall.weekday() == rota.handoff_weekday
