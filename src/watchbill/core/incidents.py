"""Incident: what people respond to; one or more alerts of one service.

This file holds the values: the incident, its timeline entries, and the `Decision` every rule
returns. The rules lie beside it: `alerts.py` folds events in, `escalation.py` moves an incident
on when it is due (`passing.py` from side to side, `calls.py` from step to step), `answers.py`
takes what people say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.core.copies import replace
from watchbill.core.events import Severity
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.pages import Outcome, Page
from watchbill.core.people import PersonId, ServiceId, TeamId
from watchbill.core.routing import Facts, Reason, Side, Subject


class IncidentState(Enum):
    """Where an incident stands."""

    #: Somebody is being called, or about to be.
    TRIGGERED = "triggered"
    #: Somebody has it.
    ACKNOWLEDGED = "acknowledged"
    #: Waits, silently, for its team's next working hours (or the end of a mute).
    HELD = "held"
    #: Put off by a person; comes back by itself.
    SNOOZED = "snoozed"
    #: Over.
    RESOLVED = "resolved"


class EntryKind(Enum):
    """What a line of an incident's timeline says."""

    #: The incident began.
    OPENED = "opened"
    #: Alerts joined and it crossed a threshold.
    GREW = "grew"
    #: Its last alert was resolved by the source.
    ALERTS_RESOLVED = "alerts_resolved"
    #: Where it went, and why.
    ROUTED = "routed"
    #: A person is called.
    PAGED = "paged"
    #: A page ended without the person's answer.
    PAGE_ENDED = "page_ended"
    #: It waits for working hours.
    HELD = "held"
    #: Somebody took it.
    ACKNOWLEDGED = "acknowledged"
    #: An acknowledgement ran out.
    ACK_EXPIRED = "ack_expired"
    #: Somebody said that they cannot.
    DECLINED = "declined"
    #: Somebody asked for the duty manager's help.
    HELP_ASKED = "help_asked"
    #: Helpers were asked, without paging them.
    HELPERS_ASKED = "helpers_asked"
    #: Somebody helped, and it was written down.
    HELPED = "helped"
    #: Somebody who was asked says that they can help.
    HELP_OFFERED = "help_offered"
    #: Put off until a time.
    SNOOZED = "snoozed"
    #: Came back from a snooze.
    WOKE = "woke"
    #: A named person made it a page, with a reason.
    GLASS_BROKEN = "glass_broken"
    #: Over, and how.
    RESOLVED = "resolved"
    #: Nobody can be reached, or everybody who can has given up.
    STUCK = "stuck"
    #: Something a person wrote.
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an incident's history."""

    id: str
    incident_id: str
    at: datetime
    kind: EntryKind
    person_id: PersonId | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What people respond to. Changed only through the functions of the core."""

    id: str
    #: 0 until the database has given one.
    number: int = 0
    service_id: ServiceId
    team_id: TeamId
    alarm: str
    group_key: str
    title: str
    severity: Severity
    state: IncidentState = IncidentState.TRIGGERED
    side: Side = Side.NOBODY
    reason: Reason = Reason.ALARM_UNREGISTERED
    facts: Facts = ()
    opened_at: datetime
    firing: int = 0
    alerts: int = 0
    announced: int = 0
    announced_at: datetime | None = None
    #: The escalation step under way; -1 before the first.
    step: int = -1
    step_ends_at: datetime | None = None
    boundary_at: datetime | None = None
    hold_until: datetime | None = None
    snoozed_until: datetime | None = None
    acknowledged_by: PersonId | None = None
    acknowledged_at: datetime | None = None
    ack_until: datetime | None = None
    help_asked_by: PersonId | None = None
    glass_by: PersonId | None = None
    glass_reason: str = ""
    close_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: PersonId | None = None
    resolution: str = ""
    stuck_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True until it is resolved."""
        return self.state is not IncidentState.RESOLVED

    @property
    def subject(self) -> Subject:
        """What of it matters to routing."""
        return Subject(
            service_id=self.service_id,
            alarm=self.alarm,
            severity=self.severity,
            glass_by=self.glass_by,
            asking=self.help_asked_by,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a rule made of an incident: its new self, and what follows from it.

    `pages` holds new and changed pages, `notifications` new ones. The notifications of a page
    that ended are cancelled by whoever saves the decision. An effect that is not in here does not
    happen.
    """

    incident: Incident
    pages: tuple[Page, ...] = ()
    notifications: tuple[Notification, ...] = ()
    entries: tuple[Entry, ...] = ()

    def then(self, later: Decision) -> Decision:
        """Return this decision followed by `later`, which was made from its result."""
        pages = {page.id: page for page in (*self.pages, *later.pages)}
        return Decision(
            incident=later.incident,
            pages=tuple(pages.values()),
            notifications=(*self.notifications, *later.notifications),
            entries=(*self.entries, *later.entries),
        )


def entry(
    incident: Incident,
    kind: EntryKind,
    *,
    now: datetime,
    new_id: NewId,
    by: PersonId | None = None,
    **facts: object,
) -> Entry:
    """Return a line for the incident's timeline."""
    return Entry(
        id=new_id("tl"), incident_id=incident.id, at=now, kind=kind, person_id=by, facts=facts
    )


def hooks(
    company: Company, incident: Incident, event: str, *, now: datetime, new_id: NewId
) -> tuple[Notification, ...]:
    """Return one notification for each webhook that listens to the incident's team.

    The body is written now, so that a program reads what was true when it happened; messages of
    one incident are sent in the order of their ids.
    """
    return tuple(
        Notification(
            id=new_id("ntf"),
            kind=MessageKind.HOOK,
            incident_id=incident.id,
            webhook_id=hook.id,
            channel="hook",  # its own lane: a slow program delays no person
            state=NotificationState.PLANNED,
            due_at=now,
            created_at=now,
            data=_hook_body(company, incident, event, now),
        )
        for hook in company.webhooks
        if hook.team_id in (None, incident.team_id)
    )


def _hook_body(company: Company, incident: Incident, event: str, now: datetime) -> dict[str, Any]:
    service = company.services[incident.service_id]
    return {
        "event": event,
        "occurred_at": now.isoformat(),
        "incident": {
            "id": incident.id,
            "number": incident.number or None,
            "title": incident.title,
            "state": incident.state.value,
            "severity": incident.severity.value,
            "service": service.slug,
            "team": company.teams[incident.team_id].slug,
            "alarm": incident.alarm,
            "side": incident.side.value,
            "reason": incident.reason.value,
            "opened_at": incident.opened_at.isoformat(),
            "firing": incident.firing,
            "acknowledged_by": incident.acknowledged_by,
        },
    }


def end_pages(pages: tuple[Page, ...], outcome: Outcome, *, now: datetime) -> tuple[Page, ...]:
    """Return those of `pages` that were open, as ended."""
    return tuple(page.end(outcome, now=now) for page in pages if page.is_open)


def resolved(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    by: PersonId | None,
    resolution: str,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return the end of an incident: nobody is called any more.

    `resolution` says how: `by hand`, `by its source`, `stale`.
    """
    over = replace(
        incident,
        state=IncidentState.RESOLVED,
        resolved_at=now,
        resolved_by=by,
        resolution=resolution,
        due_at=None,
        step_ends_at=None,
        hold_until=None,
        snoozed_until=None,
        ack_until=None,
        stuck_at=None,
    )
    return Decision(
        incident=over,
        pages=end_pages(pages, Outcome.RESOLVED, now=now),
        notifications=hooks(company, over, "incident.resolved", now=now, new_id=new_id),
        entries=(
            entry(over, EntryKind.RESOLVED, now=now, new_id=new_id, by=by, resolution=resolution),
        ),
    )
