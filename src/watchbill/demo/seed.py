"""Seed: a whole company with a year behind it, or nothing but an admin."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, people, tokens
from watchbill.actions.shell import Shell
from watchbill.app import hasty
from watchbill.clock import HandClock
from watchbill.demo import founding, handovers, history, on_call, services, stories
from watchbill.demo import people as staff
from watchbill.demo.founding import Founded
from watchbill.demo.services import AlarmData, ServiceData
from watchbill.demo.timeline import Timeline
from watchbill.demo.weeks import FOUNDED, weeks

#: What the first event is about: a team's that is not the standing volunteer's.
_FIRST = ("payments-api", "checkout-errors")
_EMPTY_ADMIN = "admin@demo.watchbill.example"


def make(shell: Shell, *, is_empty: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Fill a fresh database and return what `demo.json` says of it."""
    return _empty(shell) if is_empty else _company(shell, say)


def _empty(shell: Shell) -> dict[str, Any]:
    """An admin and a token, and nothing else."""
    password = secrets.token_urlsafe(9)
    values = {"name": "Admin", "email": _EMPTY_ADMIN, "is_admin": True}
    admin = people.create(shell, values, by=audit.SYSTEM, password=password)
    return {
        "admin": {"email": _EMPTY_ADMIN, "password": password},
        "token": _token(shell, admin),
        "routing_keys": {},
        "people": [],
        "alarms": [],
    }


def _token(shell: Shell, person_id: str) -> str:
    _, token = tokens.make(
        shell,
        person_id,
        name="demo.json",
        scopes=list(tokens.SCOPES),
        expires_at=None,
        by=audit.SYSTEM,
    )
    return token


def _company(shell: Shell, say: Callable[[str], None]) -> dict[str, Any]:
    start = shell.clock.now()
    clock = HandClock(weeks(start).begin(FOUNDED))
    password = secrets.token_urlsafe(9)
    with hasty(shell, clock) as past:
        made = _live(past, clock, start, password=password, say=say)
    admin = next(p for p in staff.PEOPLE if p.is_admin)
    return {
        "admin": {"email": admin.email, "password": password},
        "token": _token(shell, made.people[admin.name]),
        "routing_keys": made.keys,
        "people": [_person(p) for p in staff.PEOPLE],
        "alarms": _alarms(made),
        "special_alarms": _special(made),
        "unregistered": _unregistered(made),
        "intakes": made.intakes,
    }


def _live(
    past: Shell, clock: HandClock, start: datetime, *, password: str, say: Callable[[str], None]
) -> Founded:
    """Found the company a year before `start` and live through it until then."""
    calendar = weeks(start)
    made = founding.found(past, calendar, password=password)
    timeline = Timeline(past, clock)
    handovers.plan(timeline, made, calendar, start)
    on_call.plan(timeline, made, calendar, start)
    say("Living through half a year of its history …")
    with past.db.transaction() as tx:
        company = past.company(tx)
    history.plan(timeline, made, company, start)
    stories.plan(timeline, made, company, calendar, start)
    timeline.at(start - timedelta(days=3), lambda: founding.plan_days(past, made, start))
    timeline.run(start)
    return made


def _person(person: staff.PersonData) -> dict[str, object]:
    return {
        "name": person.name,
        "email": person.email,
        "team": person.team,
        "office": person.office,
        "role": person.role,
        "volunteer": person.is_volunteer,
    }


def _alarms(made: Founded) -> list[dict[str, object]]:
    """Return every critical alarm whose state tells what becomes of an event of it, with one."""
    found = [pair for pair in _watched() if not (pair[1].is_muted or pair[1].is_special)]
    critical = [pair for pair in found if pair[1].severity == "critical"]
    critical.sort(key=lambda pair: (pair[0].slug, pair[1].key) != _FIRST)
    return [_alarm(made, service, alarm) for service, alarm in critical]


def _special(made: Founded) -> list[dict[str, object]]:
    """Return the alarms whose state alone does not tell: an older version is in force, say."""
    return [_alarm(made, *pair) for pair in _watched() if pair[1].is_special]


def _unregistered(made: Founded) -> list[dict[str, object]]:
    """Return what fires although nobody has written it down."""
    return [_alarm(made, s, alarm) for s in services.SERVICES for alarm in s.unregistered]


def _watched() -> list[tuple[ServiceData, AlarmData]]:
    return [(service, alarm) for service in services.SERVICES for alarm in service.alarms]


def _alarm(made: Founded, service: ServiceData, alarm: AlarmData) -> dict[str, object]:
    return {
        "key": alarm.key,
        "service": service.slug,
        "team": service.team,
        "state": alarm.state,
        "event": history.event(made, service, alarm, f"demo/{service.slug}/{alarm.key}"),
    }
