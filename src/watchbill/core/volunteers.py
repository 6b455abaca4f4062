"""Volunteers: the on-call team's weeks, its seats, and what is worth a warning.

A week runs from boundary to boundary at wall-clock time, so that a change of the clocks makes it an
hour longer or shorter (docs/why/dst.md). A week is stood whole, or split into watches so that an
office that is awake answers.

Source: requirements VO1-VO6, SH1, SH2; on-call-practice §2.1.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from watchbill.core import hours
from watchbill.core.people import OfficeId, PersonId, TeamId

WEEK = timedelta(days=7)
#: A person may be on call so much of the time (Google SRE): more is a warning.
MOST_OF_THE_TIME = 0.25
#: A second layer needs so many people (Google SRE).
LEAST_WITH_SHADOWS = 8
#: Terms that end within so long of each other leave a hole.
_TOGETHER = timedelta(days=28)
#: How much of the team may be of one team or office before that is a warning.
_HEAVY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A part of every day that people of one office answer, at its wall-clock time."""

    office_id: OfficeId
    starts: time
    ends: time


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallTeam:
    """How the on-call team is set up; the same for everybody in it."""

    name: str = "On-call team"
    #: IANA zone of the boundary.
    zone: str = "UTC"
    #: 0 is Monday; Friday by default.
    boundary_weekday: int = 4
    boundary_time: time = time(18)
    seats: int = 7
    least: int = 6
    term_days: int = 182
    gap_weeks: int = 2
    has_shadows: bool = False
    watches: tuple[Watch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """From one boundary to the next, aware UTC."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        """Return how long it is: 168, 167 or 169 hours."""
        return (self.end - self.start) / timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A volunteer's term, as far as seats are concerned."""

    person_id: PersonId
    team_id: TeamId | None
    office_id: OfficeId | None
    start: datetime
    end: datetime


class Concern(Enum):
    """What about the on-call team is worth a word."""

    #: Fewer volunteers than the rotation needs.
    TOO_FEW = "too_few"
    #: Several terms end at about the same time.
    END_TOGETHER = "end_together"
    #: One team has half of the seats or more.
    TEAM_HEAVY = "team_heavy"
    #: One office has half of the seats or more.
    OFFICE_HEAVY = "office_heavy"
    #: Shadows, with fewer than eight people.
    SHADOWS_TOO_FEW = "shadows_too_few"
    #: Each is on call for more than a quarter of the time.
    TOO_OFTEN = "too_often"


def weeks(team: OnCallTeam, *, start: datetime, count: int) -> list[Week]:
    """Return the first `count` weeks that begin at `start` or later.

    >>> from datetime import UTC
    >>> weeks(OnCallTeam(zone="Europe/Dublin"), start=datetime(2026, 3, 23, tzinfo=UTC), count=1)[0].hours
    167.0
    """
    day = start.astimezone(hours.known_zone(team.zone)).date() - timedelta(days=1)
    found = (at for at in _boundaries(team, day) if at >= start)
    edges = [next(found) for _ in range(count + 1)]
    return [Week(start=a, end=b) for a, b in itertools.pairwise(edges)]


def week_of(team: OnCallTeam, at: datetime) -> Week:
    """Return the week that `at` lies in."""
    return next(w for w in weeks(team, start=at - WEEK, count=2) if w.start <= at < w.end)


def _boundaries(team: OnCallTeam, day: date) -> Iterator[datetime]:
    day += timedelta(days=(team.boundary_weekday - day.weekday()) % 7)
    while True:
        yield hours.instant(day, team.boundary_time, team.zone)
        day += WEEK


def concerns(
    team: OnCallTeam, seats: Sequence[Seat], *, at: datetime
) -> list[tuple[Concern, dict[str, str]]]:
    """Return what is worth a word about the seats taken at `at`, with its facts."""
    taken = [seat for seat in seats if seat.start <= at < seat.end]
    found: list[tuple[Concern, dict[str, str]]] = []
    count = len(taken)
    if count < team.least:
        found.append((Concern.TOO_FEW, {"people": str(count), "least": str(team.least)}))
    if count and 1 / count > MOST_OF_THE_TIME:
        found.append((Concern.TOO_OFTEN, {"share": f"{100 / count:.0f} %"}))
    if team.has_shadows and count < LEAST_WITH_SHADOWS:
        found.append((Concern.SHADOWS_TOO_FEW, {"least": str(LEAST_WITH_SHADOWS)}))
    together = _ending_together([seat for seat in taken if not _stays(seat, seats)])
    if len(together) > 1 and count - len(together) < team.least:
        day = f"{min(seat.end for seat in together):%Y-%m-%d}"
        found.append((Concern.END_TOGETHER, {"terms": str(len(together)), "from": day}))
    found += _heavy(Concern.TEAM_HEAVY, [seat.team_id for seat in taken])
    found += _heavy(Concern.OFFICE_HEAVY, [seat.office_id for seat in taken])
    return found


def free_seats(team: OnCallTeam, seats: Sequence[Seat], *, start: datetime, end: datetime) -> int:
    """Return how many seats are free all the way from `start` to `end`; negative if too many sit."""
    taken = [seat for seat in seats if seat.start < end and seat.end > start]
    moments = [start, *(seat.start for seat in taken if seat.start > start)]
    return team.seats - max(sum(1 for s in taken if s.start <= at < s.end) for at in moments)


def is_ready(items: Collection[str], methods: Mapping[str, bool]) -> bool:
    """True if everything on the list is done and a test page was answered over every method."""
    return not missing(items) and bool(methods) and all(methods.values())


#: What a volunteer makes sure of before a first shift (VO6).
ITEMS = ("internet", "laptop", "power", "second_factor", "credentials")


def missing(items: Collection[str]) -> list[str]:
    """Return what of the list is not done yet, in its order."""
    return [item for item in ITEMS if item not in items]


def _stays(seat: Seat, seats: Sequence[Seat]) -> bool:
    """True if the person has agreed to a term after this one."""
    return any(s.person_id == seat.person_id and s.start >= seat.end for s in seats)


def _ending_together(taken: Sequence[Seat]) -> list[Seat]:
    """Return the largest group of terms that end within four weeks."""
    by_end = sorted(taken, key=lambda seat: seat.end)
    groups = (
        [seat for seat in by_end[i:] if seat.end - first.end <= _TOGETHER]
        for i, first in enumerate(by_end)
    )
    return max(groups, key=len, default=[])


def _heavy(
    concern: Concern, names: Sequence[str | None]
) -> Iterator[tuple[Concern, dict[str, str]]]:
    known = Counter(name for name in names if name)
    for name, count in known.most_common(1):
        if len(names) > 2 and len(known) > 1 and count / len(names) >= _HEAVY:
            yield concern, {"id": name, "people": str(count), "of": str(len(names))}
