"""Uncovered: the time out of hours that no volunteer stands; the duty manager has it.

Source: requirements ES1, NO2; the on-call team hears of it weeks before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.hours import Period


def stretches(company: Company, *, start: datetime, end: datetime) -> list[Period]:
    """Return the parts of [start, end) in which nobody stands the watch: sorted and disjoint.

    Whoever stands a shift and is away does not stand it. A stretch through which every team is at
    work needs nobody and is left out; one that is partly out of hours is named as a whole.
    """
    stood = [
        piece
        for shift in company.shifts
        if not shift.is_shadow and shift.start < end and start < shift.end
        for piece in _without(
            [Period(start=shift.start, end=shift.end)],
            [
                Period(start=a.start, end=a.end)
                for a in company.absences
                if a.person_id == shift.person_id
            ],
        )
    ]
    gaps = _without([Period(start=start, end=end)], stood)
    return [gap for gap in gaps if not _is_in_hours(company, gap)]


def _without(whole: Sequence[Period], parts: Sequence[Period]) -> list[Period]:
    """Return `whole` without `parts`."""
    found = list(whole)
    for part in sorted(parts, key=lambda p: p.start):
        found = [
            Period(start=a, end=b)
            for each in found
            for a, b in (
                (each.start, min(each.end, part.start)),
                (max(each.start, part.end), each.end),
            )
            if a < b
        ]
    return found


def _is_in_hours(company: Company, gap: Period) -> bool:
    """True if every team is at work all through."""
    calendars = [team.hours for team in company.teams.values()]
    return bool(calendars) and all(
        not _without([gap], hours.periods(calendar, start=gap.start, end=gap.end))
        for calendar in calendars
    )
