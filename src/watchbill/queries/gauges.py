"""Gauges: how things stand at the moment somebody scrapes; each from a small or partial index."""

from __future__ import annotations

from dataclasses import dataclass

from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand."""

    inbox_waiting: int
    inbox_set_aside: int
    #: Open incidents by state.
    open_incidents: dict[str, int]
    stuck_incidents: int
    failing_incidents: int
    #: Notifications on their way by channel.
    planned_notifications: dict[str, int]
    company_version: int
    #: People being called now, by capacity and whether out of hours.
    open_pages: dict[tuple[str, bool], int]


_INBOX = """
select count(*) filter (where failed_at is null), count(*) filter (where failed_at is not null)
from inbox
"""
_OPEN = (
    "select state, count(*), count(stuck_at) from incidents where state <> 'resolved' group by 1"
)
_FAILING = "select count(*) from incidents where failed_at is not null"
_PLANNED = "select channel, count(*) from notifications where state = 'planned' group by 1"
_CALLING = "select role, out_of_hours, count(*) from pages where ended_at is null group by 1, 2"
_VERSION = "select version from organization"


def standing(tx: Tx) -> Standing:
    """Return how things stand now."""
    inbox = tx.execute(_INBOX).fetchone() or (0, 0)
    opened = tx.execute(_OPEN).fetchall()
    failing = tx.execute(_FAILING).fetchone() or (0,)
    version = tx.execute(_VERSION).fetchone() or (0,)
    return Standing(
        inbox_waiting=inbox[0],
        inbox_set_aside=inbox[1],
        open_incidents={row[0]: row[1] for row in opened},
        stuck_incidents=sum(row[2] for row in opened),
        failing_incidents=failing[0],
        planned_notifications={row[0]: row[1] for row in tx.execute(_PLANNED)},
        company_version=version[0],
        open_pages={(row[0], row[1]): row[2] for row in tx.execute(_CALLING)},
    )
