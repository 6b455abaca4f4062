"""What Tonight shows beside the company itself: incidents, figures, and what must read zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from watchbill.core.company import Company
from watchbill.queries import lines, screens_incidents
from watchbill.queries.lines import HealthLine
from watchbill.queries.screens_incidents import Board
from watchbill.store import companies
from watchbill.store.database import Database, Tx

_PAGES = "select count(*) from pages where out_of_hours and started_at >= %s"
_OFFICES = "select id, country, region from offices"
_CLOSED = "select office_id, day, name from closing_days where day between %s and %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What is read for Tonight in one transaction."""

    board: Board
    pages_count: int
    lines: tuple[HealthLine, ...]
    #: Office id → today's holiday or closing day.
    closed: Mapping[str, str]


def read(
    db: Database,
    company: Company,
    person_id: str,
    *,
    now: datetime,
    month_start: datetime,
    today: Mapping[str, date],
    limit: int,
) -> Night:
    """Return the night; `today` is each office's own date."""
    with db.transaction() as tx:
        pages = tx.execute(_PAGES, [month_start]).fetchone()
        return Night(
            board=screens_incidents.board(tx, person_id, limit=limit),
            pages_count=pages[0] if pages else 0,
            lines=lines.health(tx, company, now=now, month_at=month_start),
            closed={
                office: name
                for office, day in today.items()
                for _on, name in closed_days(tx, office, day, day)
            },
        )


def closed_days(tx: Tx, office_id: str, first: date, last: date) -> list[tuple[date, str]]:
    """Return an office's holidays and closing days from `first` to `last`, in order, named."""
    found: dict[date, str] = {}
    for office, country, region in tx.execute(_OFFICES):
        if office == office_id:
            holidays = companies.public_holidays(country, region).items()
            found |= {day: name for day, name in holidays if first <= day <= last}
    for office, day, name in tx.execute(_CLOSED, [first, last]):
        if office == office_id:
            found[day] = name or found.get(day, "") or "closed"
    return sorted(found.items())


def closed_days_of(db: Database, office_id: str, first: date, last: date) -> list[tuple[date, str]]:
    """Return the same outside a transaction."""
    with db.transaction() as tx:
        return closed_days(tx, office_id, first, last)
