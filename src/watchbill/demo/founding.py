"""Founding: the demo company comes to be, through the actions anybody else would use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchbill.actions import (
    absences,
    audit,
    contacts,
    integrations,
    offices,
    organization,
    passwords,
    people,
    rotas,
    services,
    teams,
    tokens,
    webhooks,
)
from watchbill.actions.audit import Actor
from watchbill.actions.events import Door
from watchbill.actions.shell import Shell
from watchbill.core.people import PersonId
from watchbill.demo import people as staff
from watchbill.demo import services as watched
from watchbill.demo.weeks import Weeks

_BY = audit.SYSTEM
_PAGERDUTY = "pagerduty_v2"


@dataclass(slots=True)
class Founded:
    """What was made, by the names the demo's data use."""

    offices: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    people: dict[str, PersonId] = field(default_factory=dict)
    #: Members by team.
    members: dict[str, list[PersonId]] = field(default_factory=dict)
    rotas: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    #: PagerDuty routing keys and doors by service.
    keys: dict[str, str] = field(default_factory=dict)
    doors: dict[str, Door] = field(default_factory=dict)
    #: Paths of the other doors: `/intake/<source>/<key>`, with their service.
    intakes: list[dict[str, str]] = field(default_factory=list)
    #: Who applies the repository of alarms: its pipeline, by a token of the admin's.
    pipeline: Actor = _BY


def found(shell: Shell, weeks: Weeks, *, password: str) -> Founded:
    """Make offices, teams, people, rotas, services and doors, as of the shell's clock."""
    organization.change(shell, {"name": staff.COMPANY}, by=_BY)
    made = Founded()
    for office in staff.OFFICES:
        made.offices[office.slug] = offices.create(
            shell, _office(office, shell.clock.now()), by=_BY
        )
    for team in staff.TEAMS:
        made.teams[team.slug] = teams.create(shell, _team(team, made), by=_BY)
    password_hash = passwords.hashed(password)
    for person in staff.PEOPLE:
        _hire(shell, person, made, password_hash=password_hash)
    _make_rotas(shell, made, weeks)
    for service in watched.SERVICES:
        _add_service(shell, service, made)
    hook, _ = webhooks.create(
        shell, {"name": "Status page", "url": "https://status.harbour.example/hooks"}, by=_BY
    )
    webhooks.disable(shell, hook, by=_BY)
    made.pipeline = _pipeline(shell, made)
    return made


def _pipeline(shell: Shell, made: Founded) -> Actor:
    admin = next(made.people[p.name] for p in staff.PEOPLE if p.is_admin)
    token_id, _ = tokens.make(
        shell,
        admin,
        name="Pipeline of harbour/alarms",
        scopes=["read", "write"],
        expires_at=None,
        by=_BY,
    )
    return Actor(name=f"token:{token_id}", person_id=admin, is_admin=True, is_whole=False)


def _week(spans: tuple[tuple[int, str, str], ...]) -> list[dict[str, object]]:
    return [{"weekday": weekday, "start": start, "end": end} for weekday, start, end in spans]


def _office(office: staff.OfficeData, now: datetime) -> dict[str, object]:
    years = range(now.year, now.year + 3)
    return {
        "slug": office.slug,
        "name": office.name,
        "zone": office.zone,
        "country": office.country,
        "region": office.region,
        "week": _week(office.week),
        "closing_days": [
            {"day": f"{year}-{month:02d}-{day:02d}", "name": name}
            for year in years
            for month, day, name in office.closing_days
        ],
    }


def _team(team: staff.TeamData, made: Founded) -> dict[str, object]:
    return {
        "slug": team.slug,
        "name": team.name,
        "office_id": made.offices[team.office],
        "zone": team.zone,
        "week": _week(team.week) if team.week else None,
        "policy": [
            {"target": "rota", "wait_s": team.patience_s},
            {"target": "team", "wait_s": 600},
        ],
    }


def _hire(shell: Shell, person: staff.PersonData, made: Founded, *, password_hash: str) -> None:
    """Add a person with an e-mail address that counts as proved, and rules for some."""
    values = {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "is_admin": person.is_admin,
        "team_id": made.teams[person.team] if person.team else None,
        "office_id": made.offices[person.office],
        "skills": person.skills,
    }
    person_id = people.create(shell, values, by=_BY, password_hash=password_hash)
    made.people[person.name] = PersonId(person_id)
    if person.team:
        made.members.setdefault(person.team, []).append(PersonId(person_id))
    work = {"person_id": person_id, "channel": "email", "address": person.email, "label": "work"}
    methods = [contacts.add_known(shell, work, by=_BY)]
    if person.name in staff.WITH_SECOND_ADDRESS:
        home = {**work, "address": person.email.replace("@", "@home."), "label": "home"}
        methods.append(contacts.add_known(shell, home, by=_BY))
    if person.is_volunteer or len(methods) > 1:
        rules = [{"method_id": m, "after_s": 240 * n} for n, m in enumerate(methods)]
        contacts.set_rules(shell, person_id, rules, by=_BY)


def _make_rotas(shell: Shell, made: Founded, weeks: Weeks) -> None:
    monday = weeks.friday - timedelta(weeks=49, days=4)
    for team in staff.TEAMS:
        values = {
            "kind": "team",
            "team_id": made.teams[team.slug],
            "name": f"{team.name} in working hours",
            "zone": _zone(team),
            "turn": team.turn,
            "turn_length": team.turn_length,
            "starts_on": monday,
            "members": [made.people[p.name] for p in staff.ENGINEERS if p.team == team.slug],
        }
        made.rotas[team.slug] = rotas.create(shell, values, by=_BY)
    managers = {
        "kind": "managers",
        "name": "Duty managers",
        "zone": "Europe/Dublin",
        "turn": "week",
        "starts_on": monday,
        "handoff_time": "10:00",
        "members": [made.people[p.name] for p in staff.MANAGERS],
    }
    made.rotas["managers"] = rotas.create(shell, managers, by=_BY)


def _zone(team: staff.TeamData) -> str:
    office = next(o for o in staff.OFFICES if o.slug == team.office)
    return team.zone or office.zone


def plan_days(shell: Shell, made: Founded, start: datetime) -> None:
    """Write down who is away and who stands in, by whole days around the demo's start."""
    start = start.replace(hour=0, minute=0, second=0, microsecond=0)
    for name, first, last in staff.AWAY:
        values = {
            "person_id": made.people[name],
            "starts_at": start + timedelta(days=first),
            "ends_at": start + timedelta(days=last),
        }
        absences.add(shell, values, by=audit.person(made.people[name]))
    for rota, name, first, last in staff.STANDING_IN:
        values = {
            "rota_id": made.rotas[rota],
            "person_id": made.people[name],
            "starts_at": start + timedelta(days=first),
            "ends_at": start + timedelta(days=last),
        }
        rotas.override(shell, values, by=_BY)


def _add_service(shell: Shell, service: watched.ServiceData, made: Founded) -> None:
    """Add a service with its doors: PagerDuty's, and those its data name."""
    values = {
        "slug": service.slug,
        "name": service.name,
        "team_id": made.teams[service.team],
        "grouping": service.grouping,
        "close_after_s": service.close_after_s,
        "ack_timeout_s": service.ack_timeout_s,
    }
    service_id = services.create(shell, values, by=_BY)
    made.services[service.slug] = service_id
    door = {"service_id": service_id, "source": _PAGERDUTY, "name": f"{service.name} (PagerDuty)"}
    integration_id, key = integrations.create(shell, door, by=_BY)
    made.keys[service.slug] = key
    made.doors[service.slug] = Door(
        integration_id=integration_id, service_id=service_id, source=_PAGERDUTY, settings={}
    )
    for source in service.sources:
        other: dict[str, object] = {**door, "source": source, "name": f"{service.name} ({source})"}
        if source == "heartbeat":
            other |= {"name": f"{service.slug}-nightly-job", "every_s": 90_000}
        _, key = integrations.create(shell, other, by=_BY)
        path = f"/intake/{source}/{key}"
        made.intakes.append({"service": service.slug, "source": source, "path": path})
