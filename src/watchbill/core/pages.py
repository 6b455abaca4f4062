"""Page: the calling of one person about one incident. The unit that interrupts a life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from watchbill.core.copies import replace
from watchbill.core.people import PersonId
from watchbill.core.routing import Facts, Reason, StepRole


class Outcome(Enum):
    """How a page ended."""

    #: The person took it.
    ACKNOWLEDGED = "acknowledged"
    #: Somebody else who was called took it.
    COVERED = "covered"
    #: The person said that they cannot.
    DECLINED = "declined"
    #: No answer in time; somebody else was called, or the same person again.
    ESCALATED = "escalated"
    #: Hours began or ended, or another volunteer stands: the incident passed to others.
    PASSED = "passed"
    #: The incident ended first.
    RESOLVED = "resolved"
    #: The incident was put off.
    SNOOZED = "snoozed"
    #: No channel could carry it.
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The calling of one person about one incident, from first notification to its end."""

    id: str
    incident_id: str
    person_id: PersonId
    #: In which capacity.
    role: StepRole
    #: Why the incident came this way.
    reason: Reason
    #: What the decision was made from.
    facts: Facts
    #: Which step of the escalation called, from 0.
    step: int
    #: True if the owning team was not at work when it began: what is counted against the target.
    out_of_hours: bool
    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None

    @property
    def is_open(self) -> bool:
        """True while the person is being called."""
        return self.ended_at is None

    def end(self, outcome: Outcome, *, now: datetime) -> Page:
        """Return the page as ended; ending twice changes nothing."""
        return self if self.ended_at else replace(self, ended_at=now, outcome=outcome)
