"""People on call right now: counted, never more than the design says, with its history (SH6, NO8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests import builders
from tests.builders import ANN, BEN, MAX, MONA, VERA, dublin
from watchbill.core import people_on_call
from watchbill.core.volunteers import Seat

FRIDAY = dublin("Fri 18:00")
WEEK = timedelta(days=7)


def company(*stood, **more):
    return replace(builders.company(), shifts=tuple(stood), **more)


def seat(person_id, start, end) -> Seat:
    return Seat(person_id=person_id, team_id=None, office_id=None, start=start, end=end)


def test_sh6_the_volunteer_and_the_duty_manager_count_and_a_shadow_does_not() -> None:
    stood = builders.shift(VERA, start=FRIDAY, end=FRIDAY + WEEK)
    learns = builders.shift(ANN, start=FRIDAY, end=FRIDAY + WEEK, is_shadow=True)
    assert people_on_call.at_once(company(stood, learns), FRIDAY) == {VERA, MONA}
    assert people_on_call.at_once(company(stood), FRIDAY - WEEK) == {MONA}
    assert people_on_call.at_once(company(stood), FRIDAY + WEEK) == {MONA}, "half-open"
    assert people_on_call.at_once(company(stood, managers=None), FRIDAY) == {VERA}


def test_sh6_a_manager_who_stands_a_shift_is_one_person() -> None:
    stood = builders.shift(MONA, start=FRIDAY, end=FRIDAY + WEEK)
    assert people_on_call.at_once(company(stood), FRIDAY) == {MONA}


def test_no8_more_people_than_the_design_says_are_named_with_the_time() -> None:
    stood = (
        builders.shift(VERA, start=FRIDAY, end=FRIDAY + WEEK),
        builders.shift(BEN, start=FRIDAY + timedelta(days=1), end=FRIDAY + timedelta(days=2)),
    )
    (crowd,) = people_on_call.too_many(company(*stood), start=FRIDAY, end=FRIDAY + WEEK)
    assert crowd.people == {VERA, BEN, MONA}
    assert (crowd.period.start, crowd.period.end) == (
        FRIDAY + timedelta(days=1),
        FRIDAY + timedelta(days=2),
    )
    three = replace(company(*stood), people_at_once=3)
    assert people_on_call.too_many(three, start=FRIDAY, end=FRIDAY + WEEK) == []


def test_sh6_the_history_says_the_most_at_once_and_the_pool_day_by_day() -> None:
    stood = (
        builders.shift(VERA, start=FRIDAY, end=FRIDAY + timedelta(days=1)),
        builders.shift(MAX, start=FRIDAY + timedelta(days=4), end=FRIDAY + WEEK),
    )
    seats = [
        seat(VERA, FRIDAY - WEEK, FRIDAY + timedelta(days=2)),
        seat(MAX, FRIDAY, FRIDAY + WEEK),
    ]
    now = FRIDAY + timedelta(days=5)
    days = people_on_call.series(company(*stood), seats, now=now, days=8)
    assert [day.on.day for day in days] == [4, 5, 6, 7, 8, 9, 10, 11]
    assert [day.people for day in days] == [1, 1, 2, 2, 1, 1, 2, 2]
    assert [day.pool for day in days] == [1, 1, 2, 2, 1, 1, 1, 1]


def test_sh6_the_history_agrees_with_the_instant_everywhere() -> None:
    stood = (
        builders.shift(VERA, start=FRIDAY, end=FRIDAY + timedelta(days=1)),
        builders.shift(BEN, start=FRIDAY + timedelta(hours=20), end=FRIDAY + timedelta(days=3)),
    )
    made = company(*stood)
    found = people_on_call.crowds(made, start=FRIDAY - WEEK, end=FRIDAY + WEEK)
    assert found[0].period.start == FRIDAY - WEEK
    assert found[-1].period.end == FRIDAY + WEEK
    for crowd in found:
        middle = crowd.period.start + (crowd.period.end - crowd.period.start) / 2
        for at in (crowd.period.start, middle):
            assert crowd.people == people_on_call.at_once(made, at)
