"""Tonight: who answers now and why, what is open, what is held, and the figures that matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from watchbill.web.ui.rota import Received
from watchbill.web.ui.shell import IncidentRow

AnswerKind = Literal["rota", "volunteer", "duty_manager", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person who stands a shift now."""

    #: How the person is called.
    name: str
    #: The person's office.
    office_name: str
    #: The person's zone, in which it may be night.
    zone: str
    #: When the shift ends; aware UTC.
    until_at: datetime
    #: Who stands the next one, or empty.
    next_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNow:
    """Who answers for one team at this instant."""

    #: The team's id.
    id: str
    #: The team's name.
    name: str
    #: The instant lies in the team's working hours.
    is_working: bool
    #: When that changes next; None if it never does.
    changes_at: datetime | None
    #: Through what the answering person is found.
    kind: AnswerKind
    #: Who answers; empty if nobody.
    answers_name: str
    #: The reason in one sentence, only where it is not the usual one (a holiday, an empty rota).
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeNow:
    """One office with its clock."""

    #: The office's name.
    name: str
    #: Its IANA zone.
    zone: str
    #: Today's public holiday or closing day, or empty.
    holiday: str
    #: Its teams, by name.
    teams: tuple[TeamNow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One line that must read zero."""

    #: The rule's id (`NO1`).
    key: str
    #: What is counted, in words.
    sentence: str
    #: How many; anything but zero is a fault.
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassRow:
    """An alarm that applies although nobody of the on-call team reviewed it."""

    #: The alarm's id.
    id: str
    #: What it means.
    title: str
    #: The service it belongs to.
    service_name: str
    #: Who broke the glass.
    person_name: str
    #: Why.
    reason: str
    #: Since when; aware UTC.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsingRow:
    """An alarm whose acceptance runs out soon, or has run out."""

    #: The alarm's id.
    id: str
    #: What it means.
    title: str
    #: The owning team's name.
    team_name: str
    #: When; aware UTC.
    at: datetime
    #: It has: out of hours it is held.
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonight:
    """The screen at `/`."""

    #: The open incident the viewer is being paged about, the worst first; None if none.
    mine: IncidentRow | None
    #: The volunteer standing the shift; None if nobody does.
    volunteer: Standing | None
    #: The duty manager; None if nobody stands.
    manager: Standing | None
    #: Every office with its teams, the viewer's first.
    offices: tuple[OfficeNow, ...]
    #: There is a service, so that there is something to be called for.
    has_services: bool
    #: Open incidents that are not held, newest first, at most 20.
    open: tuple[IncidentRow, ...]
    #: How many there are in all.
    open_count: int
    #: Held incidents, the next to be released first, at most 20.
    held: tuple[IncidentRow, ...]
    #: How many there are in all.
    held_count: int
    #: Names of the people who can be paged at this instant, managers included.
    on_call: tuple[str, ...]
    #: How many the design allows out of hours.
    on_call_limit: int
    #: Out-of-hours pages in the calendar month.
    pages_count: int
    #: How many are tolerated: 10.
    pages_target: int
    #: First day of that month.
    month_on: date
    #: The lines that must read zero.
    health: tuple[HealthLine, ...]
    #: Alarms that apply without review, the longest first.
    glass: tuple[GlassRow, ...] = ()
    #: Acceptances that run out in the next days or have, the oldest first.
    lapsing: tuple[LapsingRow, ...] = ()
    #: The handoff of the shift before the viewer's own, while theirs is young.
    handed: Received | None = None
