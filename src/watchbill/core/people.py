"""Person, Office, Team, Service: who there is, and what they answer for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NewType

from watchbill.core.hours import WorkingHours

PersonId = NewType("PersonId", str)
TeamId = NewType("TeamId", str)
OfficeId = NewType("OfficeId", str)
ServiceId = NewType("ServiceId", str)


class PersonRole(Enum):
    """What a person is in the company; whether they volunteer is a matter of terms."""

    #: Belongs to a team and stands its rota in working hours.
    ENGINEER = "engineer"
    #: May stand the managers' rota, the only escalation there is (ES2).
    MANAGER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMethod:
    """One verified way to reach a person. Ways that are not verified are never loaded."""

    id: str
    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRule:
    """After how long in vain a method is used; the first wait is usually zero."""

    method_id: str
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works here and is not disabled."""

    id: PersonId
    name: str
    email: str
    role: PersonRole
    team_id: TeamId | None
    office_id: OfficeId | None
    #: IANA zone the person lives in.
    zone: str
    skills: str = ""
    #: Whether they may be asked for help in their working hours.
    helps: bool = True
    is_admin: bool = False
    methods: tuple[ContactMethod, ...] = ()
    #: Sorted by wait. Empty: every method at once.
    rules: tuple[ContactRule, ...] = ()

    @property
    def is_reachable(self) -> bool:
        """True if at least one verified method can carry a page."""
        return bool(self.methods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A place with a zone, a working week and holidays."""

    id: OfficeId
    slug: str
    name: str
    hours: WorkingHours


class PolicyTarget(Enum):
    """Whom a step of a team's in-hours policy asks."""

    #: Who stands the team's rota.
    ROTA = "rota"
    #: Every reachable member of the team.
    TEAM = "team"
    #: One named member of the team.
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyStep:
    """One step of a team's in-hours policy: whom to ask, and how long to wait for an answer."""

    target: PolicyTarget
    wait: timedelta
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A product team: it owns services and answers for them in its working hours."""

    id: TeamId
    slug: str
    name: str
    office_id: OfficeId
    hours: WorkingHours
    policy: tuple[PolicyStep, ...]
    #: Members who are not disabled, in no special order.
    members: tuple[PersonId, ...]


class Grouping(Enum):
    """How a service's alerts join incidents."""

    #: Alerts of one alarm join its open incident; the default.
    ALARM = "alarm"
    #: Alerts that agree in the service's grouping fields.
    FIELDS = "fields"
    #: Alerts that begin within the service's grouping window.
    TIME = "time"
    #: Every alert of the service.
    SERVICE = "service"
    #: Each alert alone.
    ALERT = "alert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a team runs and is answerable for."""

    id: ServiceId
    slug: str
    name: str
    team_id: TeamId
    grouping: Grouping = Grouping.ALARM
    grouping_fields: tuple[str, ...] = ()
    grouping_window: timedelta = timedelta(minutes=5)
    #: After this long an acknowledgement no longer counts; None: it always does.
    ack_timeout: timedelta | None = None
    #: After this long without any event an incident is closed as stale; None: never.
    close_after: timedelta | None = None
    #: Planned work, half-open; nobody is asked while it lasts.
    maintenance_from: datetime | None = None
    maintenance_until: datetime | None = None

    def is_in_maintenance(self, at: datetime) -> bool:
        """True if planned work is under way at `at`."""
        begun = self.maintenance_from is None or self.maintenance_from <= at
        return begun and self.maintenance_until is not None and at < self.maintenance_until
