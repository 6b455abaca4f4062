"""Hours: the DST rule holds at every change of the clocks of every zone, 2020 to 2035.

The changes are found here by walking each zone day by day through its UTC side, which has neither
gaps nor folds; the code under test goes the other way, from wall-clock time to UTC.
"""

from __future__ import annotations

import functools
import zoneinfo
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest

from watchbill.core import hours
from watchbill.core.hours import Period, Span, WorkingHours

MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A zone's clocks go from one offset to another at an instant."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def edges(self) -> tuple[datetime, datetime]:
        """The naive wall-clock times between which times are missing or happen twice."""
        there = self.at.replace(tzinfo=None)
        return tuple(sorted((there + self.before, there + self.after)))

    def reading(self, wall: datetime) -> datetime:
        """What the rule says `wall` is, near this change: the first instant that shows it."""
        here = wall.replace(tzinfo=UTC)
        if here - self.before < self.at:
            return here - self.before
        return max(here - self.after, self.at)


def changes_of(name: str) -> tuple[Change, ...]:
    zone = zoneinfo.ZoneInfo(name)
    offset = functools.partial(offset_at, zone)
    found = []
    days = [FIRST + number * DAY for number in range((LAST - FIRST).days + 1)]
    offsets = [offset(day) for day in days]
    for day, before, after in zip(days, offsets, offsets[1:], strict=False):
        if before != after:
            late = bisect_left(
                range(86_400), 1, key=lambda s, d=day, b=before: offset(d + s * SECOND) != b
            )
            found.append(Change(at=day + late * SECOND, before=before, after=after))
    return tuple(found)


def offset_at(zone: zoneinfo.ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset()


@functools.cache
def zones() -> dict[str, tuple[Change, ...]]:
    """Every zone whose clocks change in these years, with its changes."""
    found = {name: changes_of(name) for name in sorted(zoneinfo.available_timezones())}
    return {name: changes for name, changes in found.items() if changes}


@functools.cache
def distinct_zones() -> dict[str, tuple[Change, ...]]:
    """Of zones that agree in every change one; for what takes longer."""
    return {name: changes for changes, name in {c: n for n, c in zones().items()}.items()}


def instant(wall: datetime, zone: str) -> datetime:
    return hours.instant(wall.date(), wall.time(), zone)


def test_the_enumeration_finds_the_odd_ones():
    """The net has no holes: half an hour, two hours, Ramadan, and a saving in winter."""
    saved = {abs(c.after - c.before) for changes in zones().values() for c in changes}
    assert {timedelta(minutes=30), HOUR, 2 * HOUR} <= saved
    assert len(zones()["Africa/Casablanca"]) >= 30
    assert len(zones()["Europe/Dublin"]) == 32
    assert len(zones()) > 200
    assert sum(map(len, zones().values())) > 5_000


@pytest.mark.parametrize("name", ["America/New_York", "Pacific/Apia", "Africa/El_Aaiun"])
def test_the_enumeration_agrees_with_itself(name):
    zone = zoneinfo.ZoneInfo(name)
    for change in zones()[name]:
        assert offset_at(zone, change.at - SECOND) == change.before
        assert offset_at(zone, change.at) == change.after


def test_every_time_near_every_change_is_the_first_instant_that_shows_it():
    """The rule, at and around both edges of each gap and fold and in its middle."""
    for name, changes in zones().items():
        for change in changes:
            low, high = change.edges
            walls = [low - HOUR, low - MICROSECOND, low, low + MICROSECOND, low + (high - low) / 2]
            walls += [high - MICROSECOND, high, high + MICROSECOND, high + HOUR]
            for wall in walls:
                assert instant(wall, name) == change.reading(wall), (name, wall)


def test_a_gap_moves_to_its_end_and_a_fold_takes_the_first():
    """The same rule in the words of docs/why/dst.md."""
    for name, changes in zones().items():
        zone = zoneinfo.ZoneInfo(name)
        for change in changes:
            low, high = change.edges
            middle = low + (high - low) / 2
            if change.after > change.before:
                assert instant(middle, name) == change.at
                assert change.at.astimezone(zone).replace(tzinfo=None) == high
            else:
                chosen = instant(middle, name)
                assert chosen < change.at
                assert chosen.astimezone(zone).replace(tzinfo=None) == middle


def test_a_later_time_is_never_an_earlier_instant():
    for name, changes in distinct_zones().items():
        for change in changes:
            low, _ = change.edges
            walls = [low + minutes * timedelta(minutes=10) for minutes in range(-12, 24)]
            instants = [instant(wall, name) for wall in walls]
            assert instants == sorted(instants), name


def test_working_hours_across_every_change_open_and_close_by_the_rule():
    """A span that begins inside the gap or fold, and one that ends inside it."""
    for name, changes in distinct_zones().items():
        for change in changes:
            low, high = change.edges
            middle = low + (high - low) / 2
            for opens, closes in [(middle, high + HOUR), (low - HOUR, middle)]:
                calendar = WorkingHours(zone=name, spans=(span(opens, closes),))
                expected = Period(start=change.reading(opens), end=change.reading(closes))
                assert_only_period(calendar, expected)


def span(opens: datetime, closes: datetime) -> Span:
    return Span(weekday=opens.weekday(), start=opens.time(), end=closes.time())


def assert_only_period(calendar: WorkingHours, expected: Period) -> None:
    start, end = expected.start - DAY, expected.end + DAY
    assert hours.periods(calendar, start=start, end=end) == [expected], calendar
    assert not hours.is_open(calendar, expected.start - MICROSECOND)
    assert hours.is_open(calendar, expected.start)
    assert hours.is_open(calendar, expected.end - MICROSECOND)
    assert not hours.is_open(calendar, expected.end)
    assert hours.next_boundary(calendar, expected.start) == expected.end


def test_nine_oclock_stays_nine_oclock():
    """Wall-clock boundaries stay where they are on the day of a change and on those around it."""
    for name, changes in zones().items():
        zone = zoneinfo.ZoneInfo(name)
        for change in changes:
            for days in (-1, 0, 1):
                on = change.at.astimezone(zone).date() + days * DAY
                opening = hours.instant(on, time(9), name).astimezone(zone)
                assert opening.replace(tzinfo=None) == datetime.combine(on, time(9)), name
