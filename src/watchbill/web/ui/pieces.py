"""Pieces: stretches of a shift in words: when, how long, with which weekends and holidays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watchbill.core.hours import Period

#: More pieces of a week than this are told as a habit, or counted.
_FEW = 2
_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)


def within(start: datetime, end: datetime, outer: Period) -> Period | None:
    """Return the part of [start, end) that lies in `outer`, or None."""
    a, b = max(start, outer.start), min(end, outer.end)
    return Period(start=a, end=b) if a < b else None


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return sorted periods with those that follow one another made one."""
    found: list[Period] = []
    for period in periods:
        if found and found[-1].end == period.start:
            found[-1] = Period(start=found[-1].start, end=period.end)
        else:
            found.append(period)
    return tuple(found)


def lines(periods: Sequence[Period], zone: str) -> tuple[str, ...]:
    """Return a few pieces one by one, and many as what they have in common.

    >>> from datetime import UTC
    >>> lines([Period(start=datetime(2026, 3, 7, 20, tzinfo=UTC),
    ...               end=datetime(2026, 3, 8, 8, tzinfo=UTC))], "UTC")
    ('Sat 20:00 to Sun 08:00',)
    """
    info = ZoneInfo(zone)
    walls = [(p.start.astimezone(info), p.end.astimezone(info)) for p in periods]
    if len(walls) <= _FEW:
        return tuple(f"{a:%a} {_clock(a)} to {b:%a} {_clock(b)}" for a, b in walls)
    (habit, times), *_ = Counter((_clock(a), _clock(b)) for a, b in walls).most_common(1)
    # A boundary may cut the first and the last.
    if times >= len(walls) - _FEW:
        return (f"daily {habit[0]} to {habit[1]}",)
    return (f"{len(walls)} parts",)


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def exact(length: timedelta) -> str:
    """Return a length in hours, to the second.

    >>> exact(timedelta(hours=167)), exact(timedelta(hours=12) - timedelta(seconds=1))
    ('167 h', '11 h 59 min 59 s')
    """
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    units = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in units if number) or "0 h"


def days(period: Period, zone: str) -> list[date]:
    """Return the local dates a period touches."""
    info = ZoneInfo(zone)
    day, last = (at.astimezone(info).date() for at in (period.start, period.end - _INSTANT))
    return [day + n * _DAY for n in range((last - day).days + 1)]


def weekends(periods: Iterable[Period], zone: str) -> int:
    """Return how many weekends periods touch, by the calendar of `zone`."""
    touched = (day for period in periods for day in days(period, zone))
    return len({day.isocalendar()[:2] for day in touched if day.isoweekday() > 5})


def holidays(periods: Iterable[Period], zone: str, named: Mapping[date, str]) -> tuple[str, ...]:
    """Return the holidays and closing days that periods touch: `Christmas Day, 25 December`."""
    touched = dict.fromkeys(day for period in periods for day in days(period, zone))
    return tuple(f"{named[day]}, {day.day} {day:%B}" for day in touched if day in named)
