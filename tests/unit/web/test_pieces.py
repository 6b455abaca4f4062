"""Pieces of a shift in words: times, lengths, weekends and holidays, where the clocks change too."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.core import handoffs, hours
from watchbill.core.hours import Period
from watchbill.web.ui import pieces

DUBLIN = "Europe/Dublin"
FRIDAY = datetime(2026, 3, 6, 18, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def period(start: datetime, length: timedelta) -> Period:
    return Period(start=start, end=start + length)


def daily(first: date, days: int, starts: time, ends: time) -> list[Period]:
    """Return a watch by Dublin's clocks, on so many days."""
    return [
        Period(start=hours.instant(day, starts, DUBLIN), end=hours.instant(day, ends, DUBLIN))
        for day in (first + n * DAY for n in range(days))
    ]


def test_one_or_two_pieces_are_told_one_by_one():
    parts = [period(FRIDAY, DAY), period(FRIDAY + 2 * DAY, 2 * HOUR - timedelta(seconds=1))]

    assert pieces.lines(parts, DUBLIN) == ("Fri 18:00 to Sat 18:00", "Sun 18:00 to Sun 19:59:59")


def test_a_watch_of_every_day_is_told_as_a_habit():
    week = daily(date(2026, 3, 7), 7, time(6), time(18))
    assert pieces.lines(week, DUBLIN) == ("daily 06:00 to 18:00",)


def test_the_habit_stays_where_the_clocks_change_and_the_boundary_cuts():
    week = daily(date(2026, 3, 27), 8, time(6), time(20))
    cut = [
        Period(start=hours.instant(date(2026, 3, 27), time(18), DUBLIN), end=week[0].end),
        *week[1:-1],
        Period(start=week[-1].start, end=hours.instant(date(2026, 4, 3), time(18), DUBLIN)),
    ]
    assert pieces.lines(cut, DUBLIN) == ("daily 06:00 to 20:00",)


def test_pieces_with_nothing_in_common_are_counted():
    parts = [period(FRIDAY + n * 5 * HOUR, n * HOUR) for n in range(1, 5)]
    assert pieces.lines(parts, DUBLIN) == ("4 parts",)


@given(st.lists(st.integers(0, 50), unique=True, min_size=1, max_size=20))
def test_merging_keeps_the_time_and_leaves_no_two_that_touch(marks):
    parts = [period(FRIDAY + mark * HOUR, HOUR) for mark in sorted(marks)]

    found = pieces.merged(parts)

    assert sum((p.end - p.start for p in found), timedelta()) == len(marks) * HOUR
    assert all(a.end < b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("start", "end", "hours_"),
    [
        (date(2026, 3, 27), date(2026, 4, 3), "167 h"),
        (date(2026, 10, 23), date(2026, 10, 30), "169 h"),
        (date(2026, 3, 6), date(2026, 3, 13), "168 h"),
    ],
)
def test_a_weeks_hours_are_those_of_its_clocks(start, end, hours_):
    first, last = (hours.instant(day, time(18), DUBLIN) for day in (start, end))
    assert pieces.exact(last - first) == hours_
    assert pieces.weekends([Period(start=first, end=last)], DUBLIN) == 1


def test_a_day_that_is_not_touched_is_not_counted():
    """A part that ends at midnight does not touch the day that begins then."""
    part = Period(start=FRIDAY, end=hours.instant(date(2026, 3, 7), time(0), DUBLIN))
    named = {date(2026, 3, 6): "A day", date(2026, 3, 7): "Another day"}

    assert pieces.weekends([part], DUBLIN) == 0
    assert pieces.holidays([part], DUBLIN, named) == ("A day, 6 March",)
    assert pieces.weekends([part], "Asia/Tokyo") == 1, "there it is Saturday already"


def test_within_is_what_two_have_in_common():
    week = period(FRIDAY, 7 * DAY)
    assert pieces.within(FRIDAY - DAY, FRIDAY + DAY, week) == period(FRIDAY, DAY)
    assert pieces.within(FRIDAY - DAY, FRIDAY, week) is None
    assert pieces.within(week.end, week.end + DAY, week) is None


def test_a_mail_of_a_handoff_names_ten_of_each_and_says_how_many_more():
    """SH4."""
    text = handoffs.text("Note.", open_=[f"#{n}" for n in range(12)], held=["#99"], changed=[])

    assert text.startswith("Note.\n\nOpen:\n- #0\n")
    assert "- #9\n- and 2 more\n\nHeld:\n- #99\n\nNothing changed." in text
    assert "#10" not in text
