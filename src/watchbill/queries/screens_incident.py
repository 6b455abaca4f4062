"""One incident with everything its screen shows, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.core.incidents import Incident
from watchbill.core.routing import Facts, Reason, StepRole
from watchbill.queries import screens_incidents
from watchbill.store import incidents as incidents_store
from watchbill.store.database import Database, Tx

_ALARM = """
select runbook, runbook_url, customer_impact, required_action, state, title
from alarms where service_id = %s and key = %s
"""
_PAGES = """
select id, person_id, role, reason, facts, started_at, ended_at, outcome
from pages where incident_id = %s order by started_at desc, id desc limit 50
"""
_NOTIFICATIONS = """
select page_id, channel, state, coalesce(sent_at, due_at), error from notifications
where incident_id = %s and page_id is not null and kind = 'page' and state <> 'cancelled'
order by id limit 200
"""
_ALERTS = """
select summary, state, severity, first_at, events, fields, links from alerts
where incident_id = %s order by state, first_at desc, id limit %s
"""
_TIMELINE = """
select at, kind, person_id, facts from timeline where incident_id = %s order by id desc limit 200
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmText:
    """What the alarm's definition says to people."""

    runbook: str = ""
    runbook_url: str = ""
    customer_impact: str = ""
    required_action: str = ""
    state: str = "unregistered"
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One notification of a page."""

    channel: str
    state: str
    #: When it was sent, or is due.
    at: datetime
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One page, with its notifications."""

    person_id: str
    role: StepRole
    reason: Reason
    facts: Facts
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    sent: tuple[Sent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert of it."""

    summary: str
    is_firing: bool
    severity: str
    first_at: datetime
    events: int
    fields: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of its history."""

    at: datetime
    kind: str
    person_id: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The incident and what belongs to it."""

    incident: Incident
    alarm: AlarmText
    #: Newest first.
    pages: tuple[Called, ...]
    #: Firing first.
    alerts: tuple[AlertRow, ...]
    #: Newest first.
    timeline: tuple[Entry, ...]
    #: What the people in it are called.
    names: dict[str, str]


def read(db: Database, incident_id: str, *, alerts_limit: int) -> Story:
    """Return the incident's story.

    Raises: NoSuchIncident.
    """
    with db.transaction() as tx:
        incident = incidents_store.look(tx, incident_id)
        alarm = tx.execute(_ALARM, [incident.service_id, incident.alarm]).fetchone()
        pages = _pages(tx, incident_id)
        timeline = tuple(
            Entry(at=row[0], kind=row[1], person_id=row[2], facts=row[3])
            for row in tx.execute(_TIMELINE, [incident_id])
        )
        return Story(
            incident=incident,
            alarm=AlarmText(**dict(zip(AlarmText.__slots__, alarm, strict=True)))
            if alarm
            else AlarmText(),
            pages=pages,
            alerts=tuple(
                _to_alert(row) for row in tx.execute(_ALERTS, [incident_id, alerts_limit])
            ),
            timeline=timeline,
            names=screens_incidents.names(tx, _people(incident, pages, timeline)),
        )


def _pages(tx: Tx, incident_id: str) -> tuple[Called, ...]:
    sent: dict[str, list[Sent]] = {}
    for page_id, *rest in tx.execute(_NOTIFICATIONS, [incident_id]):
        channel, state, at, error = rest
        sent.setdefault(page_id, []).append(Sent(channel=channel, state=state, at=at, error=error))
    return tuple(
        Called(
            person_id=row[1],
            role=StepRole(row[2]),
            reason=Reason(row[3]),
            facts=tuple((name, value) for name, value in row[4]),
            started_at=row[5],
            ended_at=row[6],
            outcome=row[7],
            sent=tuple(sent.get(row[0], ())),
        )
        for row in tx.execute(_PAGES, [incident_id])
    )


def _to_alert(row: tuple[Any, ...]) -> AlertRow:
    return AlertRow(
        summary=row[0],
        is_firing=row[1] == "firing",
        severity=row[2],
        first_at=row[3],
        events=row[4],
        fields=tuple((name, value) for name, value in row[5]),
        links=tuple((link["href"], link.get("text", "")) for link in row[6]),
    )


def _people(incident: Incident, pages: tuple[Called, ...], timeline: tuple[Entry, ...]) -> set[str]:
    found = {page.person_id for page in pages}
    found |= {entry.person_id for entry in timeline if entry.person_id}
    found |= {str(p) for entry in timeline for p in entry.facts.get("people", ())}
    own = (incident.acknowledged_by, incident.resolved_by, incident.glass_by)
    return found | {person_id for person_id in own if person_id}
