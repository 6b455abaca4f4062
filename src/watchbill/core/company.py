"""Company: everything decisions read besides the incident itself, at one version.

The shell loads it once and keeps it until its version changes; core functions look things up in
it and never change it. The simulator builds one from a scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchbill.core import rotas
from watchbill.core.alarms import Alarm
from watchbill.core.events import Event
from watchbill.core.matching import Index
from watchbill.core.people import (
    Office,
    OfficeId,
    Person,
    PersonId,
    Service,
    ServiceId,
    Team,
    TeamId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long a call waits for an answer before the next step."""

    #: The volunteer's.
    volunteer: timedelta = timedelta(minutes=5)
    #: A manager's, and of every later round.
    manager: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A program that is told what happens to incidents; of one team, or of all."""

    id: str
    team_id: TeamId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A door through which a monitoring system's events reach one service."""

    id: str
    service_id: ServiceId
    source: str
    name: str
    close_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Company:
    """The company at one version of its configuration. Looked up by id, never iterated to find."""

    version: int = 0
    name: str = ""
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    offices: Mapping[OfficeId, Office] = field(default_factory=dict)
    teams: Mapping[TeamId, Team] = field(default_factory=dict)
    services: Mapping[ServiceId, Service] = field(default_factory=dict)
    integrations: Mapping[str, Integration] = field(default_factory=dict)
    alarms: Mapping[tuple[ServiceId, str], Alarm] = field(default_factory=dict)
    team_rotas: Mapping[TeamId, rotas.Rota] = field(default_factory=dict)
    managers: rotas.Rota | None = None
    absences: tuple[rotas.Absence, ...] = ()
    #: The volunteers' shifts, sorted by start; shadows too.
    shifts: tuple[rotas.Shift, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    waits: Waits = field(default_factory=Waits)
    pages_a_month: int = 10
    people_at_once: int = 2
    #: Which alarm an event is of; made from `alarms` unless it was before.
    index: Index[Alarm] = field(default_factory=lambda: Index(()), repr=False)

    def __post_init__(self) -> None:
        """Make the index of these very alarms."""
        object.__setattr__(self, "index", Index(self.alarms.values(), before=self.index))

    def alarm_of(self, service_id: ServiceId, event: Event) -> Alarm | None:
        """Return the alarm that the event is of, or None: it is unregistered."""
        return self.index.find(service_id, event)

    def volunteer(self, at: datetime) -> PersonId | None:
        """Return who stands the shift at `at`, or None."""
        return rotas.standing(self.shifts, at)

    def duty_manager(self, at: datetime) -> PersonId | None:
        """Return who stands the managers' rota at `at`, or None."""
        if self.managers is None:
            return None
        return rotas.on_duty(self.managers, self.absences, at)

    def on_rota(self, team_id: TeamId, at: datetime) -> PersonId | None:
        """Return who stands the team's own rota at `at`, or None; hours are not looked at."""
        rota = self.team_rotas.get(team_id)
        return None if rota is None else rotas.on_duty(rota, self.absences, at)

    def is_away(self, person_id: PersonId, at: datetime) -> bool:
        """True if the person said they are away at `at`."""
        return any(a.person_id == person_id and a.start <= at < a.end for a in self.absences)
