"""Agenda: the soonest due times of what the engine does by the clock."""

from __future__ import annotations

from datetime import datetime

from watchbill.store.database import Tx

_READ = """
select (select min(due_at) from incidents where due_at is not null),
       (select min(due_at) from heartbeats where due_at is not null),
       (select min(look_at) from alarm_looks),
       (select finished_at from engine_runs where process = 'any' and step = 'tidy')
"""


def read(tx: Tx) -> tuple[datetime | None, datetime | None, datetime | None, datetime | None]:
    """Return the next due incident, heartbeat and look at an alarm, and the last housekeeping."""
    row = tx.execute(_READ).fetchone()
    return (row[0], row[1], row[2], row[3]) if row else (None, None, None, None)
