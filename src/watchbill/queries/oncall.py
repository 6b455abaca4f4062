"""On call: who answers now, team by team, by the one rule of routing; from the company alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from watchbill.core import hours, routing
from watchbill.core.alarms import Alarm, AlarmState
from watchbill.core.company import Company
from watchbill.core.events import Severity
from watchbill.core.people import Service, ServiceId, Team, TeamId
from watchbill.core.routing import Route, Subject

_KEY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One person who would be called, and in which capacity."""

    person_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """Whom a step calls at once, and for how many seconds it waits."""

    people: tuple[Called, ...]
    wait_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallRow:
    """Who answers for a team at an instant, if an accepted alarm fires."""

    team_id: str
    team: str
    slug: str
    zone: str
    is_working: bool
    side: str
    reason: str
    #: When the team's hours begin or end next; None if never.
    changes_at: datetime | None
    #: In the order in which they are called; the last step repeats.
    steps: tuple[StepRow, ...]


def on_call(company: Company, *, at: datetime, team_id: str = "") -> tuple[OnCallRow, ...]:
    """Return who answers for each team (or one) at `at`, by the team's name."""
    shadow = imagined(company)
    teams = (
        [company.teams[TeamId(team_id)]]
        if team_id
        else sorted(company.teams.values(), key=lambda team: (team.name, team.id))
    )
    return tuple(row(shadow, team, at) for team in teams)


def imagined(company: Company) -> Company:
    """Return the company with one service and one accepted alarm for each team, named like it."""
    services = {
        ServiceId(team.id): Service(
            id=ServiceId(team.id), slug=team.slug, name=team.name, team_id=team.id
        )
        for team in company.teams.values()
    }
    alarms = {
        (service_id, _KEY): Alarm(
            id="",
            service_id=service_id,
            key=_KEY,
            title="",
            state=AlarmState.ACCEPTED,
            is_in_force=True,
            severity=Severity.CRITICAL,
            has_runbook=True,
        )
        for service_id in services
    }
    return replace(company, services=services, alarms=alarms)


def steps(company: Company, route: Route) -> tuple[StepRow, ...]:
    """Return a route's steps with names."""
    return tuple(
        StepRow(
            people=tuple(
                Called(person_id=person, name=company.people[person].name, role=role.value)
                for person, role in step.people
            ),
            wait_s=int(step.wait.total_seconds()),
        )
        for step in route.steps
    )


def row(shadow: Company, team: Team, at: datetime) -> OnCallRow:
    """Return who answers for one team of an `imagined` company."""
    subject = Subject(service_id=ServiceId(team.id), alarm=_KEY, severity=Severity.CRITICAL)
    route = routing.route(shadow, subject, at=at)
    return OnCallRow(
        team_id=team.id,
        team=team.name,
        slug=team.slug,
        zone=team.hours.zone,
        is_working=hours.is_open(team.hours, at),
        side=route.side.value,
        reason=route.reason.value,
        changes_at=route.until,
        steps=steps(shadow, route),
    )
