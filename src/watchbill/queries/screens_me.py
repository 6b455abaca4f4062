"""What a person sees of themselves: ways to be reached, rules, sessions, shifts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.store.database import Database

_METHODS = """
select id, channel, address, verified_at is not null, code_until, failed_at is not null, failure
from contact_methods where person_id = %s order by created_at, id
"""
_RULES = """
select r.id, r.method_id, r.after_s, m.channel, m.address
from contact_rules r join contact_methods m on m.id = r.method_id
where r.person_id = %s order by r.after_s, r.id
"""
_SESSIONS = """
select id_hash, agent, seen_at from sessions where person_id = %s and expires_at > %s
order by seen_at desc limit 20
"""
_TERM = """
select lower(during), upper(during) from terms where person_id = %s and upper(during) > %s
order by lower(during) limit 1
"""


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
class Rule:
    """After how many seconds a method is used."""

    id: str
    method_id: str
    after_s: int
    channel: str
    address: str


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
    rules: tuple[Rule, ...]
    sessions: tuple[Session, ...]
    #: The term that is or comes, half-open; None if the person has not volunteered.
    term: tuple[datetime, datetime] | None


def read(db: Database, person_id: str, *, now: datetime) -> Own:
    """Return what the person sees of themselves."""
    with db.transaction() as tx:
        term = tx.execute(_TERM, [person_id, now]).fetchone()
        return Own(
            methods=tuple(
                Method(**dict(zip(Method.__slots__, row, strict=True)))
                for row in tx.execute(_METHODS, [person_id])
            ),
            rules=tuple(
                Rule(**dict(zip(Rule.__slots__, row, strict=True)))
                for row in tx.execute(_RULES, [person_id])
            ),
            sessions=tuple(
                Session(id_hash=row[0], agent=row[1], seen_at=row[2])
                for row in tx.execute(_SESSIONS, [person_id, now])
            ),
            term=(term[0], term[1]) if term else None,
        )
