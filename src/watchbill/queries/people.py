"""People: the list, what they are called, and what one sees of themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from watchbill.queries import reading
from watchbill.queries.reading import Part
from watchbill.store.database import Tx


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
class Method:
    """One way to reach the person, proved or not."""

    id: str
    channel: str
    address: str
    is_verified: bool
    #: Until when a code counts; None if none is on its way.
    code_until: datetime | None
    is_failing: bool
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser the person is signed in with."""

    id_hash: str
    agent: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Everything of it."""

    methods: tuple[Method, ...]
    rules: tuple[RuleRow, ...]
    sessions: tuple[Session, ...]
    #: The term that is or comes, half-open; None if the person has not volunteered.
    term: tuple[datetime, datetime] | None


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
_METHODS = """
select id, channel, address, verified_at is not null as is_verified, code_until,
  failed_at is not null as is_failing, failure
from contact_methods where person_id = %s order by created_at, id
"""
_SESSIONS = """
select id_hash, agent, seen_at from sessions where person_id = %s and expires_at > %s
order by seen_at desc limit 20
"""
_TERM = """
select lower(during), upper(during) from terms where person_id = %s and upper(during) > %s
order by lower(during) limit 1
"""
_NAMES = "select id, name from people where id = any(%s)"


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


def own(tx: Tx, person_id: str, *, now: datetime) -> Own:
    """Return what the person sees of themselves."""
    term = tx.execute(_TERM, [person_id, now]).fetchone()
    return Own(
        methods=reading.many(tx, Method, _METHODS, [person_id]),
        rules=rules(tx, person_id),
        sessions=reading.many(tx, Session, _SESSIONS, [person_id, now]),
        term=(term[0], term[1]) if term else None,
    )


def rules(tx: Tx, person_id: str) -> tuple[RuleRow, ...]:
    """Return a person's rules, the soonest first."""
    query = RULES + " where r.person_id = %s order by r.after_s, r.id"
    return reading.many(tx, RuleRow, query, [person_id])


def names(tx: Tx, person_ids: Collection[str]) -> dict[str, str]:
    """Return what people are called, those who have left too."""
    return dict(tx.execute(_NAMES, [sorted(person_ids)]).fetchall())
