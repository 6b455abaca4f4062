"""The inbox: events that are stored and not yet folded, in order, by service.

Intake fills it by COPY; folding moves each event to `events`, so the inbox stays small whatever is
kept. One process at a time folds a service's events: an advisory lock, held by the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from watchbill.core.alerts import Received
from watchbill.core.events import Event
from watchbill.core.people import ServiceId
from watchbill.store.database import Database, Tx, as_json

#: Table and columns of the intake's COPY, in its order.
TABLE = "inbox"
COLUMNS = ("service_id", "integration_id", "received_at", "event", "body")

# Steps from one service to the next through the index, whatever the inbox holds.
_LOCK_WAITING = """
with recursive waiting as (
  (select service_id from inbox where failed_at is null order by service_id limit 1)
  union all
  select (select i.service_id from inbox i
          where i.failed_at is null and i.service_id > w.service_id order by i.service_id limit 1)
  from waiting w where w.service_id is not null
)
select service_id, pg_try_advisory_xact_lock(hashtextextended(service_id, 2026))
from waiting where service_id is not null
"""
_TAKE = """
select i.id, i.service_id, i.integration_id, i.received_at, i.event
from unnest(%s::text[]) as s(id)
cross join lateral (
  select * from inbox where service_id = s.id and failed_at is null order by id limit %s
) i
order by i.id
"""
_MOVE = """
with gone as (delete from inbox using json_to_recordset(%s) as r(id bigint, a text, i text)
              where inbox.id = r.id returning inbox.*, r.a, r.i),
seen as (
  insert into integrations_seen (integration_id, seen_at)
  select integration_id, max(received_at) from gone group by integration_id order by integration_id
  on conflict (integration_id) do update set seen_at = excluded.seen_at)
insert into events (id, service_id, integration_id, received_at, event, body, alert_id, incident_id)
select id, service_id, integration_id, received_at, event, body, a, i from gone
"""
_SET_ASIDE = "update inbox set failed_at = %s, error = %s where id = %s"
_ADD = """
insert into inbox (service_id, integration_id, received_at, event, body) values (%s, %s, %s, %s, null)
"""
_COPY = "copy inbox (service_id, integration_id, received_at, event, body) from stdin"
_WAITING = "select id from inbox where failed_at is null order by id limit %s"
_LOCK_ONE = """
select pg_advisory_xact_lock(hashtextextended(service_id, 2026)) from inbox where id = %s
"""
_TAKE_ONE = """
select id, service_id, integration_id, received_at, event from inbox
where id = %s and failed_at is null
"""

_decode = msgspec.json.Decoder(Event).decode
encode = msgspec.json.Encoder().encode


def lock_waiting(tx: Tx) -> tuple[list[str], bool]:
    """Return the services with waiting events that this transaction now folds alone.

    The second value is True if another process is folding some service just now.
    """
    rows = tx.execute(_LOCK_WAITING).fetchall()
    return [service_id for service_id, mine in rows if mine], any(not mine for _, mine in rows)


def waiting(tx: Tx, *, limit: int) -> list[int]:
    """Return the ids of the oldest waiting events, whatever state their text is in."""
    return [row[0] for row in tx.execute(_WAITING, [limit])]


def take_one(tx: Tx, event_id: int) -> Received | None:
    """Wait for the event's service and return the event, or None if it no longer waits."""
    tx.execute(_LOCK_ONE, [event_id])
    row = tx.execute(_TAKE_ONE, [event_id]).fetchone()
    return _to_received(row) if row else None


def take(tx: Tx, service_ids: Sequence[str], *, each: int) -> list[Received]:
    """Return the oldest waiting events in order of arrival, at most `each` of one service."""
    return [_to_received(row) for row in tx.execute(_TAKE, [list(service_ids), each])]


def move(tx: Tx, folded: Iterable[tuple[int, str | None, str | None]]) -> None:
    """Move events to the archive, each with the alert and the incident it belongs to.

    Remembers in passing when each door last let one in.
    """
    rows = [{"id": event_id, "a": alert, "i": incident} for event_id, alert, incident in folded]
    if rows:
        tx.execute(_MOVE, [as_json(rows)])


def add(tx: Tx, received_at: datetime, service_id: str, integration_id: str, event: Event) -> None:
    """Store one event of our own making: a heartbeat that went missing."""
    tx.execute(_ADD, [service_id, integration_id, received_at, encode(event).decode()])


def put(tx: Tx, rows: Iterable[Sequence[object]]) -> None:
    """Store events outside the intake, in the order of `COLUMNS`."""
    with tx.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


def sweep(db: Database) -> None:
    """Give back the room of folded events, which would otherwise be stepped over at every look."""
    db.maintain("vacuum inbox")


def tell(tx: Tx) -> None:
    """Wake the other processes' engines at the commit."""
    tx.execute("select pg_notify('inbox', '')")


def set_aside(tx: Tx, event_id: int, *, error: str, now: datetime) -> None:
    """Remember that folding this event failed; it stays, and is shown until somebody acts."""
    tx.execute(_SET_ASIDE, [now, error[:2000], event_id])


def _to_received(row: tuple[Any, ...]) -> Received:
    return Received(
        id=row[0],
        service_id=ServiceId(row[1]),
        integration_id=row[2],
        at=row[3],
        event=_decode(row[4]),
    )
