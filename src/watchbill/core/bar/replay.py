"""Replay: how many out-of-hours pages an alarm would have made, had it been accepted all along.

Past alerts of its service that its match fits are taken incident by incident, as they were grouped,
and each one's beginning is routed by the one `route`.

Source: A16; DESIGN §2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from watchbill.core import matching, routing
from watchbill.core.alarms import Alarm, AlarmState
from watchbill.core.company import Company
from watchbill.core.definitions import Definition
from watchbill.core.events import Event, EventAction, Severity
from watchbill.core.people import ServiceId
from watchbill.core.routing import Side, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A past alert: what it said, when it began, and the incident it was of."""

    incident_id: str
    alarm: str
    severity: Severity
    fields: tuple[tuple[str, str], ...]
    first_at: datetime

    @property
    def event(self) -> Event:
        """Return the event that began it, as far as matching cares."""
        return Event(
            action=EventAction.TRIGGER,
            dedup_key="replay",
            alarm=self.alarm,
            severity=self.severity,
            fields=self.fields,
        )


def night_pages(
    company: Company, service_id: ServiceId, definition: Definition, fired: Iterable[Fired]
) -> int:
    """Return how many incidents of `fired`, sorted by beginning, would have gone to a volunteer."""
    accepted = _accepted(service_id, definition)
    imagined = replace(company, alarms={(service_id, accepted.key): accepted})
    begun = _incidents(f for f in fired if matching.matches(definition.conditions, f.event))
    return sum(1 for each in begun if _goes_to_volunteers(imagined, service_id, accepted.key, each))


def _incidents(fired: Iterable[Fired]) -> Iterator[Fired]:
    """Return the first alert of each incident: who was called was called once for it."""
    seen: set[str] = set()
    for each in fired:
        if each.incident_id not in seen:
            seen.add(each.incident_id)
            yield each


def _goes_to_volunteers(company: Company, service_id: ServiceId, key: str, fired: Fired) -> bool:
    subject = Subject(service_id=service_id, alarm=key, severity=fired.severity)
    return routing.route(company, subject, at=fired.first_at).side is Side.VOLUNTEERS


def _accepted(service_id: ServiceId, definition: Definition) -> Alarm:
    return Alarm(
        id="",
        service_id=service_id,
        key=definition.key,
        title=definition.title,
        state=AlarmState.ACCEPTED,
        is_in_force=True,
        severity=definition.severity or Severity.CRITICAL,
        has_runbook=True,
        match=definition.match,
    )
