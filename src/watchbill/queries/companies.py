"""Companies: offices, teams, people and what belongs to them, as rows for screens and API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from watchbill.queries import reading
from watchbill.queries.reading import Part
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
class PersonRow:
    """A person; how they are reached is shown to themselves and admins only."""

    id: str
    name: str
    email: str
    role: str
    is_admin: bool
    team_id: str | None
    office_id: str | None
    zone: str | None
    skills: str
    helps: bool
    disabled_at: datetime | None
    #: At least one contact method is verified.
    is_reachable: bool
    #: Has agreed to a term that is not over.
    is_volunteer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """A way to reach a person."""

    id: str
    person_id: str
    channel: str
    address: str
    label: str
    created_at: datetime
    verified_at: datetime | None
    failed_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """After how many seconds in vain a method is used."""

    id: str
    person_id: str
    method_id: str
    after_s: int


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
PEOPLE = """
select p.id, p.name, p.email, p.role, p.is_admin, p.team_id, p.office_id, p.zone, p.skills, p.helps,
  p.disabled_at,
  exists (select from contact_methods m where m.person_id = p.id and m.verified_at is not null)
    as is_reachable,
  exists (select from terms r where r.person_id = p.id and upper(r.during) > {now})
    as is_volunteer
from people p
"""
METHODS = """
select m.id, m.person_id, m.channel, m.address, m.label, m.created_at, m.verified_at, m.failed_at,
  m.failure
from contact_methods m
"""
RULES = "select r.id, r.person_id, r.method_id, r.after_s from contact_rules r"
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
  r.handoff_weekday, r.handoff_time,
  array(select m.person_id from rota_members m where m.rota_id = r.id order by m.position) as members
from rotas r
"""
OVERRIDES = """
select v.id, v.rota_id, v.person_id, v.starts_at, v.ends_at, v.created_at from rota_overrides v
"""


def people(
    tx: Tx, *, now: datetime, where: dict[str, object], limit: int, cursor: str | None
) -> Part[PersonRow]:
    """Return one part of the people."""
    base = PEOPLE.format(now=f"'{now.isoformat()}'::timestamptz")
    return reading.listed(tx, PersonRow, base, where, order=("p.id",), page=(limit, cursor))


def person(tx: Tx, person_id: str, *, now: datetime) -> PersonRow:
    """Return one person.

    Raises: NotThere.
    """
    found = people(tx, now=now, where={"p.id = %s": person_id}, limit=1, cursor=None).items
    if not found:
        raise reading.NotThere
    return found[0]


def shifts(
    tx: Tx, *, since: datetime | None, until: datetime | None, limit: int, cursor: str | None
) -> Part[ShiftRow]:
    """Return one part of the shifts that touch [since, until), the latest first."""
    wanted: dict[str, object] = {"upper(s.during) > %s": since, "lower(s.during) < %s": until}
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
