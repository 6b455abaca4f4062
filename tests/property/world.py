"""A world in memory, with a hand-moved clock: stories and histories without a database.

It applies decisions exactly as the shell saves them: pages and notifications by id, the planned
notifications of a page that ended are cancelled, the alerts of an incident that ended are over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests import builders
from watchbill.core import alerts, answers, escalation
from watchbill.core.alerts import Alert, AlertState
from watchbill.core.company import Company
from watchbill.core.events import Event, EventAction
from watchbill.core.incidents import Decision, Entry, EntryKind, Incident, IncidentState
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.pages import Page
from watchbill.core.people import PersonId, ServiceId

#: More rules than this for one incident at one instant mean that the engine spins.
SPIN_LIMIT = 20


class Spinning(AssertionError):
    """An incident is due again and again at the same instant."""


@dataclass
class World:
    """One company, its incidents, and a clock that only `to` and `wait` move."""

    company: Company
    now: datetime
    incidents: dict[str, Incident] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    notifications: dict[str, Notification] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    alerts: dict[str, Alert] = field(default_factory=dict)
    #: Called with each decision before it is saved.
    watch: Callable[[World, Decision], None] | None = None
    new_id: Callable[[str], str] = field(default_factory=builders.ids)

    def fires(self, alarm: str = builders.ACCEPTED, **more: Any) -> Incident:
        """Send a trigger and return the incident it belongs to."""
        folded = self.receives(builders.event(alarm, **more))
        assert folded.decision is not None
        return self.incidents[folded.decision.incident.id]

    def source_acknowledges(self, key: str) -> None:
        """Send the source's acknowledgement of a dedup key."""
        self.receives(builders.event("", key=key, action=EventAction.ACKNOWLEDGE))

    def stops(self, key: str = builders.ACCEPTED) -> None:
        """Send the source's resolve of a dedup key."""
        self.receives(builders.event("", key=key, action=EventAction.RESOLVE))

    def receives(
        self,
        event: Event,
        *,
        service_id: ServiceId = builders.SERVICE,
        integration_id: str = builders.INTEGRATION,
    ) -> alerts.Folded:
        """Fold one event in, as the engine does, and save what follows."""
        received = alerts.Received(
            id=1, service_id=service_id, integration_id=integration_id, at=self.now, event=event
        )
        alert = self._firing(integration_id, event.dedup_key)
        if alert is not None:
            incident: Incident | None = self.incidents[alert.incident_id]
        else:
            key = alerts.group_key(
                self.company, self.company.services[service_id], event, at=self.now
            )
            same = (i for i in self.open_incidents() if i.service_id == service_id)
            incident = next((i for i in same if i.group_key == key), None)
        pages = self.open_pages(incident.id) if incident else ()
        folded = alerts.fold(
            self.company, received, alert, incident, pages, now=self.now, new_id=self.new_id
        )
        if folded.alert is not None:
            self.alerts[folded.alert.id] = folded.alert
        if folded.decision is not None:
            self.save(folded.decision)
            self.run()
        return folded

    def _firing(self, integration_id: str, dedup_key: str) -> Alert | None:
        known = (a for a in self.alerts.values() if a.state is AlertState.FIRING)
        same = (a for a in known if a.integration_id == integration_id)
        return next((a for a in same if a.dedup_key == dedup_key), None)

    def to(self, instant: datetime) -> None:
        """Move the clock there, stopping at each moment at which something is due."""
        while (due := self.next_due()) is not None and due <= instant:
            self.now = max(self.now, due)
            self.run()
        self.now = instant

    def leap(self, instant: datetime) -> None:
        """Move the clock there at once, as after an outage, and do what is due."""
        self.now = instant
        self.run()

    def wait(self, **much: float) -> None:
        """Move the clock by a duration, stopping at each moment at which something is due."""
        self.to(self.now + timedelta(**much))

    def next_due(self) -> datetime | None:
        """Return when something is due next."""
        return min((i.due_at for i in self.open_incidents() if i.due_at), default=None)

    def run(self) -> None:
        """Advance what is due, until nothing is."""
        for _ in range(SPIN_LIMIT):
            due = [i for i in self.open_incidents() if i.due_at and i.due_at <= self.now]
            if not due:
                return
            for incident in due:
                self.advance(incident.id)
        raise Spinning(self.open_incidents())

    def advance(self, incident_id: str) -> Decision:
        """Advance one incident, due or not."""
        return self._do(escalation.advance, incident_id)

    def change(self, **changes: Any) -> None:
        """Change the company, and look at every open incident again, as the shell does."""
        self.company = replace(self.company, **changes)
        for incident in self.open_incidents():
            self.advance(incident.id)
        self.run()

    def acknowledges(self, by: PersonId, incident_id: str | None = None) -> Decision:
        """Let a person take an incident (the only open one, if none is named)."""
        return self._answer(answers.acknowledge, incident_id, by=by)

    def resolves(self, by: PersonId, incident_id: str | None = None) -> Decision:
        """Let a person end an incident."""
        return self._answer(answers.resolve, incident_id, by=by)

    def declines(self, by: PersonId, incident_id: str | None = None) -> Decision:
        """Let a person say that they cannot."""
        return self._answer(answers.decline, incident_id, by=by)

    def fails_to_reach(self, person_id: PersonId, incident_id: str | None = None) -> Decision:
        """Let every channel to a person fail for good."""
        return self._answer(answers.unreachable, incident_id, person_id=person_id)

    def snoozes(self, by: PersonId, *, until: datetime, incident_id: str | None = None) -> Decision:
        """Let a person put an incident off."""
        return self._answer(answers.snooze, incident_id, by=by, until=until)

    def asks_for_help(self, by: PersonId, incident_id: str | None = None) -> Decision:
        """Let a person ask for the duty manager's help."""
        return self._answer(answers.need_help, incident_id, by=by)

    def breaks_glass(
        self, by: PersonId, reason: str = "customers cannot pay", incident_id: str | None = None
    ) -> Decision:
        """Let a person turn a held incident into a page."""
        return self._answer(answers.break_glass, incident_id, by=by, reason=reason)

    def declares(
        self,
        by: PersonId,
        *,
        reason: str = "all is down",
        title: str = "All is down",
        service_id: ServiceId = builders.SERVICE,
    ) -> Decision:
        """Let a person open an incident by hand."""
        decision = answers.declare(
            self.company,
            service_id=service_id,
            title=title,
            by=by,
            reason=reason,
            now=self.now,
            new_id=self.new_id,
        )
        self.save(decision)
        return decision

    def _answer(
        self, rule: Callable[..., Decision], incident_id: str | None, **facts: Any
    ) -> Decision:
        decision = self._do(rule, incident_id, **facts)
        self.run()
        return decision

    def _do(self, rule: Callable[..., Decision], incident_id: str | None, **facts: Any) -> Decision:
        incident = self.incidents[incident_id] if incident_id else self.incident
        decision = rule(
            self.company,
            incident,
            self.open_pages(incident.id),
            now=self.now,
            new_id=self.new_id,
            **facts,
        )
        self.save(decision)
        return decision

    def save(self, decision: Decision) -> None:
        """Save a decision as the shell does."""
        if self.watch is not None:
            self.watch(self, decision)
        incident = decision.incident
        self.incidents[incident.id] = incident
        for page in decision.pages:
            self.pages[page.id] = page
        for note in decision.notifications:
            self.notifications[note.id] = note
        self.entries += decision.entries
        self._cancel({page.id for page in decision.pages if not page.is_open})
        if incident.state is IncidentState.RESOLVED:
            self._end_alerts(incident.id)

    def _cancel(self, page_ids: set[str]) -> None:
        for note in self.notifications.values():
            if note.page_id in page_ids and note.state is NotificationState.PLANNED:
                self.notifications[note.id] = replace(note, state=NotificationState.CANCELLED)

    def _end_alerts(self, incident_id: str) -> None:
        for alert in self.alerts.values():
            if alert.incident_id == incident_id and alert.state is AlertState.FIRING:
                over = replace(alert, state=AlertState.RESOLVED, resolved_at=self.now)
                self.alerts[alert.id] = over

    @property
    def incident(self) -> Incident:
        """The latest incident."""
        return next(reversed(self.incidents.values()))

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents, in the order they began."""
        return [i for i in self.incidents.values() if i.is_open]

    def open_pages(self, incident_id: str | None = None) -> tuple[Page, ...]:
        """Return the open pages of an incident (of the latest, if none is named)."""
        wanted = incident_id or self.incident.id
        return tuple(p for p in self.pages.values() if p.is_open and p.incident_id == wanted)

    def called(self, incident_id: str | None = None) -> set[PersonId]:
        """Return who is being called now."""
        return {page.person_id for page in self.open_pages(incident_id)}

    def rings(self, person_id: PersonId) -> int:
        """Return how often a person has been called so far, about anything."""
        return sum(page.person_id == person_id for page in self.pages.values())

    def told(self, kind: MessageKind) -> list[PersonId | None]:
        """Return who was sent messages of a kind, in order."""
        return [n.person_id for n in self.notifications.values() if n.kind is kind]

    def history(self) -> list[EntryKind]:
        """Return the kinds of the timeline, in order."""
        return [entry.kind for entry in self.entries]


def at(when: str, company: Company | None = None) -> World:
    """Return a new world at a Dublin time such as `"Sat 03:00"`."""
    return World(company=company or builders.company(), now=builders.dublin(when))
