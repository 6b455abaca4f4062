"""Alarm: the definition of a condition that may page, and its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

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
    """What routing needs to know of an alarm; its runbook stays in the database."""

    id: str
    service_id: ServiceId
    #: What events call it; unique within its service.
    key: str
    title: str
    state: AlarmState
    severity: Severity
    has_runbook: bool
    muted_until: datetime | None = None

    @property
    def may_wake(self) -> bool:
        """True if the alarm may reach a volunteer: accepted, critical, with a runbook (NO4)."""
        accepted = self.state is AlarmState.ACCEPTED and self.has_runbook
        return accepted and self.severity is Severity.CRITICAL

    def is_muted(self, at: datetime) -> bool:
        """True if somebody asked for silence until a moment that has not come yet."""
        return self.muted_until is not None and at < self.muted_until
