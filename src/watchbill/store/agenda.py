"""Agenda: the soonest due times of what the engine does by the clock."""

from __future__ import annotations

from datetime import datetime

from watchbill.store.database import Tx

_READ = """
select (select min(due_at) from incidents where due_at is not null),
       (select min(due_at) from heartbeats where due_at is not null),
       (select min(look_at) from alarm_looks),
       (select min(look_at) from watch_looks),
       (select finished_at from engine_runs where process = 'any' and step = 'tidy')
"""


#: The next due incident, heartbeat, look at an alarm and look at the watch; the last housekeeping.
Times = tuple[datetime | None, datetime | None, datetime | None, datetime | None, datetime | None]


def read(tx: Tx) -> Times:
    """Return when each is due, in one look; None for never."""
    row = tx.execute(_READ).fetchone()
    return (row[0], row[1], row[2], row[3], row[4]) if row else (None, None, None, None, None)
