"""Terms: the shifts that hang on one, and which term covers a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from watchbill.store import rows
from watchbill.store.database import Tx

#: Whose term begins within this belongs to the team already: there is something to prepare.
SOON = timedelta(days=28)

_COVERING = """
select id, during from terms where person_id = %s and during @> tstzrange(%s, %s) for update
"""
_IS_VOLUNTEER = """
select 1 from terms where person_id = %s and during && tstzrange(%s, %s) limit 1
"""

_VOLUNTEERS = """
select t.person_id from terms t join people p on p.id = t.person_id
where t.during @> %s and p.disabled_at is null order by t.person_id
"""
# One term, or one after the other.
_IN_TERM = """
select t.person_id from terms t join people p on p.id = t.person_id where p.disabled_at is null
group by t.person_id having range_agg(t.during) @> tstzrange(%s, %s) order by t.person_id
"""
_PARTS = """
select id, during, greatest(lower(during), %(start)s), least(upper(during), %(end)s) from terms
where person_id = %(person)s and during && tstzrange(%(start)s, %(end)s)
order by lower(during) for update
"""
_IS_AWAY = """
select 1 from absences where person_id = %s and starts_at < %s and ends_at > %s limit 1
"""
_OPEN = """
select id, lower(during), upper(during) from terms
where person_id = %s and upper(during) > %s order by lower(during) for update
"""
#: Shifts not yet begun go as a whole, and with them who was asked to take them.
_RELEASE = """
delete from shifts where person_id = %(person)s and during && tstzrange(%(start)s, %(end)s)
  and (lower(during) > %(now)s or lower(during) >= %(start)s)
"""
_UNDER_WAY = """
select * from shifts where person_id = %s and during && tstzrange(%s, %s) order by lower(during)
for update
"""
_UNASK = "update swaps set state = 'withdrawn' where shift_id = %s and state = 'open'"
_PAUSES = """
select id, starts_at from absences where person_id = %s and source = 'pause' and ends_at > %s
"""
_WAITING = """
select id from applications where person_id = %s and state = 'waiting' for update
"""


def volunteers(tx: Tx, *, at: datetime) -> list[str]:
    """Return who is in a term at an instant."""
    return [row[0] for row in tx.execute(_VOLUNTEERS, [at])]


def in_term(tx: Tx, *, start: datetime, end: datetime) -> list[str]:
    """Return whose terms cover [start, end)."""
    return [row[0] for row in tx.execute(_IN_TERM, [start, end])]


def open_terms(tx: Tx, person_id: str, *, at: datetime) -> list[tuple[str, datetime, datetime]]:
    """Return a person's terms that are not over, locked and in order: id, from, to."""
    return [(row[0], row[1], row[2]) for row in tx.execute(_OPEN, [person_id, at])]


def release_shifts(tx: Tx, person_id: str, *, start: datetime, end: datetime, now: datetime) -> int:
    """Delete a person's shifts that touch [start, end) and have not begun; return how many."""
    wanted = {"person": person_id, "start": start, "end": end, "now": now}
    return tx.execute(_RELEASE, wanted).rowcount


def shifts_in(tx: Tx, person_id: str, *, start: datetime, end: datetime) -> list[rows.Row]:
    """Return a person's shifts that touch [start, end), locked."""
    with tx.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_UNDER_WAY, [person_id, start, end]).fetchall()


def unask(tx: Tx, shift_id: str) -> None:
    """Take back every open question whether somebody takes a shift."""
    tx.execute(_UNASK, [shift_id])


def pauses(tx: Tx, person_id: str, *, at: datetime) -> list[tuple[str, datetime]]:
    """Return a person's pauses that are not over: id, and since when."""
    return [(row[0], row[1]) for row in tx.execute(_PAUSES, [person_id, at])]


def waiting(tx: Tx, person_id: str) -> list[str]:
    """Return the ids of a person's applications that wait, locked."""
    return [row[0] for row in tx.execute(_WAITING, [person_id])]


def is_volunteer(tx: Tx, person_id: str, *, at: datetime) -> bool:
    """True if the person is of the on-call team: in a term of theirs, or within `SOON` of one."""
    return tx.execute(_IS_VOLUNTEER, [person_id, at, at + SOON]).fetchone() is not None


def parts(
    tx: Tx, person_id: str, *, start: datetime, end: datetime
) -> list[tuple[str, Any, datetime, datetime]]:
    """Return [start, end) cut by a person's terms: id and range of each, from, to.

    Empty if they do not cover all of it.
    """
    wanted = {"person": person_id, "start": start, "end": end}
    found = [(row[0], row[1], row[2], row[3]) for row in tx.execute(_PARTS, wanted)]
    covered = sum((to - since for _, _, since, to in found), timedelta())
    return found if covered == end - start else []


def is_away(tx: Tx, person_id: str, *, start: datetime, end: datetime) -> bool:
    """True if the person is away in a part of [start, end)."""
    return tx.execute(_IS_AWAY, [person_id, end, start]).fetchone() is not None


def covering(tx: Tx, person_id: str, start: datetime, end: datetime) -> tuple[str, Any] | None:
    """Return the id and range of the person's term that covers [start, end), or None."""
    row = tx.execute(_COVERING, [person_id, start, end]).fetchone()
    return (row[0], row[1]) if row else None
