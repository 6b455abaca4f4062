"""Rota table: the volunteers' shifts of some weeks, with their ids, and one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.core.volunteers import OnCallTeam
from watchbill.queries import reading
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

_SHIFTS = """
select s.id, s.person_id, p.name, o.name as office, p.office_id, lower(s.during) as starts_at,
  upper(s.during) as ends_at, s.shadow, s.stand_id
from shifts s join people p on p.id = s.person_id left join offices o on o.id = p.office_id
"""
_BETWEEN = (
    _SHIFTS
    + """
where s.during && tstzrange(%s, %s) order by lower(s.during), s.id
"""
)
_OWN = (
    _SHIFTS
    + """
where s.person_id = %s and upper(s.during) > %s order by lower(s.during), s.id limit 800
"""
)
_ONE = _SHIFTS + "where s.id = %s"
_STAND = _SHIFTS + "where s.stand_id = %s and s.person_id = %s order by lower(s.during), s.id"
_MEMBERS = """
select p.id as person_id, p.name, o.name as office, p.office_id
from people p left join offices o on o.id = p.office_id
where p.id in (
    select t.person_id from terms t join people q on q.id = t.person_id
    where t.during && tstzrange(%(start)s, %(end)s) and q.disabled_at is null
    union select s.person_id from shifts s where s.during && tstzrange(%(start)s, %(end)s))
order by p.name, p.id
"""
_OVERRIDES = """
select o.id, p.name, o.starts_at, o.ends_at from rota_overrides o join people p on p.id = o.person_id
where o.rota_id = %s and o.ends_at > %s order by o.starts_at, o.id limit 200
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftLine:
    """A shift, or a piece of one, and whose it is."""

    id: str
    person_id: str
    name: str
    office: str | None
    office_id: str | None
    starts_at: datetime
    ends_at: datetime
    shadow: bool
    #: Pieces of one week's watch share it; None: alone.
    stand_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody with a term in the time looked at, or with a shift of it."""

    person_id: str
    name: str
    office: str | None
    office_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideLine:
    """Somebody stands in on a rota."""

    id: str
    name: str
    starts_at: datetime
    ends_at: datetime


def team(tx: Tx) -> OnCallTeam:
    """Return how the on-call team is set up, its boundary among it."""
    return volunteers_store.team(tx)


def between(tx: Tx, start: datetime, end: datetime) -> tuple[ShiftLine, ...]:
    """Return the shifts that touch [start, end), in order."""
    return reading.many(tx, ShiftLine, _BETWEEN, [start, end])


def own(tx: Tx, person_id: str, *, since: datetime) -> tuple[ShiftLine, ...]:
    """Return somebody's shifts that end after an instant, in order; at most 800."""
    return reading.many(tx, ShiftLine, _OWN, [person_id, since])


def one(tx: Tx, shift_id: str) -> ShiftLine:
    """Return a shift. Raises: NotThere."""
    return reading.one(tx, ShiftLine, _ONE, [shift_id])


def pieces(tx: Tx, line: ShiftLine) -> tuple[ShiftLine, ...]:
    """Return a shift with the other pieces of its stand that the same person has, in order."""
    if line.stand_id is None:
        return (line,)
    return reading.many(tx, ShiftLine, _STAND, [line.stand_id, line.person_id])


def members(tx: Tx, start: datetime, end: datetime) -> tuple[Member, ...]:
    """Return whose line the rota of [start, end) has, by name."""
    return reading.many(tx, Member, _MEMBERS, {"start": start, "end": end})


def overrides(tx: Tx, rota_id: str, *, after: datetime) -> tuple[OverrideLine, ...]:
    """Return who stands in on a rota, from now on."""
    return reading.many(tx, OverrideLine, _OVERRIDES, [rota_id, after])
