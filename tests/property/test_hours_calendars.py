"""Hours: random calendars are open when their definition says so, exactly (AC1, AC5, RO1)."""

from __future__ import annotations

import itertools
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import hypothesis.strategies as st
from hypothesis import given, settings

from watchbill.core import hours
from watchbill.core.hours import Span, WorkingHours

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
ZONES = [
    "UTC",
    "Europe/Dublin",
    "America/Los_Angeles",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
]
#: Changes of the clocks in 2026 in the zones above, so that questions fall near them.
CHANGES = [
    datetime(2026, 2, 15, 2, tzinfo=UTC),
    datetime(2026, 3, 8, 10, tzinfo=UTC),
    datetime(2026, 3, 22, 2, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 4, 23, 22, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
]

times = st.one_of(
    st.sampled_from([time(0), time(1), time(1, 30), time(2), time(2, 15), time(9), time(18)]),
    st.times(),
)
spans = st.lists(
    st.builds(Span, weekday=st.integers(0, 6), start=times, end=times), max_size=8
).map(tuple)
dates = st.dates(date(2026, 1, 1), date(2026, 12, 31))
calendars = st.builds(
    WorkingHours,
    zone=st.sampled_from(ZONES),
    spans=spans,
    closed_on=st.frozensets(dates, max_size=20),
)
instants = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.builds(
        lambda change, by: change + by,
        st.sampled_from(CHANGES),
        st.timedeltas(timedelta(hours=-3), timedelta(hours=3)),
    ),
)


def occurrences(
    calendar: WorkingHours, around: datetime, *, days: int
) -> list[tuple[datetime, datetime]]:
    """Every opening and closing near an instant, straight from the definition."""
    here = around.astimezone(zoneinfo.ZoneInfo(calendar.zone)).date()
    found = []
    for on in (here + offset * DAY for offset in range(-3, days + 3)):
        for span in calendar.spans:
            if span.weekday == on.weekday() and on not in calendar.closed_on:
                until = on + (DAY if span.end <= span.start else timedelta(0))
                opening = hours.instant(on, span.start, calendar.zone)
                found.append((opening, hours.instant(until, span.end, calendar.zone)))
    return found


def covers(found: list[tuple[datetime, datetime]], at: datetime) -> bool:
    return any(opening <= at < closing for opening, closing in found)


@given(calendar=calendars, at=instants)
@settings(max_examples=150, deadline=None)
def test_open_is_what_the_definition_says_at_and_around_every_edge(calendar, at):
    found = occurrences(calendar, at, days=3)
    edges = [edge for pair in found for edge in pair if abs(edge - at) < DAY]
    for moment in [at, *edges, *(edge - MICROSECOND for edge in edges)]:
        assert hours.is_open(calendar, moment) == covers(found, moment)


@given(calendar=calendars, after=instants)
@settings(max_examples=150, deadline=None)
def test_the_next_boundary_is_exact_to_the_microsecond(calendar, after):
    found = occurrences(calendar, after, days=10)
    edges = sorted({edge for pair in found for edge in pair if after < edge < after + 9 * DAY})
    changes = [e for e in edges if covers(found, e) != covers(found, e - MICROSECOND)]
    boundary = hours.next_boundary(calendar, after)
    if changes:
        assert boundary == changes[0]
        assert hours.is_open(calendar, boundary) != hours.is_open(calendar, after)
    else:
        assert boundary is None or boundary >= after + 9 * DAY


@given(calendar=calendars, after=instants)
@settings(max_examples=100, deadline=None)
def test_openings_and_closings_alternate(calendar, after):
    for _ in range(12):
        opening, boundary = (
            hours.next_opening(calendar, after),
            hours.next_boundary(calendar, after),
        )
        if boundary is None:
            assert opening is None
            return
        was_open = hours.is_open(calendar, after)
        assert hours.is_open(calendar, boundary) != was_open
        if was_open:
            assert opening is None or opening > boundary
        else:
            assert opening == boundary
        after = boundary


@given(calendar=calendars, start=instants, length=st.timedeltas(-DAY, 40 * DAY))
@settings(max_examples=150, deadline=None)
def test_periods_are_sorted_disjoint_maximal_and_what_is_open(calendar, start, length):
    end = start + length
    found = hours.periods(calendar, start=start, end=end)
    for period in found:
        assert start <= period.start < period.end <= end
        assert hours.is_open(calendar, period.start)
        assert hours.is_open(calendar, period.end - MICROSECOND)
        assert period.start == start or not hours.is_open(calendar, period.start - MICROSECOND)
        assert period.end == end or not hours.is_open(calendar, period.end)
    for one, other in itertools.pairwise(found):
        assert one.end < other.start
    for number in range(41):
        moment = start + number * length / 40
        if start <= moment < end:
            inside = any(period.start <= moment < period.end for period in found)
            assert inside == hours.is_open(calendar, moment)


@given(calendar=calendars, after=instants)
@settings(max_examples=100, deadline=None)
def test_boundaries_show_a_configured_time_unless_it_fell_into_a_gap(calendar, after):
    zone = zoneinfo.ZoneInfo(calendar.zone)
    configured = {span.start for span in calendar.spans} | {span.end for span in calendar.spans}
    for _ in range(15):
        after = hours.next_boundary(calendar, after)
        if after is None:
            return
        wall = after.astimezone(zone)
        put_forward = wall.utcoffset() - (after - MICROSECOND).astimezone(zone).utcoffset()
        if put_forward > timedelta(0):
            skipped_from = (wall - put_forward).time()
            assert any(skipped_from <= shown <= wall.time() for shown in configured)
        else:
            assert wall.time() in configured
            assert wall.fold == 0


@given(calendar=calendars, at=instants)
@settings(max_examples=50, deadline=None)
def test_closing_every_date_leaves_nothing_open(calendar, at):
    every_date = frozenset(date(2025, 12, 20) + number * DAY for number in range(1500))
    shut = WorkingHours(zone=calendar.zone, spans=calendar.spans, closed_on=every_date)
    assert not hours.is_open(shut, at)
    assert hours.next_boundary(shut, at) is None
