"""Companies: offices, teams, rotas, absences, terms and shifts, as rows for screens and API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from watchbill.queries import reading
from watchbill.queries.reading import Part
from watchbill.store import companies
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRow:
    """An office."""

    id: str
    slug: str
    name: str
    zone: str
    country: str
    region: str
    week: list[dict[str, Any]]
    #: The office's own closing days, besides public holidays.
    closing_days: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A team. Without a `zone` or `week` of its own, its office's holds."""

    id: str
    slug: str
    name: str
    office_id: str
    zone: str | None
    week: list[dict[str, Any]] | None
    policy: list[dict[str, Any]]
    members: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRow:
    """When somebody is away."""

    id: str
    person_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """A volunteer's own agreement."""

    id: str
    person_id: str
    person: str
    starts_at: datetime
    ends_at: datetime
    consented_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    """A volunteer's stand."""

    id: str
    term_id: str
    person_id: str
    person: str
    starts_at: datetime
    ends_at: datetime
    shadow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaRow:
    """A team's rota, or the managers'."""

    id: str
    kind: str
    team_id: str | None
    name: str
    zone: str
    turn: str
    turn_length: int
    starts_on: date
    #: The first handoff: before it nobody stands. An earlier `starts_on`, passed ones too, mends it.
    begins_at: datetime
    handoff_weekday: int
    handoff_time: time
    members: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """Somebody stands in."""

    id: str
    rota_id: str
    person_id: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime


OFFICES = """
select o.id, o.slug, o.name, o.zone, o.country, o.region, o.week,
  coalesce((select json_agg(json_build_object('day', d.day, 'name', d.name) order by d.day)
            from closing_days d where d.office_id = o.id), '[]') as closing_days
from offices o
"""
TEAMS = """
select t.id, t.slug, t.name, t.office_id, t.zone, t.week, t.policy,
  array(select p.id from people p where p.team_id = t.id and p.disabled_at is null order by p.name)
    as members
from teams t
"""
ABSENCES = "select a.id, a.person_id, a.starts_at, a.ends_at from absences a"
TERMS = """
select r.id, r.person_id, p.name as person, lower(r.during) as starts_at, upper(r.during) as ends_at,
  r.consented_at
from terms r join people p on p.id = r.person_id
"""
SHIFTS = """
select s.id, s.term_id, s.person_id, p.name as person, lower(s.during) as starts_at,
  upper(s.during) as ends_at, s.shadow
from shifts s join people p on p.id = s.person_id
"""
ROTAS = """
select r.id, r.kind, r.team_id, r.name, r.zone, r.turn, r.turn_length, r.starts_on,
  (r.starts_on + r.handoff_time) at time zone r.zone as begins_at, r.handoff_weekday, r.handoff_time,
  array(select m.person_id from rota_members m where m.rota_id = r.id order by m.position) as members
from rotas r
"""
OVERRIDES = """
select v.id, v.rota_id, v.person_id, v.starts_at, v.ends_at, v.created_at from rota_overrides v
"""
_COUNTRIES = "select id, country, region from offices"
_CLOSED = "select office_id, day, name from closing_days where day between %s and %s"


def closed_days(tx: Tx, first: date, last: date) -> dict[str, dict[date, str]]:
    """Return by office the holidays and closing days from `first` to `last`, in order, named."""
    found: dict[str, dict[date, str]] = {}
    for office, country, region in tx.execute(_COUNTRIES):
        holidays = companies.public_holidays(country, region).items()
        found[office] = {day: name for day, name in holidays if first <= day <= last}
    for office, day, name in tx.execute(_CLOSED, [first, last]):
        days = found.setdefault(office, {})
        days[day] = name or days.get(day, "") or "closed"
    return {office: dict(sorted(days.items())) for office, days in found.items()}


def shifts(
    tx: Tx,
    *,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
    person_id: str | None = None,
) -> Part[ShiftRow]:
    """Return one part of the shifts that touch [since, until), of everyone or one, the latest first."""
    wanted: dict[str, object] = {
        "upper(s.during) > %s": since,
        "lower(s.during) < %s": until,
        "s.person_id = %s": person_id,
    }
    where = {condition: value for condition, value in wanted.items() if value}
    base = f"select * from ({SHIFTS} {_where(where)}) q"  # noqa: S608 - conditions of this module
    return reading.listed(
        tx,
        ShiftRow,
        base,
        {_TRUE: tuple(where.values())},
        order=("q.starts_at", "q.id"),
        page=(limit, cursor),
    )


_TRUE = "true"


def _where(where: dict[str, object]) -> str:
    return f"where {' and '.join(where)}" if where else ""
