"""The demo's history: half a year of incidents, made by the engine itself.

`cases.py` says what breaks and how people answer; what follows from it is decided by the same code
as in a real company, with the clock moved by hand.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from watchbill.actions import audit, events, incidents, reviews
from watchbill.app import KEYED
from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.incidents import IncidentState
from watchbill.core.people import PersonId
from watchbill.demo import cases
from watchbill.demo.cases import Case
from watchbill.demo.founding import Founded
from watchbill.demo.services import AlarmData, ServiceData
from watchbill.demo.timeline import Timeline
from watchbill.errors import Conflict, Forbidden
from watchbill.queries import ringing
from watchbill.queries.ringing import Ringing

LENGTH = timedelta(weeks=26)
#: From here on only what is still open at the start happens (`stories.py`).
CALM = timedelta(hours=30)
#: How long after its end an incident is reviewed.
_THOUGHT = timedelta(minutes=20)
_PAGERDUTY = KEYED["/v2/enqueue"]


def plan(timeline: Timeline, made: Founded, company: Company, start: datetime) -> None:
    """Write half a year of cases before `start` into the timeline."""
    calendars = {team.slug: team.hours for team in company.teams.values()}
    thrown = cases.throw(company, start=start - LENGTH, end=start - CALM)
    reviewed: Counter[str] = Counter()
    for number, case in enumerate(thrown):
        key = f"{case.service.slug}/{number:04d}"
        timeline.at(case.at, partial(fire, timeline, made, case.service, case.alarm, key))
        opening = None
        calendar = calendars[case.service.team]
        if not hours.is_open(calendar, case.at) and not case.alarm.wakes:
            opening = hours.next_opening(calendar, case.at)
        _plan_answer(timeline, made, case, key, opening or case.at)
        over = (opening or case.at) + case.answer_after + case.mended_after
        verdict = _verdict(case.alarm, reviewed[case.alarm.key])
        reviewed[case.alarm.key] += 1
        timeline.at(over + _THOUGHT, partial(review, timeline, made, case.service, key, verdict))


def _plan_answer(
    timeline: Timeline, made: Founded, case: Case, key: str, called_at: datetime
) -> None:
    answered_at = called_at + case.answer_after
    mended_at = answered_at + case.mended_after
    if case.is_declined:
        timeline.at(
            called_at + timedelta(seconds=70), lambda: decline(timeline, made, case.service, key)
        )
    timeline.at(answered_at, lambda: acknowledge(timeline, made, case.service, key))
    if case.note:
        timeline.at(
            answered_at + case.mended_after / 2,
            lambda: note(timeline, made, case.service, key, case.note),
        )
    if case.is_mended_by_source:
        if called_at != case.at:  # it mended itself in the night, and nobody was ever called
            mended_at = case.at + case.mended_after
        timeline.at(mended_at, lambda: fire(timeline, made, case.service, None, key, "resolve"))
    else:
        timeline.at(mended_at, lambda: resolve(timeline, made, case.service, key))


def _verdict(alarm: AlarmData, number: int) -> dict[str, object]:
    """Return what is said of an alarm's incidents: now and then nothing was to be done."""
    action = ("fixed", "mitigated", "fixed", "mitigated", "watched", "mitigated", "nothing")[
        number % 7
    ]
    helped = "partly" if number % 4 == 2 else "helped"
    runbook = helped if alarm.is_in_code else "missing"
    return {"needed": action != "nothing", "action": action, "runbook": runbook, "note": ""}


def fire(
    timeline: Timeline,
    made: Founded,
    service: ServiceData,
    alarm: AlarmData | None,
    key: str,
    action: str = "trigger",
) -> None:
    """Let the monitoring system send an event, through the parser of its dialect."""
    body = json.dumps(event(made, service, alarm, key, action)).encode()
    found = _PAGERDUTY.decode(body).events(lambda: key)
    now = timeline.now
    events.store(timeline.shell, events.rows(made.doors[service.slug], found, body, now=now))


def event(
    made: Founded,
    service: ServiceData,
    alarm: AlarmData | None,
    key: str,
    action: str = "trigger",
) -> dict[str, object]:
    """Return a body for `/v2/enqueue`."""
    body: dict[str, object] = {
        "routing_key": made.keys[service.slug],
        "event_action": action,
        "dedup_key": key,
    }
    if action != "trigger" or alarm is None:
        return body
    return body | {
        "payload": {
            "summary": alarm.summary,
            "source": f"{service.slug}-1.harbour.example",
            "severity": alarm.severity,
            "component": service.slug,
            "class": alarm.name or alarm.key,
            **({"custom_details": alarm.labels} if alarm.labels else {}),
        },
        "client": "Harbour monitoring",
        "client_url": f"https://graphs.harbour.example/d/{service.slug}",
    }


def acknowledge(timeline: Timeline, made: Founded, service: ServiceData, key: str) -> None:
    """Let whoever has been called last take it; nobody if nobody is being called."""
    _answer(
        timeline,
        made,
        service,
        key,
        lambda found: incidents.acknowledge(timeline.shell, found.incident_id, by=found.people[-1]),
    )


def decline(timeline: Timeline, made: Founded, service: ServiceData, key: str) -> None:
    """Let the first who is being called say that they cannot."""
    _answer(
        timeline,
        made,
        service,
        key,
        lambda found: incidents.decline(timeline.shell, found.incident_id, by=found.people[0]),
    )


def note(timeline: Timeline, made: Founded, service: ServiceData, key: str, text: str) -> None:
    """Let whoever has it write down what they found."""
    found = look(timeline, made, service, key)
    if found and found.acknowledged_by and found.state is not IncidentState.RESOLVED:
        incidents.note(timeline.shell, found.incident_id, by=found.acknowledged_by, text=text)


def resolve(timeline: Timeline, made: Founded, service: ServiceData, key: str) -> None:
    """Let whoever has it, or one of the team, say that it is over."""
    found = look(timeline, made, service, key)
    if found and found.state is not IncidentState.RESOLVED:
        by = found.acknowledged_by or one_of(made, service)
        incidents.resolve(timeline.shell, found.incident_id, by=by)


def review(
    timeline: Timeline, made: Founded, service: ServiceData, key: str, verdict: dict[str, object]
) -> None:
    """Let whoever had it say whether it was worth calling them."""
    found = look(timeline, made, service, key)
    if found and found.acknowledged_by:
        with contextlib.suppress(Conflict, Forbidden):
            by = audit.person(found.acknowledged_by)
            reviews.give(timeline.shell, found.incident_id, verdict, by=by)


def one_of(made: Founded, service: ServiceData) -> PersonId:
    """Return somebody of the owning team."""
    return made.members[service.team][0]


def look(timeline: Timeline, made: Founded, service: ServiceData, key: str) -> Ringing | None:
    """Return the incident of a dedup key, and who is being called about it."""
    door = made.doors[service.slug]
    return ringing.find(timeline.shell.db, integration_id=door.integration_id, dedup_key=key)


def _answer(
    timeline: Timeline,
    made: Founded,
    service: ServiceData,
    key: str,
    answer: Callable[[Ringing], object],
) -> None:
    found = look(timeline, made, service, key)
    if found is not None and found.people:
        with contextlib.suppress(Conflict):
            answer(found)
