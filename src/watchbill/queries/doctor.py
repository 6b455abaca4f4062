"""Doctor: what the database says of itself, and what is set aside or out of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.core.company import Company
from watchbill.core.people import Person
from watchbill.store.database import Tx

_NEWEST = """
select greatest((select max(opened_at) from incidents), (select max(received_at) from inbox))
"""
_SERVED = """
select count(*) from pg_stat_activity
where datname = current_database() and application_name = 'watchbill listen'
"""
_EVENTS = "select id, received_at, error from inbox where failed_at is not null order by id limit 5"
_INCIDENTS = """
select number, error from incidents where failed_at is not null order by number limit 5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    #: None: it cannot be known from here.
    is_good: bool | None
    #: What was found, in a sentence.
    said: str


def is_served(tx: Tx) -> bool:
    """Return whether a server is running on the database: one that waits for its notices."""
    row = tx.execute(_SERVED).fetchone()
    return bool(row and row[0])


def server_version(tx: Tx) -> int:
    """Return the major version of the PostgreSQL server."""
    return tx.info.server_version // 10_000


def newest(tx: Tx) -> datetime | None:
    """Return when the newest thing that is stored happened, by the clock of that time."""
    row = tx.execute(_NEWEST).fetchone()
    return row[0] if row else None


def set_aside(tx: Tx) -> list[str]:
    """Return the first few events and incidents that the engine failed on, each as a line."""
    events = [f"event {row[0]}: {row[2]}" for row in tx.execute(_EVENTS)]
    return events + [f"incident #{row[0]}: {row[1]}" for row in tx.execute(_INCIDENTS)]


def unreachable(company: Company) -> list[Person]:
    """Return whom no message can reach although they stand, or may stand, somewhere; by name."""
    called = {shift.person_id for shift in company.shifts}
    called.update(company.managers.members if company.managers else ())
    for rota in company.team_rotas.values():
        called.update(rota.members)
    found = [company.people[p] for p in called if p in company.people]
    return sorted((p for p in found if not p.is_reachable), key=lambda p: p.name)
