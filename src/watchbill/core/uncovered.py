"""Uncovered: out-of-hours time that no volunteer stands; it falls to the duty manager.

Where every team that owns a service is at work, nobody needs a volunteer, and nothing is uncovered.
A shift counts as stood whoever stands it: whether they can be reached is a matter of readiness.

Source: requirements SH1, SH2; DESIGN §2.3 (no volunteer on the shift: the duty manager at once).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from watchbill.core import hours, rotas
from watchbill.core.company import Company
from watchbill.core.hours import Period
from watchbill.core.people import PersonId
from watchbill.core.rotas import Shift


def stretches(company: Company, *, start: datetime, end: datetime) -> list[Period]:
    """Return the parts of [start, end) that are uncovered: sorted, disjoint, maximal, aware UTC.

    Empty without a service: there is nothing to be called for.
    """
    teams = {service.team_id for service in company.services.values()}
    if not teams:
        return []
    found = gaps(company.shifts, start=start, end=end)
    at_work = [Period(start=start, end=end)]
    for calendar in {company.teams[team_id].hours for team_id in teams}:
        if not found or not at_work:
            break
        at_work = _both(at_work, hours.periods(calendar, start=start, end=end))
    return _less(found, at_work)


def gaps(shifts: Sequence[Shift], *, start: datetime, end: datetime) -> list[Period]:
    """Return the parts of [start, end) in which no shift is stood, whatever the hour; no shadows.

    `shifts` is sorted by start. The result is sorted, disjoint and maximal.
    """
    found, at = [], start
    for shift in shifts:
        if shift.is_shadow or shift.end <= at:
            continue
        if shift.start >= end:
            break
        if shift.start > at:
            found.append(Period(start=at, end=shift.start))
        at = shift.end
    if at < end:
        found.append(Period(start=at, end=end))
    return found


def falls_to(company: Company, periods: Iterable[Period]) -> list[tuple[PersonId | None, Period]]:
    """Return who of the managers' rota has each part of `periods`; None: nobody is planned."""
    if company.managers is None:
        return [(None, period) for period in periods]
    return [
        (part.person_id, Period(start=part.start, end=part.end))
        for period in periods
        for part in rotas.stretches(
            company.managers, company.absences, start=period.start, end=period.end
        )
    ]


def _both(one: Sequence[Period], other: Sequence[Period]) -> list[Period]:
    """Return where both lists of sorted, disjoint periods overlap, in one sweep."""
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        start, end = max(one[i].start, other[j].start), min(one[i].end, other[j].end)
        if start < end:
            found.append(Period(start=start, end=end))
        if one[i].end < other[j].end:
            i += 1
        else:
            j += 1
    return found


def _less(periods: Sequence[Period], out: Sequence[Period]) -> list[Period]:
    """Return sorted, disjoint periods without the others, in one sweep."""
    found, j = [], 0
    for period in periods:
        at = period.start
        while j < len(out) and out[j].end <= at:
            j += 1
        for cut in out[j:]:
            if cut.start >= period.end:
                break
            if at < cut.start:
                found.append(Period(start=at, end=cut.start))
            at = max(at, cut.end)
        if at < period.end:
            found.append(Period(start=at, end=period.end))
    return found
