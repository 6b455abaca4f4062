"""Helpers: engineers at work now who can be asked, through mail and never by a page (HE1, NO10)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.people import Person, PersonId, PersonRole, ServiceId


def awake(
    company: Company,
    *,
    at: datetime,
    asking: PersonId | None = None,
    team_id: str | None = None,
    skill: str = "",
) -> tuple[Person, ...]:
    """Return who may be asked at `at`, by name: engineers inside their own working hours.

    Both their office and their team must be at work; who is away, has opted out, stands the shift
    or is asking is left out. Somebody without an office has no hours, and is never offered. With
    `team_id` only that team's people, with `skill` only who has all its words among their skills.

    Source: requirements HE1, NO10.
    """
    on_call = company.volunteer(at)
    found = (
        person
        for person in company.people.values()
        if person.role is PersonRole.ENGINEER and person.helps
        if person.id not in (asking, on_call)
        if team_id is None or person.team_id == team_id
        if _words(skill) <= _words(person.skills)
        if _is_at_work(company, person, at) and not company.is_away(person.id, at)
    )
    return tuple(sorted(found, key=lambda person: (person.name, person.id)))


def best_first(people: Iterable[Person], *, team_id: str | None, about: str) -> tuple[Person, ...]:
    """Return who knows most first: the team's own, then by how many skills `about` names, then by name."""
    return tuple(
        sorted(people, key=lambda p: (p.team_id != team_id, -len(knows(p, about)), p.name, p.id))
    )


def about(company: Company, service_id: str, *said: str) -> str:
    """Return the words of an incident's title and alarm, of its service and of the team behind it."""
    service = company.services[ServiceId(service_id)]
    team = company.teams[service.team_id]
    return " ".join((*said, service.name, service.slug, team.name))


def knows(person: Person, about: str) -> tuple[str, ...]:
    """Return which of somebody's skills `about` names: all words of a skill are among its words.

    Skills are separated by commas. Case and punctuation do not count.
    """
    named = _words(about)
    return tuple(skill for skill in skills(person) if (own := _words(skill)) and own <= named)


def skills(person: Person) -> tuple[str, ...]:
    """Return somebody's skills, as they wrote them."""
    parts = (part.strip() for part in re.split(r"[,;\n]", person.skills))
    return tuple(part for part in parts if part)


def _words(text: str) -> frozenset[str]:
    """Return the words of a text and of the names in it.

    >>> sorted(_words("PostgreSQL, front end: payments-api"))
    ['api', 'end', 'front', 'payments', 'postgresql']
    """
    return frozenset(re.findall(r"[^\W_]+", text.casefold()))


def _is_at_work(company: Company, person: Person, at: datetime) -> bool:
    office = company.offices.get(person.office_id) if person.office_id else None
    if office is None or not hours.is_open(office.hours, at):
        return False
    team = company.teams.get(person.team_id) if person.team_id else None
    return team is None or hours.is_open(team.hours, at)
