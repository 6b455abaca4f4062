"""Alarm looks: when the engine looks at an alarm next. Whoever moves an alarm makes it due at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from watchbill.core.people import PersonId, ServiceId
from watchbill.store.database import Tx

# Both rows are locked: whoever waits for the alarm would otherwise see an old look, and tell twice.
_DUE = """
select a.id, a.service_id, a.key, a.state, a.state_at, a.state_reason, a.in_force, a.lapses_at,
       coalesce(v.accepted_at, v.glass_at) as stands_at, n.author_id, l.told_at,
       exists (select 1 from alarm_steps s where s.alarm_id = a.id and s.version = a.in_force
               and s.state = 'lapsed' and s.at >= a.lapses_at) as is_written
from alarm_looks l join alarms a on a.id = l.alarm_id
join alarm_versions n on n.alarm_id = a.id and n.number = a.version
left join alarm_versions v on v.alarm_id = a.id and v.number = a.in_force
where l.look_at <= %s and (%s::text is null or a.id = %s)
order by l.look_at, a.id limit %s for no key update of a, l skip locked
"""
_LATER = """
update alarm_looks l set look_at = r.look_at, told_at = coalesce(r.told_at, l.told_at)
from unnest(%s::text[], %s::timestamptz[], %s::timestamptz[]) as r(id, look_at, told_at)
where l.alarm_id = r.id
"""
_DONE = "delete from alarm_looks where alarm_id = any(%s)"
_WAITING = "select alarm_id from alarm_looks where look_at <= %s order by look_at limit %s"
_PUT_OFF = "update alarm_looks set look_at = %s where alarm_id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAlarm:
    """An alarm that is to be looked at, as it stands."""

    id: str
    service_id: ServiceId
    key: str
    state: str
    state_at: datetime
    state_reason: str
    in_force: int | None
    lapses_at: datetime | None
    #: Since when the version in force stands.
    stands_at: datetime | None
    #: Who wrote the newest version.
    author_id: PersonId | None
    told_at: datetime | None
    #: True if it is written down that this acceptance is over.
    is_written: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What became of a look: when the next is, None for never, and whether its team was told."""

    id: str
    next_at: datetime | None
    told_at: datetime | None = None


def due(tx: Tx, *, now: datetime, limit: int, only: str | None = None) -> list[DueAlarm]:
    """Return the alarms to look at, locked; those that somebody else has in hand are left to them."""
    with tx.cursor(row_factory=class_row(DueAlarm)) as cursor:
        return cursor.execute(_DUE, [now, only, only, limit]).fetchall()


def record(tx: Tx, looked: Sequence[Looked]) -> None:
    """Write down when to look next."""
    later = [one for one in looked if one.next_at is not None]
    tx.execute(
        _LATER,
        [[one.id for one in later], [one.next_at for one in later], [one.told_at for one in later]],
    )
    tx.execute(_DONE, [[one.id for one in looked if one.next_at is None]])


def waiting(tx: Tx, *, now: datetime, limit: int) -> list[str]:
    """Return the ids of the alarms that `due` would return."""
    return [row[0] for row in tx.execute(_WAITING, [now, limit])]


def put_off(tx: Tx, alarm_id: str, *, until: datetime) -> None:
    """Leave an alarm alone until then."""
    tx.execute(_PUT_OFF, [until, alarm_id])
