"""Helpers: engineers at work now who can be asked, through mail and never by a page (HE1, NO10)."""

from __future__ import annotations

from datetime import datetime

from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.people import Person, PersonId, PersonRole


def awake(company: Company, *, at: datetime, asking: PersonId | None = None) -> tuple[Person, ...]:
    """Return who may be asked at `at`, by name: engineers inside their own working hours.

    Both their office and their team must be at work; who is away, has opted out, or is asking is
    left out. Somebody without an office has no hours, and is never offered.

    Source: requirements HE1, NO10.
    """
    found = (
        person
        for person in company.people.values()
        if person.role is PersonRole.ENGINEER and person.helps and person.id != asking
        if _is_at_work(company, person, at) and not company.is_away(person.id, at)
    )
    return tuple(sorted(found, key=lambda person: (person.name, person.id)))


def _is_at_work(company: Company, person: Person, at: datetime) -> bool:
    office = company.offices.get(person.office_id) if person.office_id else None
    if office is None or not hours.is_open(office.hours, at):
        return False
    team = company.teams.get(person.team_id) if person.team_id else None
    return team is None or hours.is_open(team.hours, at)
