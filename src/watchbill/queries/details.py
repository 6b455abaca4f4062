"""Details: one incident with all that belongs to it, its alarm, pages, alerts and timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.core.incidents import Incident
from watchbill.queries import alerts, incidents, pages, people, reading
from watchbill.queries.alerts import AlertRow
from watchbill.queries.incidents import IncidentRow
from watchbill.queries.pages import PageRow
from watchbill.queries.reading import Part
from watchbill.store import incidents as incidents_store
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One line of an incident's timeline."""

    id: str
    at: datetime
    kind: str
    person_id: str | None
    person: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmText:
    """What the incident's alarm says to a stranger at 3 a.m."""

    id: str
    key: str
    title: str
    state: str
    severity: str
    customer_impact: str
    required_action: str
    runbook: str
    runbook_url: str
    muted_until: datetime | None
    #: The version that routing obeys, the newest one, and the one whose words these are.
    in_force: int | None
    version: int
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDetail:
    """One incident with all that belongs to it."""

    incident: IncidentRow
    #: What the decision about it was made from: pairs of name and value.
    facts: list[list[str]]
    step: int
    step_ends_at: datetime | None
    boundary_at: datetime | None
    ack_until: datetime | None
    glass_by: str | None
    glass_reason: str
    close_at: datetime | None
    alarm: AlarmText | None
    #: Firing ones first, at most 50.
    alerts: tuple[AlertRow, ...]
    #: Newest first, at most 200.
    pages: tuple[PageRow, ...]
    #: Newest first, at most 200.
    timeline: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One incident as the core knows it, with what its screen tells."""

    incident: Incident
    alarm: AlarmText | None
    #: Newest first, at most 50.
    pages: tuple[PageRow, ...]
    #: Firing ones first.
    alerts: tuple[AlertRow, ...]
    #: Newest first, at most 200.
    timeline: tuple[EntryRow, ...]
    #: What the people in it are called.
    names: dict[str, str]


_ALARM = """
select id, key, title, state, severity, coalesce(definition->>'customer_impact', '') as customer_impact,
       coalesce(definition->>'required_action', '') as required_action, runbook, runbook_url, muted_until,
       in_force, version, shown
from alarms_now where service_id = %s and key = %s
"""
_TIMELINE = """
select e.id, e.at, e.kind, e.person_id, p.name as person, e.facts
from timeline e left join people p on p.id = e.person_id
"""


def detail(tx: Tx, incident_id: str) -> IncidentDetail:
    """Return one incident with all that belongs to it.

    Raises: NotThere.
    """
    row, incident = incidents.get(tx, incident_id), incidents_store.look(tx, incident_id)
    return IncidentDetail(
        incident=row,
        facts=[list(fact) for fact in incident.facts],
        step=incident.step,
        step_ends_at=incident.step_ends_at,
        boundary_at=incident.boundary_at,
        ack_until=incident.ack_until,
        glass_by=incident.glass_by,
        glass_reason=incident.glass_reason,
        close_at=incident.close_at,
        alarm=_alarm(tx, incident),
        alerts=alerts.of_incident(tx, incident_id, limit=50),
        pages=pages.of_incident(tx, incident_id, limit=reading.MOST),
        timeline=timeline(tx, incident_id, limit=reading.MOST).items,
    )


def story(tx: Tx, incident_id: str, *, alerts_limit: int) -> Story:
    """Return one incident with what its screen tells.

    Raises: NoSuchIncident.
    """
    incident = incidents_store.look(tx, incident_id)
    called = pages.of_incident(tx, incident_id, limit=50)
    told = timeline(tx, incident_id, limit=reading.MOST).items
    return Story(
        incident=incident,
        alarm=_alarm(tx, incident),
        pages=called,
        alerts=alerts.of_incident(tx, incident_id, limit=alerts_limit),
        timeline=told,
        names=people.names(tx, _people(incident, called, told)),
    )


def timeline(
    tx: Tx, incident_id: str, *, limit: int = 50, cursor: str | None = None
) -> Part[EntryRow]:
    """Return one part of the incident's history, newest first."""
    return reading.listed(
        tx,
        EntryRow,
        _TIMELINE,
        {"e.incident_id = %s": incident_id},
        order=("e.id",),
        page=(limit, cursor),
    )


def _alarm(tx: Tx, incident: Incident) -> AlarmText | None:
    found = reading.many(tx, AlarmText, _ALARM, [incident.service_id, incident.alarm])
    return found[0] if found else None


def _people(
    incident: Incident, called: tuple[PageRow, ...], told: tuple[EntryRow, ...]
) -> set[str]:
    found = {page.person_id for page in called}
    found |= {entry.person_id for entry in told if entry.person_id}
    asked = ("people", "asked_before")
    found |= {str(p) for entry in told for key in asked for p in entry.facts.get(key, ())}
    own = (incident.acknowledged_by, incident.resolved_by, incident.glass_by)
    return found | {person_id for person_id in own if person_id}
