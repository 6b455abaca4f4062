"""The demo company's repository of alarms: what stood in it on any day, and who changed it.

The files are `alarms/<team>.yml`, as anybody writes them and read as anybody's, but for their days: `DAY+170` is 170
days after the version was merged, because the demo can be started at any time.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any

from watchbill.actions.plan_faults import Order, Wanted
from watchbill.core.bar import runbooks
from watchbill.core.bar.facts import Evidence
from watchbill.core.definitions import Origin, to_data
from watchbill.definitions import reading
from watchbill.definitions.written import Document, Written
from watchbill.demo import earlier, services
from watchbill.demo import people as staff
from watchbill.demo.services import AlarmData, Day, ServiceData

NAME = "harbour/alarms"
_FOLDER = resources.files("watchbill.demo")
_DAY = re.compile(r"\bDAY([+-]\d+)")
_PULLS = "https://git.harbour.example/alarms/pull"
_FRIDAY = 4


def on(start: datetime, day: Day) -> date:
    """Return the date of a day before the demo's start; nobody merges at weekends."""
    found = (start + timedelta(days=day)).date()
    return found - timedelta(days=max(0, found.weekday() - _FRIDAY))


def merges() -> list[Day]:
    """Return the days on which something was merged, in order."""
    return sorted({day for _, alarm in _in_code() for day in alarm.merged})


def order(start: datetime, day: Day) -> Order:
    """Return all that stood in the repository after the merges of a day."""
    wanted = [
        _wanted(start, service, alarm, number)
        for service, alarm in _in_code()
        if (number := sum(1 for merged in alarm.merged if merged <= day))
    ]
    return Order(wanted=tuple(wanted), repository=NAME, managed_by="yaml")


def by_hand(alarm: AlarmData, service: ServiceData) -> dict[str, Any]:
    """Return what is said of an alarm that is not in the repository."""
    data = to_data(_by_hand()[service.slug, alarm.key].definition)
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


@functools.cache
def systems() -> tuple[str, ...]:
    """Return every system that some runbook asks its reader to be able to get into."""
    folder = _FOLDER / "alarms" / "runbooks"
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir()]
    return tuple(sorted({system for text in texts for system in runbooks.systems(text)}))


def _in_code() -> Iterator[tuple[ServiceData, AlarmData]]:
    for service in services.SERVICES:
        for alarm in service.alarms:
            if alarm.is_in_code:
                yield service, alarm


def _wanted(start: datetime, service: ServiceData, alarm: AlarmData, number: int) -> Wanted:
    day = alarm.merged[number - 1]
    found = _of_team(service.team, on(start, day))[service.slug, alarm.key]
    return Wanted(
        definition=earlier.as_it_was(found.definition, number, len(alarm.merged)),
        origin=Origin(repository=NAME, path=found.place.file, revision=_revision(day)),
        evidence=_evidence(service, day),
        place=str(found.place),
    )


def _evidence(service: ServiceData, day: Day) -> Evidence:
    """Return the pull request a team's changes of a day came with."""
    colleagues = [p for p in staff.ENGINEERS if p.team == service.team and not p.is_volunteer]
    pull = merges().index(day)
    author, approver = colleagues[pull % len(colleagues)], colleagues[(pull + 1) % len(colleagues)]
    teams = [team.slug for team in staff.TEAMS]
    return Evidence(
        url=f"{_PULLS}/{14 + 7 * pull + teams.index(service.team)}",
        author=author.email,
        approvers=(approver.email,),
        revision=_revision(day),
    )


def _revision(day: Day) -> str:
    return hashlib.sha256(f"{NAME}@{day}".encode()).hexdigest()[:12]


@functools.cache
def _of_team(team: str, merged_on: date) -> dict[tuple[str, str], Written]:
    """Return a team's alarms as of a day, by service and key."""
    return _read(f"alarms/{team}.yml", merged_on)


@functools.cache
def _by_hand() -> dict[tuple[str, str], Written]:
    return _read("by_hand.yml", date.min)


def _read(path: str, day: date) -> dict[tuple[str, str], Written]:
    def document(path: str) -> Document:
        text = (_FOLDER / path).read_text(encoding="utf-8")
        return Document(path=path, content=_dated(text, day).encode())

    found = reading.read([document(path)], beside=lambda _, name: document(f"alarms/{name}"))
    if found.problems:
        raise ValueError(found.problems)
    return {(w.definition.service, w.definition.key): w for w in found.written}


def _dated(text: str, day: date) -> str:
    return _DAY.sub(lambda found: (day + timedelta(days=int(found[1]))).isoformat(), text)
