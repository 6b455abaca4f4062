"""Terms: the shifts that hang on one, and which term covers a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from watchbill.store.database import Tx

#: Whose term begins within this belongs to the team already: there is something to prepare.
SOON = timedelta(days=28)

_DROP = "delete from shifts where term_id = %s and lower(during) > %s"
_LAST = "select max(upper(during)) from shifts where term_id = %s"
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
_IN_TERM = """
select t.person_id from terms t join people p on p.id = t.person_id
where t.during @> tstzrange(%s, %s) and p.disabled_at is null order by t.person_id
"""
_COUNT = """
select count(*) from shifts where person_id = %s and during && tstzrange(%s, %s) and lower(during) > %s
"""
_RELEASE = """
delete from shifts where person_id = %s and during && tstzrange(%s, %s) and lower(during) > %s
"""
_PAUSES = """
select id, starts_at from absences where person_id = %s and source = 'pause' and ends_at > %s
"""


def volunteers(tx: Tx, *, at: datetime) -> list[str]:
    """Return who is in a term at an instant."""
    return [row[0] for row in tx.execute(_VOLUNTEERS, [at])]


def in_term(tx: Tx, *, start: datetime, end: datetime) -> list[str]:
    """Return whose terms cover [start, end)."""
    return [row[0] for row in tx.execute(_IN_TERM, [start, end])]


def count_shifts(tx: Tx, person_id: str, *, start: datetime, end: datetime) -> int:
    """Return how many shifts of a person begin after `start` and before `end`."""
    row = tx.execute(_COUNT, [person_id, start, end, start]).fetchone()
    return row[0] if row else 0


def release_shifts(
    tx: Tx, person_id: str, *, start: datetime, end: datetime, after: datetime
) -> int:
    """Delete a person's shifts that touch [start, end) and begin after `after`; return how many."""
    return tx.execute(_RELEASE, [person_id, start, end, after]).rowcount


def pauses(tx: Tx, person_id: str, *, at: datetime) -> list[tuple[str, datetime]]:
    """Return a person's pauses that are not over: id, and since when."""
    return [(row[0], row[1]) for row in tx.execute(_PAUSES, [person_id, at])]


def is_volunteer(tx: Tx, person_id: str, *, at: datetime) -> bool:
    """True if the person is of the on-call team: in a term of theirs, or within `SOON` of one."""
    return tx.execute(_IS_VOLUNTEER, [person_id, at, at + SOON]).fetchone() is not None


def drop_shifts(tx: Tx, term_id: str, *, after: datetime) -> int:
    """Delete the term's shifts that begin after an instant; return how many."""
    return tx.execute(_DROP, [term_id, after]).rowcount


def last_shift_ends(tx: Tx, term_id: str) -> datetime | None:
    """Return when the last shift of the term ends."""
    row = tx.execute(_LAST, [term_id]).fetchone()
    return row[0] if row else None


def covering(tx: Tx, person_id: str, start: datetime, end: datetime) -> tuple[str, Any] | None:
    """Return the id and range of the person's term that covers [start, end), or None."""
    row = tx.execute(_COVERING, [person_id, start, end]).fetchone()
    return (row[0], row[1]) if row else None
