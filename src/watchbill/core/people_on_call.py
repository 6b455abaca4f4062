"""People on call right now: how many lives a page could interrupt at an instant, and its history.

Out of hours that is the volunteer who stands the shift and the duty manager behind; a shadow is
never paged, and a team's rota sleeps. The pool is who is in a term. The history is derived from
shifts and the managers' rota as they are kept: nobody has to count along.

Source: requirements SH6, NO8, ME2.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from watchbill.core import rotas
from watchbill.core.company import Company
from watchbill.core.hours import Period
from watchbill.core.people import PersonId
from watchbill.core.volunteers import Seat

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day, in UTC: the most people on call at once in it, and the pool at its end."""

    on: date
    people: int
    pool: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A stretch of time with so many people on call at once."""

    period: Period
    people: frozenset[PersonId]


def at_once(company: Company, at: datetime) -> frozenset[PersonId]:
    """Return who can be paged at `at` for a team that is not at work: nobody twice.

    Every shift that is stood counts, not only the one that is asked first: that there is one is
    the database's promise, and this is what would show a breach.
    """
    standing = {s.person_id for s in company.shifts if not s.is_shadow and s.start <= at < s.end}
    manager = company.duty_manager(at)
    return frozenset(standing | ({manager} if manager else set()))


def crowds(company: Company, *, start: datetime, end: datetime) -> list[Crowd]:
    """Return who is on call in [start, end), stretch by stretch: sorted, disjoint, covering it.

    O((shifts + turns) log n + what stands).
    """
    if start >= end:
        return []
    stood = [(s.person_id, s.start, s.end) for s in company.shifts if not s.is_shadow]
    if company.managers is not None:
        stood += [
            (part.person_id, part.start, part.end)
            for part in rotas.stretches(company.managers, company.absences, start=start, end=end)
            if part.person_id is not None
        ]
    inside = [(p, max(a, start), min(b, end)) for p, a, b in stood if a < end and b > start]
    edges = sorted({start, end, *(a for _, a, _ in inside), *(b for _, _, b in inside)})
    index = {at: number for number, at in enumerate(edges)}
    people: list[set[PersonId]] = [set() for _ in edges]
    for person_id, since, until in inside:
        for number in range(index[since], index[until]):
            people[number].add(person_id)
    return [
        Crowd(period=Period(start=a, end=b), people=frozenset(people[number]))
        for number, (a, b) in enumerate(itertools.pairwise(edges))
    ]


def too_many(company: Company, *, start: datetime, end: datetime) -> list[Crowd]:
    """Return where in [start, end) more people are on call than the design says (NO8)."""
    return [
        crowd
        for crowd in crowds(company, start=start, end=end)
        if len(crowd.people) > company.people_at_once
    ]


def pool(seats: Sequence[Seat], at: datetime) -> int:
    """Return how many people are in a term at `at`."""
    return len({seat.person_id for seat in seats if seat.start <= at < seat.end})


def series(company: Company, seats: Sequence[Seat], *, now: datetime, days: int) -> list[Day]:
    """Return the last `days` days up to and with today, the oldest first; today as far as it went.

    The rota of the managers counts as it is now, and so does who was away.
    """
    today = now.astimezone(UTC).date()
    first = datetime.combine(today, datetime.min.time(), UTC) - (days - 1) * _DAY
    most = [0] * days
    for crowd in crowds(company, start=first, end=now):
        last = (crowd.period.end - timedelta(microseconds=1) - first) // _DAY
        for number in range((crowd.period.start - first) // _DAY, last + 1):
            most[number] = max(most[number], len(crowd.people))
    return [
        Day(on=(at := first + n * _DAY).date(), people=most[n], pool=pool(seats, _end(at, now)))
        for n in range(days)
    ]


def _end(day: datetime, now: datetime) -> datetime:
    return min(day + _DAY - timedelta(microseconds=1), now)
