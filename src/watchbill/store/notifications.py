"""Notifications: claim what is due, record what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.store.database import Tx, as_json

_COLUMNS = """
n.id, n.kind, n.channel, n.state, n.due_at, n.created_at, n.incident_id, n.page_id, n.person_id,
n.method_id, n.webhook_id, n.data, n.claimed_until, n.attempts, n.sent_at, n.provider_id, n.error,
n.turn
"""
# Oldest turn first, so that no service's storm stands before another's first incident. A webhook
# hears of one incident in order: a later message waits until the earlier ones are done with. Nobody
# is called about an incident that is due: at closing time it may be about to pass to others (NO1).
_CLAIM = f"""
with due as materialized (
  select mine.id from unnest(%s::text[], %s::int[]) as lane(channel, room)
  cross join lateral (
    select d.id from notifications d
    where d.state = 'planned' and d.due_at <= %s and d.channel = lane.channel
      and (d.webhook_id is null or not exists (
        select 1 from notifications e
        where e.webhook_id = d.webhook_id and e.incident_id = d.incident_id and e.id < d.id
          and e.state in ('planned', 'claimed')))
      and (d.page_id is null or not exists (
        select 1 from incidents i where i.id = d.incident_id and i.due_at <= %s))
    order by d.turn, d.due_at limit lane.room for update skip locked) mine
)
update notifications n set state = 'claimed', claimed_until = %s, attempts = n.attempts + 1
from due where n.id = due.id
returning {_COLUMNS}
"""  # noqa: S608 - the columns are this module's own
_CLAIM_METHOD = f"""
update notifications n set state = 'claimed', claimed_until = %s, attempts = n.attempts + 1
where n.id in (
  select d.id from notifications d
  where d.state = 'planned' and d.due_at <= %s and d.method_id = any(%s) and d.id <> all(%s)
  for update skip locked)
returning {_COLUMNS}
"""  # noqa: S608 - the columns are this module's own
# A claim need not outlive the server's power: lost or not, its message is sent again.
_LIGHTLY = "set local synchronous_commit = off"
_UNCLAIM = """
update notifications set state = 'planned', claimed_until = null
where state = 'claimed' and claimed_until <= %s
"""
_RECENT = """
select method_id, max(sent_at) from notifications
where method_id = any(%s) and sent_at > %s group by method_id, coalesce(message_id, id)
order by 2 desc
"""
_LOAD = f"select {_COLUMNS} from notifications n where n.id = any(%s) for update"  # noqa: S608
_RECORD = """
update notifications n set
  state = case when n.state = 'cancelled' and r.state = 'planned' then n.state else r.state end,
  due_at = r.due_at, claimed_until = r.claimed_until, attempts = r.attempts,
  sent_at = coalesce(r.sent_at, n.sent_at), provider_id = r.provider_id, error = r.error,
  message_id = coalesce(r.message_id, n.message_id)
from json_populate_recordset(null::notifications, %s) r where n.id = r.id
"""
_ADD = """
insert into notifications (id, kind, incident_id, page_id, person_id, method_id, webhook_id,
  channel, data, state, due_at, claimed_until, attempts, created_at, sent_at, provider_id, error)
select id, kind, incident_id, page_id, person_id, method_id, webhook_id, channel, data, state,
  due_at, claimed_until, attempts, created_at, sent_at, provider_id, error
from json_populate_recordset(null::notifications, %s)
"""
# What waits for another message of its webhook is not due before that one is done with.
_NEXT_DUE = """
select least(
  (select min(first.due_at)
   from unnest(coalesce(%(channels)s::text[], array(
     select distinct channel from notifications where state = 'planned'))) as lane(channel)
   cross join lateral (
     select d.due_at from notifications d
     where d.state = 'planned' and d.channel = lane.channel
       and (d.webhook_id is null or not exists (
         select 1 from notifications e
         where e.webhook_id = d.webhook_id and e.incident_id = d.incident_id and e.id < d.id
           and e.state in ('planned', 'claimed')))
       and (d.page_id is null or not exists (
         select 1 from incidents i where i.id = d.incident_id and i.due_at <= d.due_at))
     order by d.due_at limit 1) first),
  (select min(claimed_until) from notifications
   where state = 'claimed' and (%(channels)s::text[] is null or channel = any(%(channels)s))))
"""
_DUE = """
select id from notifications where state = 'planned' and due_at <= %s and channel = %s
order by turn, due_at limit %s
"""
_CLAIM_ONE = f"""
update notifications n set state = 'claimed', claimed_until = %s, attempts = n.attempts + 1
where n.id = %s and n.state = 'planned' returning {_COLUMNS}
"""  # noqa: S608 - the columns are this module's own
_ASKED = """
select person_id from notifications
where incident_id = %s and kind = 'help' and created_at > %s and person_id is not null
"""
_RENEW = """
update notifications set claimed_until = %s where id = any(%s) and state = 'claimed'
"""
_RELEASE_ALL = """
update notifications set state = 'planned', claimed_until = null where state = 'claimed'
"""
_RELEASE = """
update notifications set state = 'planned', claimed_until = null, attempts = attempts - 1
where id = any(%s) and state = 'claimed'
"""
_HOPE = """
select distinct page_id from notifications
where page_id = any(%s) and state in ('planned', 'claimed', 'sent') and kind = 'page'
"""
_METHOD_FAILED = """
update contact_methods set failed_at = %s, failure = %s where id = %s and failed_at is null
"""


def claim(
    tx: Tx, *, rooms: Mapping[str, int], now: datetime, until: datetime
) -> list[Notification]:
    """Take due notifications in hand until `until`, so many of each channel; nobody else gets them.

    Claims whose time ran out are due again first: their process died.
    """
    tx.execute(_LIGHTLY)
    tx.execute(_UNCLAIM, [now])
    rows = tx.execute(_CLAIM, [list(rooms), list(rooms.values()), now, now, until])
    return _in_turn(rows)


def claim_methods(
    tx: Tx, method_ids: Sequence[str], *, besides: Sequence[str], now: datetime, until: datetime
) -> list[Notification]:
    """Take everything else that is due for these contact methods, to send it together."""
    rows = tx.execute(_CLAIM_METHOD, [until, now, list(method_ids), list(besides)])
    return _in_turn(rows)


def recent(tx: Tx, method_ids: Sequence[str], *, since: datetime) -> dict[str, list[datetime]]:
    """Return when messages of each method left after `since`, newest first."""
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    if not method_ids:
        return found
    for method_id, sent_at in tx.execute(_RECENT, [list(method_ids), since]):
        found[method_id].append(sent_at)
    return found


def lock(tx: Tx, notification_ids: Sequence[str]) -> list[Notification]:
    """Return the notifications, locked."""
    return [_to_notification(row) for row in tx.execute(_LOAD, [sorted(notification_ids)])]


def record(
    tx: Tx, notifications: Sequence[Notification], *, message_ids: dict[str, str] | None = None
) -> None:
    """Write what became of notifications.

    One that was cancelled while it was in hand may still have been sent, but is not tried again.
    """
    rows = [
        {
            **{name: getattr(n, name) for name in Notification.__slots__},
            "message_id": (message_ids or {}).get(n.id),
        }
        for n in notifications
    ]
    if rows:
        tx.execute(_RECORD, [as_json(rows)])


def add(tx: Tx, notifications: Sequence[Notification]) -> None:
    """Plan notifications that belong to no decision (a code, a test) and wake the sender."""
    tx.execute(_ADD, [as_json(notifications)])
    tx.execute("select pg_notify('notifications', '')")


def next_due(tx: Tx, channels: Sequence[str] | None) -> datetime | None:
    """Return when the next notification (of `channels`) may be claimed, or a claim runs out."""
    row = tx.execute(_NEXT_DUE, {"channels": channels}).fetchone()
    return row[0] if row else None


def due(tx: Tx, *, channel: str, now: datetime, limit: int) -> list[str]:
    """Return the ids of what `claim` would take, whatever state their contents are in."""
    return [row[0] for row in tx.execute(_DUE, [now, channel, limit])]


def claim_one(tx: Tx, notification_id: str, *, until: datetime) -> list[Notification]:
    """Take one notification in hand, if nobody else has."""
    return [_to_notification(row) for row in tx.execute(_CLAIM_ONE, [until, notification_id])]


def renew(tx: Tx, notification_ids: Sequence[str], *, until: datetime) -> None:
    """Hold claims longer; those that ran out meanwhile stay as they are."""
    tx.execute(_RENEW, [until, sorted(notification_ids)])


def release_all(tx: Tx) -> None:
    """Make every claim due again."""
    tx.execute(_RELEASE_ALL)


def release(tx: Tx, notification_ids: Sequence[str]) -> None:
    """Give claims back of which nothing was sent, and wake whoever may take them."""
    tx.execute(_RELEASE, [sorted(notification_ids)])
    tx.execute("select pg_notify('notifications', '')")


def hopeless(tx: Tx, page_ids: Sequence[str]) -> list[str]:
    """Return those pages for which nothing was sent and nothing will be."""
    if not page_ids:
        return []
    hope = {row[0] for row in tx.execute(_HOPE, [list(page_ids)])}
    return [page_id for page_id in page_ids if page_id not in hope]


def method_failed(tx: Tx, method_id: str, *, failure: str, now: datetime) -> None:
    """Remember that this contact method can no longer be reached, until its owner mends it."""
    tx.execute(_METHOD_FAILED, [now, failure[:500], method_id])


def asked(tx: Tx, incident_id: str, *, since: datetime) -> set[str]:
    """Return whom a mail has asked for help with the incident since then."""
    return {row[0] for row in tx.execute(_ASKED, [incident_id, since])}


def _in_turn(rows: Iterable[tuple[Any, ...]]) -> list[Notification]:
    """Return notifications in the order they are to leave: by turn, then oldest first."""
    return [_to_notification(row) for row in sorted(rows, key=lambda row: (row[17], row[0]))]


def _to_notification(row: tuple[Any, ...]) -> Notification:
    return Notification(
        id=row[0],
        kind=MessageKind(row[1]),
        channel=row[2],
        state=NotificationState(row[3]),
        due_at=row[4],
        created_at=row[5],
        incident_id=row[6],
        page_id=row[7],
        person_id=row[8],
        method_id=row[9],
        webhook_id=row[10],
        data=row[11],
        claimed_until=row[12],
        attempts=row[13],
        sent_at=row[14],
        provider_id=row[15],
        error=row[16],
    )
