"""People on call right now, their target and history; and the time ahead that nobody stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from watchbill.core import people_on_call, uncovered
from watchbill.core.company import Company
from watchbill.core.people import PersonId
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallPerson:
    """Somebody who can be paged at this instant for a team that is not at work."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallDay:
    """One day, in UTC: the most people on call at once in it, and the pool at its end."""

    on: date
    people: int
    pool: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleOnCall:
    """The number of lives a page could interrupt (SH6)."""

    at: datetime
    now: int
    #: At most so many, by design (NO8).
    target: int
    #: People in a term.
    pool: int
    people: tuple[OnCallPerson, ...]
    #: The oldest first, up to and with today.
    days: tuple[OnCallDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UncoveredStretch:
    """Out-of-hours time that no volunteer stands, and the duty manager who has it."""

    starts_at: datetime
    ends_at: datetime
    #: None: nobody stands the managers' rota then either.
    manager_id: str | None
    manager: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """The number now, its target and the pool."""

    now: int
    target: int
    pool: int


def gauge(tx: Tx, company: Company, *, now: datetime) -> Gauge:
    """Return the number at this instant."""
    return Gauge(
        now=len(people_on_call.at_once(company, now)),
        target=company.people_at_once,
        pool=people_on_call.pool(volunteers_store.seats(tx, after=now), now),
    )


def report(tx: Tx, company: Company, *, now: datetime, days: int) -> PeopleOnCall:
    """Return the number now, and of the last `days` days."""
    first = (now - timedelta(days=days)).astimezone(UTC)
    seats = volunteers_store.seats(tx, after=first)
    on_call = people_on_call.at_once(company, now)
    return PeopleOnCall(
        at=now,
        now=len(on_call),
        target=company.people_at_once,
        pool=people_on_call.pool(seats, now),
        people=tuple(
            OnCallPerson(person_id=person_id, name=_name(company, person_id) or "")
            for person_id in sorted(on_call)
        ),
        days=tuple(
            OnCallDay(on=day.on, people=day.people, pool=day.pool)
            for day in people_on_call.series(company, seats, now=now, days=days)
        ),
    )


def uncovered_ahead(company: Company, *, now: datetime, days: int) -> tuple[UncoveredStretch, ...]:
    """Return what is uncovered in the next `days` days, by who has it instead."""
    found = uncovered.stretches(company, start=now, end=now + timedelta(days=days))
    return tuple(
        UncoveredStretch(
            starts_at=period.start,
            ends_at=period.end,
            manager_id=manager,
            manager=_name(company, manager),
        )
        for manager, period in uncovered.falls_to(company, found)
    )


def _name(company: Company, person_id: PersonId | None) -> str | None:
    person = company.people.get(person_id) if person_id else None
    return person.name if person else None
