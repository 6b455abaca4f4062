"""Busy calendars: which are due, and the times away that were read from each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbill.store.database import Tx

_COUNT = "select count(*) from busy_calendars where person_id = %s"
_NEXT = "select min(due_at) from busy_calendars where due_at is not null"
# Claimed by putting the next time off: whoever comes meanwhile finds nothing due.
_CLAIM = """
update busy_calendars c set due_at = %s where id in (
  select id from busy_calendars where due_at <= %s order by due_at limit 20 for update skip locked)
returning c.id, c.person_id, c.secret_url, c.etag, c.failures, c.counts_all
"""
_FAILED = """
update busy_calendars set error = %s, failures = failures + 1, due_at = %s where id = %s
"""
_DONE = """
update busy_calendars set etag = %s, fetched_at = %s, due_at = %s, error = '', failures = 0
where id = %s
"""
_HELD = """
select starts_at, ends_at, uid from absences where calendar_id = %s and ends_at > %s
order by starts_at, ends_at, uid
"""
_FORGET = "delete from absences where calendar_id = %s and ends_at > %s"
_KEEP = """
insert into absences (id, person_id, starts_at, ends_at, source, calendar_id, uid)
values (%s, %s, %s, %s, 'calendar', %s, %s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar that is to be read."""

    id: str
    person_id: str
    url: str
    etag: str
    failures: int
    #: Whether meetings count too, not whole days alone.
    counts_all: bool


def count(tx: Tx, person_id: str) -> int:
    """Return how many calendars are read in for somebody."""
    row = tx.execute(_COUNT, [person_id]).fetchone()
    return row[0] if row else 0


def next_due(tx: Tx) -> datetime | None:
    """Return when the next one is due."""
    row = tx.execute(_NEXT).fetchone()
    return row[0] if row else None


def claim(tx: Tx, *, now: datetime, until: datetime) -> list[Calendar]:
    """Return calendars that are due, and put each off to `until`."""
    return [
        Calendar(
            id=row[0],
            person_id=row[1],
            url=row[2],
            etag=row[3],
            failures=row[4],
            counts_all=row[5],
        )
        for row in tx.execute(_CLAIM, [until, now])
    ]


def failed(tx: Tx, calendar_id: str, *, error: str, due_at: datetime) -> None:
    """Note why a calendar could not be read; what was read before stays."""
    tx.execute(_FAILED, [error, due_at, calendar_id])


def done(tx: Tx, calendar_id: str, *, etag: str, now: datetime, due_at: datetime) -> bool:
    """Note that a calendar was read; say whether it is still there."""
    return tx.execute(_DONE, [etag, now, due_at, calendar_id]).rowcount > 0


def replace(
    tx: Tx,
    calendar: Calendar,
    times: Sequence[tuple[datetime, datetime, str]],
    *,
    new_id: Callable[[str], str],
    now: datetime,
) -> bool:
    """Replace what lies ahead of a calendar's times away; return whether anything changed."""
    held = tx.execute(_HELD, [calendar.id, now]).fetchall()
    if [tuple(row) for row in held] == list(times):
        return False
    tx.execute(_FORGET, [calendar.id, now])
    for start, end, uid in times:
        tx.execute(_KEEP, [new_id("abs"), calendar.person_id, start, end, calendar.id, uid])
    return True
