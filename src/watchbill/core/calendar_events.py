"""Calendar events: what a calendar shows of shifts and rotas, before it is written as iCalendar.

Shifts are rows and keep their identity when they move; the turns of a rota follow from a rule and
are named by when they begin. All instants are aware UTC, so that a change of the clocks moves
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from watchbill.core import rotas
from watchbill.core.company import Company
from watchbill.core.people import PersonId, TeamId
from watchbill.core.rotas import Rota, Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One event of a feed, [start, end)."""

    #: Stays the same when the event moves.
    uid: str
    start: datetime
    end: datetime
    summary: str
    #: Grows with every change.
    sequence: int = 0
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDay:
    """A whole day on which a team is closed."""

    uid: str
    on: date
    summary: str


def managers(
    company: Company, *, start: datetime, end: datetime, only: PersonId | None = None
) -> list[CalendarEvent]:
    """Return the turns of the managers' rota in [start, end), of one person or of all."""
    if company.managers is None:
        return []
    return list(_turns(company, company.managers, "Duty manager", start, end, only))


def team(
    company: Company,
    team_id: TeamId,
    *,
    start: datetime,
    end: datetime,
    only: PersonId | None = None,
) -> list[CalendarEvent]:
    """Return the turns of a team's rota in [start, end), of one person or of all."""
    rota, owner = company.team_rotas.get(team_id), company.teams.get(team_id)
    if rota is None or owner is None:
        return []
    return list(_turns(company, rota, f"Rota of {owner.name}", start, end, only))


def closed_days(company: Company, team_id: TeamId, *, first: date, last: date) -> list[ClosedDay]:
    """Return the holidays and closing days of a team from `first` to `last`."""
    owner = company.teams.get(team_id)
    if owner is None:
        return []
    days = sorted(day for day in owner.hours.closed_on if first <= day <= last)
    return [
        ClosedDay(uid=f"{team_id}-{day:%Y%m%d}", on=day, summary=f"{owner.name} is closed")
        for day in days
    ]


def _turns(
    company: Company,
    rota: Rota,
    label: str,
    start: datetime,
    end: datetime,
    only: PersonId | None,
) -> Iterator[CalendarEvent]:
    for turn in rotas.stretches(rota, company.absences, start=start, end=end):
        if turn.person_id is not None and only in (None, turn.person_id):
            name = "" if only else f": {_name(company, turn)}"
            # What is cut off at the edge of the window is named by its other end, which stays.
            edge = turn.end if turn.start == start else turn.start
            yield CalendarEvent(
                uid=f"{rota.id}-{turn.person_id}-{edge:%Y%m%dT%H%M%SZ}",
                start=turn.start,
                end=turn.end,
                summary=f"{label}{name}",
            )


def _name(company: Company, turn: Stretch) -> str:
    person = company.people.get(turn.person_id) if turn.person_id else None
    return person.name if person else "somebody who has left"
