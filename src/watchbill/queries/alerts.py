"""Alerts: the list, one alert, and the events it was folded from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.queries import reading
from watchbill.queries.reading import Part
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert."""

    id: str
    incident_id: str
    service_id: str
    integration_id: str
    dedup_key: str
    state: str
    #: The alarm's key, or "".
    alarm: str
    summary: str
    severity: str
    source: str
    #: How many things it speaks for.
    size: int
    #: Labels and details: pairs of name and value.
    fields: list[list[str]]
    links: list[dict[str, str]]
    first_at: datetime
    last_at: datetime
    #: How many events it was folded from.
    events: int
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event as it was received."""

    id: str
    received_at: datetime
    event: Any
    #: The request it came in, with its first event only.
    body: str | None


_LIST = """
select a.id, a.incident_id, a.service_id, a.integration_id, a.dedup_key, a.state, a.alarm,
  a.summary, a.severity, a.source, a.size, a.fields, a.links, a.first_at, a.last_at, a.events,
  a.resolved_at
from alerts a
"""
_EVENTS = """
select lpad(e.id::text, 20, '0') as id, e.received_at, e.event::json as event, e.body from events e
where e.alert_id = %s and e.id < %s order by e.id desc limit %s
"""
_END = 2**62


def listed(
    tx: Tx,
    *,
    incident_id: str = "",
    service_id: str = "",
    state: str = "",
    dedup_key: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> Part[AlertRow]:
    """Return one part of the alerts, newest first."""
    wanted = {
        "a.incident_id = %s": incident_id,
        "a.service_id = %s": service_id,
        "a.state = %s": state,
        "a.dedup_key = %s": dedup_key,
    }
    where = {condition: value for condition, value in wanted.items() if value}
    return reading.listed(
        tx, AlertRow, _LIST, where, order=("a.first_at", "a.id"), page=(limit, cursor)
    )


def get(tx: Tx, alert_id: str) -> AlertRow:
    """Return one alert.

    Raises: NotThere.
    """
    return reading.one(tx, AlertRow, _LIST + "where a.id = %s", [alert_id])


def of_incident(tx: Tx, incident_id: str, *, limit: int) -> tuple[AlertRow, ...]:
    """Return an incident's alerts, firing ones first, newest first."""
    query = _LIST + (
        "where a.incident_id = %s order by a.state, a.first_at desc, a.id desc limit %s"
    )
    return reading.many(tx, AlertRow, query, [incident_id, limit])


def events(tx: Tx, alert_id: str, *, limit: int = 50, cursor: str | None = None) -> Part[EventRow]:
    """Return one part of the events an alert was folded from, newest first."""
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 20):
        raise reading.BadCursor
    limit = max(1, min(limit, reading.MOST))
    before = min(int(cursor), _END) if cursor else _END
    found = reading.many(tx, EventRow, _EVENTS, [alert_id, before, limit + 1])
    more = len(found) > limit
    return Part(items=found[:limit], next_cursor=found[limit - 1].id if more else None)
