"""Busy calendars: whose are read in, how that went, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.queries import reading
from watchbill.store.database import Tx

BUSY = """
select c.id, c.person_id, c.hint, c.counts_all, c.fetched_at, c.error,
  (select count(*) from absences a where a.calendar_id = c.id) as absences
from busy_calendars c
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyRow:
    """A calendar that is read in; its address is shown to nobody."""

    id: str
    person_id: str
    hint: str
    #: Whether meetings count too.
    counts_all: bool
    fetched_at: datetime | None
    #: Why it could not be read; empty if it could.
    error: str
    absences: int


def own(tx: Tx, person_id: str) -> tuple[BusyRow, ...]:
    """Return somebody's calendars, with the times away that were read from each."""
    return reading.many(tx, BusyRow, f"{BUSY} where c.person_id = %s order by c.id", [person_id])
