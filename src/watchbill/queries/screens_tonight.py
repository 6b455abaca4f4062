"""What Tonight shows beside the company itself: incidents, figures, and what must read zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from watchbill.queries import screens_incidents
from watchbill.queries.screens_incidents import Board
from watchbill.store import companies
from watchbill.store.database import Database, Tx

#: An incident that should have been looked at longer ago than this is neglected.
_LATE = timedelta(minutes=2)

_PAGES = "select count(*) from pages where out_of_hours and started_at >= %s"
_OFFICES = "select id, country, region from offices"
_CLOSED = "select office_id, day, name from closing_days where day between %s and %s"

#: Rule → (what is counted, how). Each must read zero.
_RULES: dict[str, tuple[str, str]] = {
    "NO1": (
        "Members of the owning team paged out of hours.",
        "select count(*) from pages where out_of_hours and role in ('rota', 'team', 'person')",
    ),
    "NO2": (
        "Shifts stood by somebody who did not agree to a term.",
        """select count(*) from shifts s left join terms t on t.id = s.term_id
           and t.consented_by = s.person_id and s.during <@ t.during where t.id is null""",
    ),
    "NO3": (
        "Escalations that reached anyone but a manager.",
        """select count(*) from pages
           where out_of_hours and step > 0 and role not in ('manager', 'volunteer')""",
    ),
    "NO4": (
        "Pages to the volunteer for an alarm that was not accepted.",
        """select count(*) from pages where out_of_hours and role = 'volunteer'
           and reason = 'alarm_accepted' and not facts @> '[["alarm_state", "accepted"]]'""",
    ),
    "NO5": (
        "Alarms in force that nobody but their author reviewed.",
        """select count(*) from alarms where state = 'accepted'
           and (accepted_by is null or accepted_by is not distinct from author_id)""",
    ),
    "NO8": (
        "Shifts on which two volunteers stand at once.",
        """select count(*) from shifts a join shifts b on a.id < b.id and a.during && b.during
           and not a.shadow and not b.shadow""",
    ),
    "ALL": (
        "Events and incidents set aside, or waiting for an engine that does not come.",
        """select (select count(*) from inbox where failed_at is not null)
           + (select count(*) from incidents where failed_at is not null)
           + (select count(*) from incidents where state = 'triggered'
              and (due_at is null or due_at < %(late)s))""",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line that must read zero."""

    key: str
    sentence: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What is read for Tonight in one transaction."""

    board: Board
    pages_count: int
    lines: tuple[Line, ...]
    #: Office id → today's holiday or closing day.
    closed: Mapping[str, str]


def read(
    db: Database,
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
            lines=_lines(tx, now),
            closed={
                office: name
                for office, day in today.items()
                for on, name in closed_days(tx, office, day, day)
                if on == day
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


def _lines(tx: Tx, now: datetime) -> tuple[Line, ...]:
    values = {"late": now - _LATE}
    lines = []
    for key, (sentence, query) in _RULES.items():
        row = tx.execute(query, values if "%(" in query else None).fetchone()
        lines.append(Line(key=key, sentence=sentence, count=row[0] if row else 0))
    return tuple(lines)
