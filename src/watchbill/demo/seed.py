"""Seed: the demo's data, made at its first start and found again at every later one.

The database keeps hashes of keys and of the password, so what a person needs to use them lies
beside it, in a file that only its owner can read.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from watchbill.actions import audit, people, tokens
from watchbill.actions import shell as shells
from watchbill.actions.shell import Shell
from watchbill.clock import HandClock
from watchbill.demo import alarms, founding, handovers, history, stories
from watchbill.demo import people as staff
from watchbill.demo.founding import Founded
from watchbill.demo.timeline import Timeline
from watchbill.demo.weeks import FOUNDED, weeks
from watchbill.errors import Misconfigured

_KEPT = "seed.json"
#: What the first event is about, if its team is not the standing volunteer's.
_FIRST = ("payments-api", "checkout-errors")
_EMPTY_ADMIN = "admin@demo.watchbill.example"


class KeysLost(Misconfigured):
    """The demo's database is there but its keys are not; give another --data-dir, or remove it."""


def prepare(
    shell: Shell, data_dir: Path, *, is_empty: bool, say: Callable[[str], None] = lambda _line: None
) -> dict[str, Any]:
    """Return what `demo.json` says of the company, made now if this is the first start.

    Raises: KeysLost.
    """
    kept = data_dir / _KEPT
    if kept.exists() and not people.is_empty(shell):
        say("Found the company of the last start.")
        facts: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return facts
    if not people.is_empty(shell):
        raise KeysLost(data_dir=str(data_dir))
    facts = _empty(shell) if is_empty else _company(shell, say)
    part = kept.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(facts), encoding="utf-8")
    part.rename(kept)
    return facts


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
    calendar = weeks(start)
    clock = HandClock(calendar.begin(FOUNDED))
    past = shells.shell(shell.db, clock)
    password = secrets.token_urlsafe(9)
    made = founding.found(past, calendar, password=password)
    timeline = Timeline(past, clock)
    handovers.plan(timeline, made, calendar)
    say("Living through half a year of its history …")
    with past.db.transaction() as tx:
        company = past.company(tx)
    history.plan(timeline, made, company, start)
    stories.plan(timeline, made, company, calendar, start)
    timeline.at(start - timedelta(days=3), lambda: founding.plan_days(past, made, start))
    timeline.run(start)
    admin = next(p for p in staff.PEOPLE if p.is_admin)
    return {
        "admin": {"email": admin.email, "password": password},
        "token": _token(shell, made.people[admin.name]),
        "routing_keys": made.keys,
        "people": [_person(p) for p in staff.PEOPLE],
        "alarms": _alarms(made),
        "intakes": made.intakes,
    }


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
    """Return every critical alarm that is not muted, with an event that fires it."""
    pairs = [
        (service, alarm)
        for service in alarms.SERVICES
        for alarm in service.alarms
        if alarm.severity == "critical" and not alarm.is_muted
    ]
    pairs.sort(key=lambda pair: (pair[0].slug, pair[1].key) != _FIRST)
    return [
        {
            "key": alarm.key,
            "service": service.slug,
            "team": service.team,
            "state": alarm.state,
            "event": history.event(made, service, alarm, f"demo/{service.slug}/{alarm.key}"),
        }
        for service, alarm in pairs
    ]
