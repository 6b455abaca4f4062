"""Rotas: who stands when, by turns, overrides and absences; and the volunteers' shifts.

A team's rota and the managers' rota are rules that repeat. The volunteers' shifts are rows that
somebody planned and agreed to. Both answer one question: who stands at an instant?
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from watchbill.core import hours
from watchbill.core.people import PersonId
from watchbill.errors import Invalid

_START = operator.attrgetter("start")


class Turn(Enum):
    """The unit a rota's turns are counted in."""

    DAY = "day"  #: each stands so many days
    WEEK = "week"  #: each stands so many weeks


class BadRota(Invalid):
    """A rota's turn lasts at least one day or week, and a handoff weekday is from 0 to 6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Somebody stands instead of whose turn it is, in [start, end), aware UTC."""

    person_id: PersonId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away in [start, end), aware UTC."""

    person_id: PersonId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """A rotation that repeats for ever, from the handoff time of `starts_on`.

    Handoffs stay at their wall-clock time (docs/why/dst.md). Weekly turns change on the handoff
    weekday: if `starts_on` is another one, the first turn is the shorter.
    """

    id: str
    #: IANA zone of the handoff.
    zone: str
    turn: Turn
    starts_on: date
    #: 0 is Monday, 6 is Sunday; without meaning for turns counted in days.
    handoff_weekday: int = 0
    handoff_time: time = time(9)
    #: In the order of their turns; the first stands first. Empty: only overrides stand.
    members: tuple[PersonId, ...] = ()
    #: In the order they were made: where two overlap, the later in the tuple stands.
    overrides: tuple[Override, ...] = ()
    #: How many days or weeks a turn lasts.
    turn_length: int = 1

    def __post_init__(self) -> None:
        if self.turn_length < 1 or self.handoff_weekday not in range(7):
            raise BadRota(self.id)

    @property
    def turn_days(self) -> int:
        """How many local days a turn lasts."""
        return self.turn_length * (7 if self.turn is Turn.WEEK else 1)

    @property
    def first_handoff_on(self) -> date:
        """The local date of turn 0's handoff: `starts_on`, or the handoff weekday before it."""
        if self.turn is Turn.DAY:
            return self.starts_on
        days_since = (self.starts_on.weekday() - self.handoff_weekday) % 7
        return self.starts_on - timedelta(days=days_since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A volunteer's stand in [start, end), aware UTC; a shadow stands beside and learns."""

    person_id: PersonId
    start: datetime
    end: datetime
    is_shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Who stands in [start, end), aware UTC; None: nobody."""

    person_id: PersonId | None
    start: datetime
    end: datetime
    is_override: bool = False


def standing(shifts: Sequence[Shift], at: datetime) -> PersonId | None:
    """Return the volunteer who stands the shift at `at`, or None; never a shadow.

    `shifts` is sorted by start; those that are not shadows do not overlap (the database sees to
    it). O(log n + shadows since the shift began).

    Source: requirements SH1, SH2.
    """
    for index in range(bisect_right(shifts, at, key=_START) - 1, -1, -1):
        shift = shifts[index]
        if not shift.is_shadow:
            return shift.person_id if at < shift.end else None
    return None


def on_duty(rota: Rota, absences: Sequence[Absence], at: datetime) -> PersonId | None:
    """Return who stands `rota` at `at`, or None: nobody.

    The last override made that covers `at`; else whose turn it is; else, while that member is
    away, the next in order who is not. Nobody who is away ever stands, by an override neither.
    Before the rota's start only overrides stand. O(overrides + absences of the company).

    Source: requirements RO1, RO5, SH5.
    """
    away = {absence.person_id for absence in absences if absence.start <= at < absence.end}
    for override in reversed(rota.overrides):
        if override.start <= at < override.end and override.person_id not in away:
            return override.person_id
    return _in_turn(rota, _turn_at(rota, at), away)


def stretches(
    rota: Rota, absences: Sequence[Absence], *, start: datetime, end: datetime
) -> list[Stretch]:
    """Return who stands `rota` from `start` to `end`, nobody included.

    Sorted, disjoint, covering [start, end) and maximal: neighbours differ in the person or in
    being an override. A member who is away is replaced for that stretch only, not for the whole
    turn. Empty if `end` is not later than `start`. O(n log n) in turns, overrides and absences.

    Source: requirements RO1, SH5.
    """
    if start >= end:
        return []
    found: list[Stretch] = []
    (since, (person_id, is_override)), *changes = _changes(rota, absences, start, end)
    for at, stands in [*changes, (end, None)]:
        if stands != (person_id, is_override):
            found.append(Stretch(person_id=person_id, start=since, end=at, is_override=is_override))
            since, (person_id, is_override) = at, stands or _NOBODY
    return found


def gaps(
    rota: Rota, absences: Sequence[Absence], *, start: datetime, end: datetime
) -> list[hours.Period]:
    """Return the parts of [start, end) in which nobody stands `rota`: sorted, disjoint, maximal.

    Source: requirement RO5.
    """
    return [
        hours.Period(start=stretch.start, end=stretch.end)
        for stretch in stretches(rota, absences, start=start, end=end)
        if stretch.person_id is None
    ]


#: Who stands, and whether by an override.
_Stands = tuple[PersonId | None, bool]
_NOBODY: _Stands = (None, False)
#: The turn before a rota's start: nobody's.
_NEVER = -1


class _Edge(Enum):
    """What happens at an instant when somebody else may come to stand."""

    TURN = "turn"  #: the rotation goes on to the next person
    OVERRIDE_BEGINS = "override begins"  #: somebody stands in
    OVERRIDE_ENDS = "override ends"  #: the rotation holds again
    LEAVES = "leaves"  #: somebody begins to be away
    RETURNS = "returns"  #: somebody is back


def _changes(
    rota: Rota, absences: Sequence[Absence], start: datetime, end: datetime
) -> Iterator[tuple[datetime, _Stands]]:
    """Yield who stands at `start` and at every instant before `end` at which that may change."""
    edges = sorted(_edges(rota, absences, start, end), key=operator.itemgetter(0))
    turn = _NEVER
    covering: set[int] = set()
    away: set[int] = set()
    for index, (at, edge, which) in enumerate(edges):
        if edge is _Edge.TURN:
            turn = which
        elif edge is _Edge.OVERRIDE_BEGINS:
            covering.add(which)
        elif edge is _Edge.OVERRIDE_ENDS:
            covering.remove(which)
        elif edge is _Edge.LEAVES:
            away.add(which)
        else:
            away.remove(which)
        if index + 1 == len(edges) or edges[index + 1][0] != at:
            people_away = {absences[which].person_id for which in away}
            yield at, _stands(rota, turn, covering, people_away)


def _edges(
    rota: Rota, absences: Sequence[Absence], start: datetime, end: datetime
) -> Iterator[tuple[datetime, _Edge, int]]:
    """Yield every edge in [start, end) with the number of its turn, override or absence.

    What began before `start` counts as beginning then. Unsorted.
    """
    number = _turn_at(rota, start)
    yield start, _Edge.TURN, number
    while (at := _handoff(rota, number := number + 1)) < end:
        yield at, _Edge.TURN, number
    spells: tuple[tuple[Sequence[Override | Absence], _Edge, _Edge], ...] = (
        (rota.overrides, _Edge.OVERRIDE_BEGINS, _Edge.OVERRIDE_ENDS),
        (absences, _Edge.LEAVES, _Edge.RETURNS),
    )
    for rows, begins, ends in spells:
        for which, row in enumerate(rows):
            if row.start < end and row.end > start and row.start < row.end:
                yield max(row.start, start), begins, which
                if row.end < end:
                    yield row.end, ends, which


def _stands(
    rota: Rota, turn: int, covering: Collection[int], away: Collection[PersonId]
) -> _Stands:
    """Return who stands in a turn while some overrides cover it and some people are away."""
    for index in sorted(covering, reverse=True):
        person_id = rota.overrides[index].person_id
        if person_id not in away:
            return person_id, True
    return _in_turn(rota, turn, away), False


def _in_turn(rota: Rota, turn: int, away: Collection[PersonId]) -> PersonId | None:
    """Return whose turn it is, or the next in order who is not away; None: nobody."""
    if turn == _NEVER:
        return None
    count = len(rota.members)
    order = (rota.members[(turn + skipped) % count] for skipped in range(count))
    return next((person_id for person_id in order if person_id not in away), None)


def _turn_at(rota: Rota, at: datetime) -> int:
    """Return the number of the turn at `at`; `_NEVER` before the rota's start."""
    local_date = at.astimezone(hours.known_zone(rota.zone)).date()
    number = (local_date - rota.first_handoff_on).days // rota.turn_days + 1
    while number > _NEVER and _handoff(rota, number) > at:
        number -= 1
    return max(number, _NEVER)


def _handoff(rota: Rota, number: int) -> datetime:
    """Return when turn `number` (0 or later) begins, in aware UTC; its end is the next one's."""
    nominal = rota.first_handoff_on + timedelta(days=number * rota.turn_days)
    return hours.instant(max(nominal, rota.starts_on), rota.handoff_time, rota.zone)
