"""Alert: the condition that events with one dedup key report; and how an event is folded in.

`fold` is the second verb of the straight line: one event, the alert and the incident it meets,
and what becomes of them. A trigger opens or repeats an alert; a resolved alert never re-opens, the
next trigger begins a new one; resolving the last firing alert resolves the incident.

Source: DESIGN §3; PagerDuty Events API v2 semantics.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from watchbill.core import answers, escalation, incidents, routing
from watchbill.core.alarms import Alarm
from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.core.copies import replace
from watchbill.core.events import Event, EventAction, Link, Severity
from watchbill.core.incidents import Decision, EntryKind, Incident
from watchbill.core.pages import Page
from watchbill.core.people import Grouping, Service, ServiceId

#: The dedup key of the alert a silent heartbeat opens.
HEARTBEAT_KEY = "heartbeat"

#: From worst to mildest.
_WORST = (Severity.CRITICAL, Severity.ERROR, Severity.WARNING, Severity.INFO)


class AlertState(Enum):
    """Whether the condition holds."""

    #: It does, as far as is known.
    FIRING = "firing"
    #: It no longer does; this alert is history.
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What the events with one dedup key of one integration report, until it is resolved."""

    id: str
    service_id: ServiceId
    integration_id: str
    dedup_key: str
    incident_id: str
    state: AlertState = AlertState.FIRING
    alarm: str
    summary: str
    severity: Severity
    source: str
    size: int
    fields: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]
    first_at: datetime
    last_at: datetime
    events: int = 1
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An event as the intake stored it."""

    id: int
    service_id: ServiceId
    integration_id: str
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What became of an event: its alert, if it has one, and what its incident decided."""

    alert: Alert | None = None
    decision: Decision | None = None


def group_key(company: Company, service: Service, event: Event, *, at: datetime) -> str:
    """Return which open incident of the service a new alert joins.

    By alarm, an event of none goes by the name it gives, its source's own group, or itself. By
    time, windows are laid end to end from the epoch, so that the answer needs no memory.
    """
    match service.grouping:
        case Grouping.ALARM:
            return _by_alarm(company.alarm_of(service.id, event), event)
        case Grouping.FIELDS:
            values = dict(event.fields)
            found = (f"{name}={values.get(name, '')}" for name in service.grouping_fields)
            return "fields:" + "\x1f".join(found)
        case Grouping.TIME:
            return f"time:{int(at.timestamp() // service.grouping_window.total_seconds())}"
        case Grouping.SERVICE:
            return "service"
        case _:  # each alert alone
            return f"alert:{event.dedup_key}"


def _by_alarm(alarm: Alarm | None, event: Event) -> str:
    if alarm is not None:
        return f"alarm:{alarm.key}"
    if event.alarm:
        return f"unregistered:{event.alarm}"
    return f"group:{event.group}" if event.group else f"alert:{event.dedup_key}"


def fold(
    company: Company,
    received: Received,
    alert: Alert | None,
    incident: Incident | None,
    pages: tuple[Page, ...],
    *,
    now: datetime,
    new_id: NewId,
) -> Folded:
    """Return what `received` does to the firing `alert` of its dedup key and to `incident`.

    `incident` is the alert's own, or the open one with the event's group key; `pages` are its
    open pages. An event that changes nothing gives an empty result; it is kept all the same.
    What belongs to an incident that is over is over, too: the next trigger begins anew.
    """
    if incident is not None and not incident.is_open:
        alert, incident, pages = None, None, ()
    match received.event.action:
        case EventAction.TRIGGER if alert is not None and incident is not None:
            return _repeat(company, received, alert, incident, pages, now=now, new_id=new_id)
        case EventAction.TRIGGER:
            return _begin(company, received, incident, pages, now=now, new_id=new_id)
        case EventAction.ACKNOWLEDGE if alert is not None and incident is not None:
            by_source = answers.acknowledge(
                company, incident, pages, by=None, now=now, new_id=new_id
            )
            return Folded(alert=_seen(alert, received), decision=by_source)
        case EventAction.RESOLVE | EventAction.HEARTBEAT if (
            alert is not None and incident is not None
        ):
            return _resolve(company, received, alert, incident, pages, now=now, new_id=new_id)
        case _:
            return Folded()


def _begin(
    company: Company,
    received: Received,
    incident: Incident | None,
    pages: tuple[Page, ...],
    *,
    now: datetime,
    new_id: NewId,
) -> Folded:
    """A condition that was not known: a new alert, in an open incident or in a new one."""
    event, service = received.event, company.services[received.service_id]
    opened = incident or _open(company, service, received, now=now, new_id=new_id)
    alert = _alert(received, opened, new_id=new_id)
    larger = replace(opened, firing=opened.firing + event.size, alerts=opened.alerts + 1)
    if incident is not None:
        joined = _join(company, larger, received, pages, now=now, new_id=new_id)
        return Folded(alert=alert, decision=joined)
    # Its entry is made before the others: a timeline is read in the order of its ids.
    begun = incidents.entry(larger, EntryKind.OPENED, now=now, new_id=new_id, summary=event.summary)
    first = Decision(incident=larger, entries=(begun,))
    joined = _join(company, larger, received, pages, now=now, new_id=new_id)
    return Folded(alert=alert, decision=first.then(joined))


def _alert(received: Received, incident: Incident, *, new_id: NewId) -> Alert:
    event = received.event
    return Alert(
        id=new_id("al"),
        service_id=received.service_id,
        integration_id=received.integration_id,
        dedup_key=event.dedup_key,
        incident_id=incident.id,
        alarm=event.alarm,
        summary=event.summary,
        severity=event.severity,
        source=event.source,
        size=event.size,
        fields=event.fields,
        links=event.links,
        first_at=received.at,
        last_at=received.at,
    )


def _open(
    company: Company, service: Service, received: Received, *, now: datetime, new_id: NewId
) -> Incident:
    event = received.event
    alarm = company.alarm_of(service.id, event)
    return Incident(
        id=new_id("inc"),
        service_id=service.id,
        team_id=service.team_id,
        alarm=alarm.key if alarm else "",
        group_key=group_key(company, service, event, at=received.at),
        title=event.summary,
        severity=event.severity,
        opened_at=now,
    )


def _repeat(
    company: Company,
    received: Received,
    alert: Alert,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    now: datetime,
    new_id: NewId,
) -> Folded:
    """A condition that is known: count it, take its newest words, and see if it has grown."""
    event = received.event
    again = replace(
        _seen(alert, received),
        summary=event.summary,
        severity=event.severity,
        size=event.size,
        fields=event.fields,
        links=event.links,
    )
    larger = replace(incident, firing=incident.firing + event.size - alert.size)
    return Folded(
        alert=again, decision=_join(company, larger, received, pages, now=now, new_id=new_id)
    )


def _join(
    company: Company,
    incident: Incident,
    received: Received,
    pages: tuple[Page, ...],
    *,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Let a firing event count: the louder alarm leads, and the severity may get worse.

    A worse severity never makes the leading alarm louder than its own events did. Only what may
    change who is asked is routed anew; ten thousand alerts of one alarm are not.
    """
    event = received.event
    leading = company.alarms.get((incident.service_id, incident.alarm))
    alarm = company.alarm_of(received.service_id, event)
    before = _loudness(leading, incident.severity, now)
    takes_over = _loudness(alarm, event.severity, now) > before
    leads = (alarm.key if alarm else "") if takes_over else incident.alarm
    worse = min(incident.severity, event.severity, key=_WORST.index)
    if not takes_over and _loudness(leading, worse, now) > before:
        worse = incident.severity
    louder = replace(incident, severity=worse, alarm=leads, close_at=_close_at(company, received))
    if incident.due_at is None or takes_over:
        return escalation.advance(company, louder, pages, now=now, new_id=new_id)
    return Decision(incident=escalation.look_again(louder))


def _loudness(alarm: Alarm | None, severity: Severity, now: datetime) -> int:
    """Return 2 if such an event may wake a volunteer, 1 if it may not, 0 if its alarm is muted."""
    if alarm is not None and alarm.is_muted(now):
        return 0
    return 2 if routing.why_held(alarm, severity, now) is None else 1


def _close_at(company: Company, received: Received) -> datetime | None:
    """Return when silence closes the incident: the integration's own time, else the service's."""
    integration = company.integrations.get(received.integration_id)
    after = integration.close_after if integration else None
    after = after or company.services[received.service_id].close_after
    return received.at + after if after else None


def _resolve(
    company: Company,
    received: Received,
    alert: Alert,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    now: datetime,
    new_id: NewId,
) -> Folded:
    over = replace(_seen(alert, received), state=AlertState.RESOLVED, resolved_at=received.at)
    smaller = replace(incident, firing=max(incident.firing - alert.size, 0))
    if smaller.firing > 0:
        return Folded(alert=over, decision=Decision(incident=escalation.look_again(smaller)))
    return Folded(
        alert=over,
        decision=incidents.resolved(
            company, smaller, pages, by=None, resolution="by its source", now=now, new_id=new_id
        ),
    )


def _seen(alert: Alert, received: Received) -> Alert:
    return replace(alert, last_at=received.at, events=alert.events + 1)
