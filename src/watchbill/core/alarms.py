"""Alarm: the definition of a condition that may page, and its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from watchbill.core.definitions import ALARM, Match
from watchbill.core.events import Severity
from watchbill.core.people import ServiceId


class AlarmState(Enum):
    """Where an alarm is on its way to the on-call team (AL3)."""

    #: Being written; nobody has seen it.
    DRAFT = "draft"
    #: Offered to the on-call team.
    PROPOSED = "proposed"
    #: Somebody of the on-call team is looking at it.
    IN_REVIEW = "in_review"
    #: The on-call team answers for it out of hours.
    ACCEPTED = "accepted"
    #: The on-call team will not answer for it, and said why.
    DECLINED = "declined"
    #: The on-call team gave it back: it must be mended first.
    RETURNED = "returned"
    #: No longer in use.
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What routing needs to know of an alarm; the rest of its definition stays in the database.

    Title, severity, runbook and match are those of the version in force, the last accepted one;
    of the newest version while none is (NO5).
    """

    id: str
    service_id: ServiceId
    #: Names it; unique within its service.
    key: str
    title: str
    #: Where its newest version is on its way.
    state: AlarmState
    #: True if an accepted version stands, whatever a newer one is waiting for.
    is_in_force: bool
    severity: Severity
    has_runbook: bool
    #: Which events are of it; empty for those that name it by its key.
    match: Match = ()
    muted_until: datetime | None = None
    #: When its acceptance ends, because its review was due; None for never.
    lapses_at: datetime | None = None

    @property
    def conditions(self) -> Match:
        """Return its match, or the default one: the event names the alarm by its key."""
        return self.match or ((ALARM, (self.key,)),)

    def may_wake(self, at: datetime) -> bool:
        """True if it may reach a volunteer: accepted, not overdue, critical, a runbook (NO4)."""
        accepted = self.is_in_force and self.has_runbook and not self.has_lapsed(at)
        return accepted and self.severity is Severity.CRITICAL

    def has_lapsed(self, at: datetime) -> bool:
        """True if its acceptance was to be looked at again by now, and was not (AL5)."""
        return self.lapses_at is not None and at >= self.lapses_at

    def standing(self, at: datetime) -> str:
        """Return in one word why it may wake somebody or not: its state, `accepted`, `overdue`."""
        if not self.is_in_force:
            return self.state.value
        return "overdue" if self.has_lapsed(at) else AlarmState.ACCEPTED.value

    def is_muted(self, at: datetime) -> bool:
        """True if somebody asked for silence until a moment that has not come yet."""
        return self.muted_until is not None and at < self.muted_until
