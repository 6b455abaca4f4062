"""Hours: when a calendar is open, exactly, in every zone.

Offices and teams write wall-clock times; everything else is an instant in UTC. `instant` is the
one place that turns the first into the second, so there is one rule for the hours that a change
of the clocks skips or repeats (docs/why/dst.md).
"""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.errors import Invalid

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
#: Years that are looked at: the one asked about and two more, so at least 731 days.
_YEARS_AHEAD = 3
#: Years with calendars. Before and after, at the ends of what a datetime can hold, all is closed.
_CALENDAR_YEARS = range(2, 9999)
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class UnknownZone(Invalid):
    """The time zone is not an IANA zone name."""


class BadSpan(Invalid):
    """A span begins on a weekday from 0 (Monday) to 6 (Sunday), at times without a zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of every week, half-open, in wall-clock time of its calendar's zone.

    An end at or before the start is on the next day, so 22:00 to 06:00 is a night and 00:00 to
    00:00 a whole day.
    """

    #: The weekday it begins on: 0 is Monday, 6 is Sunday.
    weekday: int
    start: time
    end: time

    def __post_init__(self) -> None:
        if self.weekday not in range(7) or self.start.tzinfo or self.end.tzinfo:
            raise BadSpan(repr(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """A calendar: its week, its zone and the dates on which it stays closed.

    Spans may overlap, adjoin and come in any order.

    Source: requirements AC1, AC5.
    """

    #: IANA zone name.
    zone: str
    spans: tuple[Span, ...] = ()
    #: Local dates; a span that begins on one does not happen, one that only ends on it does.
    closed_on: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time, half-open, in aware UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _Year:
    """One UTC year of a calendar: whether it comes in open, and the boundaries in it, sorted."""

    comes_open: bool
    boundaries: tuple[datetime, ...]

    def is_open_after(self, passed_count: int) -> bool:
        """True if the calendar is open once that many boundaries have passed."""
        return self.comes_open is (passed_count % 2 == 0)


def instant(local_date: date, local_time: time, zone: str) -> datetime:
    """Return the instant, in aware UTC, at which a zone's clocks show a date and time.

    Inside a gap (clocks put forward) it is the gap's end; in a fold (clocks put back) the first
    of the two. Never runs backwards: a later wall-clock time is never an earlier instant.

    >>> instant(date(2026, 3, 29), time(1, 30), "Europe/Dublin").isoformat()
    '2026-03-29T01:00:00+00:00'
    >>> instant(date(2026, 10, 25), time(1, 30), "Europe/Dublin").isoformat()
    '2026-10-25T00:30:00+00:00'

    Raises:
        UnknownZone: `zone` is not an IANA zone name.

    Source: docs/why/dst.md; ADR-0010.
    """
    return _instant(local_date, local_time, zone)


def is_open(hours: WorkingHours, at: datetime) -> bool:
    """True if `at` is inside working hours. The moment of opening is inside, of closing not.

    `at` is aware. O(log n) once the year is known; the first question of a year costs about
    two milliseconds.

    Source: requirements AC1, RO1, HE1, NO10.
    """
    at = _in_utc(at)
    year = _year(hours, at.year)
    return year.is_open_after(bisect_right(year.boundaries, at))


def next_boundary(hours: WorkingHours, after: datetime) -> datetime | None:
    """Return the first opening or closing later than `after`, in aware UTC.

    None if there is none within two years: the calendar is always open, or closed for good.
    """
    return next((at for at, _ in _boundaries(hours, after)), None)


def next_opening(hours: WorkingHours, after: datetime) -> datetime | None:
    """Return the first opening later than `after`, in aware UTC, however many holidays between.

    None if there is none within two years: the calendar never closes, or never opens again.
    """
    return next((at for at, opens in _boundaries(hours, after) if opens), None)


def periods(hours: WorkingHours, *, start: datetime, end: datetime) -> list[Period]:
    """Return the parts of [start, end) inside working hours: sorted, disjoint and maximal.

    Instants are aware, the answer is in UTC. Empty if `end` is not later than `start`.
    O(years * log n + answer).
    """
    start, end = max(_in_utc(start), _FIRST), min(_in_utc(end), _LAST)
    if start >= end:
        return []
    edges = [start] if is_open(hours, start) else []
    for number in range(start.year, end.year + 1):
        boundaries = _year(hours, number).boundaries
        edges += boundaries[bisect_right(boundaries, start) : bisect_left(boundaries, end)]
    if len(edges) % 2 == 1:
        edges.append(end)
    return [
        Period(start=opening, end=closing)
        for opening, closing in zip(edges[::2], edges[1::2], strict=True)
    ]


def _boundaries(hours: WorkingHours, after: datetime) -> Iterator[tuple[datetime, bool]]:
    """Yield what lies later than `after`: each boundary, and whether it is an opening."""
    after = _in_utc(after)
    for number in range(after.year, after.year + _YEARS_AHEAD):
        year = _year(hours, number)
        first = bisect_right(year.boundaries, after)
        for index in range(first, len(year.boundaries)):
            yield year.boundaries[index], year.is_open_after(index + 1)


@functools.lru_cache(maxsize=1024)
def _year(hours: WorkingHours, number: int) -> _Year:
    """Return a calendar's boundaries in [1 January, 1 January) of UTC."""
    if number not in _CALENDAR_YEARS:
        return _Year(comes_open=False, boundaries=())
    start, end = datetime(number, 1, 1, tzinfo=UTC), datetime(number + 1, 1, 1, tzinfo=UTC)
    # A span reaches at most two days past its date, and a local date is at most one from UTC's.
    spans = sorted(_occurrences(hours, start.date() - 4 * _DAY, end.date() + 4 * _DAY))
    merged: list[datetime] = []
    for opening, closing in spans:
        if merged and opening <= merged[-1]:
            merged[-1] = max(merged[-1], closing)
        elif opening < closing:
            merged += [opening, closing]
    before = [at for at in merged if at < start]
    inside = tuple(at for at in merged if start <= at < end)
    return _Year(comes_open=len(before) % 2 == 1, boundaries=inside)


def _occurrences(
    hours: WorkingHours, first: date, last: date
) -> Iterator[tuple[datetime, datetime]]:
    """Yield opening and closing of every span that begins on a local date from first to last."""
    for offset in range((last - first).days + 1):
        begins_on = first + timedelta(days=offset)
        if begins_on in hours.closed_on:
            continue
        for span in hours.spans:
            if span.weekday == begins_on.weekday():
                ends_on = begins_on if span.start < span.end else begins_on + _DAY
                opening = _instant(begins_on, span.start, hours.zone)
                yield opening, _instant(ends_on, span.end, hours.zone)


@functools.lru_cache(maxsize=16384)
def _instant(local_date: date, local_time: time, zone: str) -> datetime:
    """Do what `instant` promises; remembered, since teams share zones and times."""
    wall = datetime.combine(local_date, local_time, known_zone(zone))
    first, second = wall.replace(fold=0), wall.replace(fold=1)
    # In a gap, and only there, the first reading takes the smaller offset: the one before it.
    if _offset(first) >= _offset(second):
        return first.astimezone(UTC)
    early, late = second.astimezone(UTC), first.astimezone(UTC)
    return _first_change(early.replace(microsecond=0), late, known_zone(zone))


def _first_change(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """Return the whole second in (early, late] at which the zone's offset grows."""
    seconds = range(-((early - late) // _SECOND) + 1)
    index = bisect_right(
        seconds,
        _offset(early.astimezone(zone)),
        key=lambda second: _offset((early + second * _SECOND).astimezone(zone)),
    )
    return early + index * _SECOND


def _offset(wall: datetime) -> timedelta:
    """Return the offset from UTC of a time that has a zone."""
    return wall.utcoffset() or timedelta()


@functools.lru_cache(maxsize=1024)
def known_zone(name: str) -> ZoneInfo:
    """Return a zone by its IANA name.

    Raises:
        UnknownZone: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(name, zone=name) from error


def _in_utc(at: datetime) -> datetime:
    """Return the same instant with UTC as its zone; a time without a zone is a mistake."""
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError(at)
    return at.astimezone(UTC)
