"""Heartbeats: dead-man's switches, and when their silence becomes an alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from watchbill.store.database import Tx, as_json

_SEEN = """
update heartbeats h set seen_at = r.at, missing_since = null,
  due_at = r.at + make_interval(secs => h.every_s)
from json_to_recordset(%s) as r(id text, at timestamptz) where h.integration_id = r.id
"""
_MISSING = """
update heartbeats h set missing_since = h.due_at, due_at = null
from integrations i where i.id = h.integration_id and i.disabled_at is null and h.integration_id in (
  select integration_id from heartbeats where due_at <= %s for update skip locked)
returning h.integration_id, i.service_id, i.name, h.every_s, h.seen_at
"""
_NEXT_DUE = "select min(due_at) from heartbeats where due_at is not null"
_ADD = "insert into heartbeats (integration_id, every_s) values (%s, %s)"
_EXPECT = """
insert into heartbeats (integration_id, every_s) values (%s, %s)
on conflict (integration_id) do update set every_s = excluded.every_s,
  due_at = heartbeats.seen_at + make_interval(secs => excluded.every_s), missing_since = null
"""


def add(tx: Tx, integration_id: str, *, every_s: int) -> None:
    """Begin to expect a ping; the first one starts the watch."""
    tx.execute(_ADD, [integration_id, every_s])


def seen(tx: Tx, at: Mapping[str, datetime]) -> None:
    """Remember the newest ping of each integration."""
    if at:
        tx.execute(_SEEN, [as_json([{"id": i, "at": t} for i, t in at.items()])])


def missing(tx: Tx, *, now: datetime) -> list[tuple[str, str, str, int, datetime]]:
    """Mark those whose ping is overdue, once, and return (integration, service, name, every, seen)."""
    return [tuple(row) for row in tx.execute(_MISSING, [now])]


def next_due(tx: Tx) -> datetime | None:
    """Return when the next ping is overdue."""
    row = tx.execute(_NEXT_DUE).fetchone()
    return row[0] if row else None


def expect(tx: Tx, integration_id: str, *, every_s: int) -> None:
    """Change how often a ping is expected, or begin to expect one."""
    tx.execute(_EXPECT, [integration_id, every_s])
