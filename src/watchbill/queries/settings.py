"""Settings: services, doors, alarms, webhooks, tokens, the audit log and the company itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from watchbill.queries import reading
from watchbill.queries.reading import Part
from watchbill.store import organization
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service: how its alerts are grouped, and when nobody is asked about it."""

    id: str
    slug: str
    name: str
    team_id: str
    grouping: str
    grouping_fields: list[str]
    grouping_window_s: int
    ack_timeout_s: int | None
    close_after_s: int | None
    maintenance_from: datetime | None
    maintenance_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationRow:
    """A door for events; of its key the last characters are shown, of its secrets nothing."""

    id: str
    service_id: str
    source: str
    name: str
    key_hint: str
    settings: dict[str, Any]
    close_after_s: int | None
    #: How often a heartbeat's ping is expected; None for other doors.
    every_s: int | None
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatRow:
    """A dead-man's switch."""

    integration_id: str
    name: str
    service_id: str
    every_s: int
    seen_at: datetime | None
    due_at: datetime | None
    missing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookRow:
    """A runbook kept on its own."""

    id: str
    slug: str
    title: str
    team_id: str
    body: str
    url: str
    last_tested_on: date | None
    managed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """A program that is told what happens to incidents."""

    id: str
    name: str
    url: str
    team_id: str | None
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token; of it the last characters are shown."""

    id: str
    name: str
    hint: str
    scopes: list[str]
    person_id: str
    person: str
    created_at: datetime
    expires_at: datetime | None
    seen_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One line of the audit log."""

    id: str
    at: datetime
    #: A person's id, `system` or `cli`; and the person's name, if it is one.
    actor: str
    actor_name: str | None
    action: str
    noun: str
    noun_id: str
    facts: dict[str, Any]


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
class OrganizationRow:
    """What holds for the whole company."""

    name: str
    volunteer_wait_s: int
    manager_wait_s: int
    pages_a_month: int
    people_at_once: int
    base_url: str


SERVICES = """
select s.id, s.slug, s.name, s.team_id, s.grouping, s.grouping_fields, s.grouping_window_s,
  s.ack_timeout_s, s.close_after_s, s.maintenance_from, s.maintenance_until
from services s
"""
INTEGRATIONS = """
select i.id, i.service_id, i.source, i.name, i.key_hint, i.close_after_s,
  (select coalesce(jsonb_object_agg(e.key, case
     when e.key ~* '(secret|password|token)$' then '"…"' else e.value end), '{}')
   from jsonb_each(i.settings) e) as settings,
  (select h.every_s from heartbeats h where h.integration_id = i.id) as every_s, i.created_at,
  i.disabled_at
from integrations i
"""
HEARTBEATS = """
select h.integration_id, i.name, i.service_id, h.every_s, h.seen_at, h.due_at, h.missing_since
from heartbeats h join integrations i on i.id = h.integration_id
"""
RUNBOOKS = """
select r.id, r.slug, r.title, r.team_id, r.body, r.url, r.last_tested_on, r.managed_by
from runbooks r
"""
WEBHOOKS = "select w.id, w.name, w.url, w.team_id, w.created_at, w.disabled_at from webhooks w"
TOKENS = """
select k.id, k.name, k.hint, k.scopes, k.person_id, p.name as person, k.created_at, k.expires_at,
  k.seen_at, k.revoked_at
from tokens k join people p on p.id = k.person_id
"""
AUDIT = """
select u.id, u.at, u.actor, p.name as actor_name, u.action, u.noun, u.noun_id, u.facts
from audit u left join people p on p.id = u.actor
"""
ORGANIZATION = """
select name, volunteer_wait_s, manager_wait_s, pages_a_month, people_at_once, base_url
from organization
"""
_DOORS = """
select i.id, i.name, i.source, i.service_id, i.key_hint,
       e.seen_at as last_event_at
from integrations i join services s on s.id = i.service_id
     left join integrations_seen e on e.integration_id = i.id
where i.disabled_at is null order by s.name, i.name, i.id
"""
_HOOKS = """
select w.id, w.name, w.url, w.team_id, n.state, n.error, coalesce(n.sent_at, n.created_at) as at
from webhooks w left join lateral (
  select state, error, sent_at, created_at from notifications
  where webhook_id = w.id and state in ('sent', 'failed') order by id desc limit 1) n on true
where w.disabled_at is null order by w.created_at, w.id
"""
_SAYS = """
(u.action ilike %s or p.name ilike %s or u.actor ilike %s or u.noun_id ilike %s)
"""


def doors(tx: Tx) -> tuple[Door, ...]:
    """Return every open door, by service and name."""
    return reading.many(tx, Door, _DOORS)


def hooks(tx: Tx) -> tuple[Hook, ...]:
    """Return the webhooks, oldest first."""
    return reading.many(tx, Hook, _HOOKS)


def tokens(tx: Tx) -> tuple[TokenRow, ...]:
    """Return the newest 200 tokens that are not revoked, newest first."""
    query = TOKENS + "where k.revoked_at is null order by k.created_at desc, k.id desc limit 200"
    return reading.many(tx, TokenRow, query)


def audit(tx: Tx, *, text: str, limit: int, cursor: str | None) -> Part[AuditRow]:
    """Return one part of the audit log, newest first, narrowed to lines with the text."""
    where = {_SAYS: (f"%{text}%",) * 4} if text else {}
    return reading.listed(tx, AuditRow, AUDIT, where, order=("u.id",), page=(limit, cursor))


def organization_version(tx: Tx) -> str:
    """Return the ETag of the company's settings."""
    return organization.version(tx)
