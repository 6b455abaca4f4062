"""Watches: the day cut among offices, so that whoever is called is awake.

A watch begins at its time by its own office's clocks and lasts until the next one begins: at every
instant there is just one. Its written end says when that usually is. In the weeks in which two
offices' clocks are out of step it may be an hour off; more than that would be a hole or an overlap,
and is refused.

Source: the issue's "optional split between offices so that somebody awake answers"; docs/why/dst.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from watchbill.core import hours
from watchbill.core.hours import Period
from watchbill.core.people import OfficeId
from watchbill.core.volunteers import Watch

_DAY = timedelta(days=1)
#: Clocks that change on different days are so far out of step meanwhile.
_OUT_OF_STEP = timedelta(hours=1)

Zones = Mapping[OfficeId, str]


def cut(
    watches: Sequence[Watch], zones: Zones, start: datetime, end: datetime
) -> list[list[Period]]:
    """Return each watch's periods in [start, end), in order; together they cover it, disjoint.

    `zones` are the offices' IANA zones. Raises: UnknownZone.
    """
    found: list[list[Period]] = [[] for _ in watches]
    first = (start - 3 * _DAY).date()
    days = [first + n * _DAY for n in range((end - start).days + 7)]
    begins = sorted(_begins(watches, zones, days))
    for (at, number), (until, _) in itertools.pairwise(begins):
        piece = Period(start=max(at, start), end=min(until, end))
        if piece.start < piece.end:
            _append(found[number], piece)
    return found


def faults(watches: Sequence[Watch], zones: Zones, *, year: int) -> list[str]:
    """Return why watches cannot be used, as sentences; none if they can.

    Each month of `year` is looked at.
    """
    if not watches:
        return []
    unknown = [watch for watch in watches if watch.office_id not in zones]
    if unknown:
        return [f"there is no office {watch.office_id!r}" for watch in unknown]
    if len({watch.office_id for watch in watches}) < len(watches):
        return ["an office has one watch"]
    found = (
        sentence
        for month in range(1, 13)
        for sentence in _faults_on(watches, zones, date(year, month, 15))
    )
    return list(dict.fromkeys(found))


def _faults_on(watches: Sequence[Watch], zones: Zones, day: date) -> Iterator[str]:
    """Yield where the written end of a watch is not where the next one begins."""
    begins = sorted(_begins(watches, zones, [day - _DAY, day, day + _DAY]))
    for (at, number), (until, other) in itertools.pairwise(begins):
        if at.date() != day:
            continue
        mine, next_one = watches[number], watches[other]
        written = _ends(mine, zones[mine.office_id], at)
        if abs(until - written) > _OUT_OF_STEP:
            what = "a hole" if written < until else "an overlap"
            yield (
                f"there is {what} between the end of the watch that begins at {mine.starts:%H:%M}"
                f" and the one that begins at {next_one.starts:%H:%M}"
            )


def _begins(
    watches: Sequence[Watch], zones: Zones, days: Sequence[date]
) -> Iterator[tuple[datetime, int]]:
    for number, watch in enumerate(watches):
        for day in days:
            yield hours.instant(day, watch.starts, zones[watch.office_id]), number


def _ends(watch: Watch, zone: str, at: datetime) -> datetime:
    """Return when a watch that begins at `at` ends as written, in aware UTC."""
    day = at.astimezone(hours.known_zone(zone)).date()
    if watch.ends <= watch.starts:
        day += _DAY
    return hours.instant(day, watch.ends, zone).astimezone(UTC)


def _append(pieces: list[Period], piece: Period) -> None:
    """Add a piece, joined to the last one if they adjoin."""
    if pieces and pieces[-1].end == piece.start:
        piece = Period(start=pieces.pop().start, end=piece.end)
    pieces.append(piece)
