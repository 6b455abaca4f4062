"""What the settings' screens list: doors, tokens, webhooks, the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.store.database import Database

_DOORS = """
select i.id, i.name, i.source, i.service_id, i.key_hint,
       greatest((select max(a.last_at) from alerts a where a.integration_id = i.id),
                (select h.seen_at from heartbeats h where h.integration_id = i.id))
from integrations i join services s on s.id = i.service_id
where i.disabled_at is null order by s.name, i.name, i.id
"""
_TOKENS = """
select k.id, k.name, k.scopes, p.name, k.expires_at, k.seen_at
from tokens k join people p on p.id = k.person_id
where k.revoked_at is null order by k.created_at desc, k.id desc limit 200
"""
_HOOKS = """
select w.id, w.name, w.url, w.team_id, n.state, n.error, coalesce(n.sent_at, n.created_at)
from webhooks w left join lateral (
  select state, error, sent_at, created_at from notifications
  where webhook_id = w.id and state in ('sent', 'failed') order by id desc limit 1) n on true
where w.disabled_at is null order by w.created_at, w.id
"""
_AUDIT = """
select u.id, u.at, coalesce(p.name, u.actor), u.action, u.noun_id, u.facts
from audit u left join people p on p.id = u.actor
where (%(like)s = '%%' or u.action ilike %(like)s or p.name ilike %(like)s or u.actor ilike %(like)s
       or u.noun_id ilike %(like)s)
  and (%(cursor)s = '' or u.id < %(cursor)s)
order by u.id desc limit %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An integration with when it last brought an event."""

    id: str
    name: str
    source: str
    service_id: str
    key_hint: str
    last_event_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that is not revoked."""

    id: str
    name: str
    scopes: list[str]
    person_name: str
    expires_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A webhook with its last delivery."""

    id: str
    name: str
    url: str
    team_id: str | None
    #: `sent` or `failed`; None if nothing was delivered yet.
    state: str | None
    error: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the audit log."""

    id: str
    at: datetime
    actor: str
    action: str
    noun_id: str
    facts: dict[str, Any]


def doors(db: Database) -> tuple[Door, ...]:
    """Return every open door, by service and name."""
    with db.transaction() as tx:
        return tuple(
            Door(**dict(zip(Door.__slots__, row, strict=True))) for row in tx.execute(_DOORS)
        )


def tokens(db: Database) -> tuple[Token, ...]:
    """Return the tokens, newest first."""
    with db.transaction() as tx:
        return tuple(
            Token(**dict(zip(Token.__slots__, row, strict=True))) for row in tx.execute(_TOKENS)
        )


def hooks(db: Database) -> tuple[Hook, ...]:
    """Return the webhooks, oldest first."""
    with db.transaction() as tx:
        return tuple(
            Hook(**dict(zip(Hook.__slots__, row, strict=True))) for row in tx.execute(_HOOKS)
        )


def audit(db: Database, *, text: str, cursor: str, limit: int) -> tuple[Line, ...]:
    """Return one part of the audit log, newest first."""
    values = {"like": f"%{text}%", "cursor": cursor, "limit": limit}
    with db.transaction() as tx:
        return tuple(
            Line(**dict(zip(Line.__slots__, row, strict=True)))
            for row in tx.execute(_AUDIT, values)
        )
