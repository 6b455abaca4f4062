"""Teams: their hours, rota, policy, services and alarms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from watchbill.web.ui.shell import Severity

AlarmState = Literal[
    "draft", "proposed", "in review", "accepted", "declined", "returned", "retired"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """One team in the list."""

    #: The team's id.
    id: str
    #: The team's name.
    name: str
    #: Its office.
    office_name: str
    #: Its IANA zone.
    zone: str
    #: It is in its working hours now.
    is_working: bool
    #: When that changes next; None if it never does.
    changes_at: datetime | None
    #: Who answers for it now; empty if nobody.
    answers_name: str
    #: How many people it has.
    people_count: int
    #: How many services it owns.
    services_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamList:
    """The screen at `/teams`."""

    #: Every team, by name.
    rows: tuple[TeamRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHours:
    """One weekday of the working week, as it is drawn."""

    #: `Mon` to `Sun`.
    label: str
    #: Working periods as minutes of this day, `[start, end)` within 0 and 1440, in order.
    #: An overnight period stands in both days, cut at midnight.
    periods: tuple[tuple[int, int], ...]
    #: The same in words: `09:00–17:30`, or `closed`.
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDay:
    """A holiday or closing day that comes."""

    #: The day, in the office's calendar.
    on: date
    #: Its name.
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaRow:
    """One stretch of the in-hours rota."""

    #: Who answers.
    person_name: str
    #: From; aware UTC; None if that is long ago.
    start_at: datetime | None
    #: To, not included; aware UTC; None if that is far ahead.
    end_at: datetime | None
    #: It is now, and the team is at work.
    is_now: bool = False
    #: The team is closed, and who answers is asked when it opens next.
    is_next: bool = False
    #: It stands in for the rota's own order; in whose place, or empty.
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of the in-hours policy."""

    #: Who is called, in words.
    target: str
    #: How long it waits for an answer.
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm of a service."""

    #: The alarm's key.
    key: str
    #: What it means, in one sentence.
    title: str
    #: Where it stands on its way to the on-call team.
    state: AlarmState
    #: How bad it is.
    severity: Severity
    #: It has a runbook.
    has_runbook: bool
    #: The alarm's id.
    id: str = ""
    #: It may wake a volunteer now.
    wakes: bool = False
    #: An accepted version stands while a newer one waits.
    is_changing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnregisteredRow:
    """A name that events gave although nobody wrote an alarm of it down."""

    #: The service they came for.
    service_name: str
    #: The name; empty if they gave none.
    alarm: str
    #: How many incidents of the last days.
    count: int
    #: When the newest of them was opened; aware UTC.
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One service with its alarms."""

    #: The service's name.
    name: str
    #: Its slug, as the demo's routing keys are named.
    slug: str
    #: Its alarms, accepted first.
    alarms: tuple[AlarmRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One member of the team."""

    #: How the person is called.
    name: str
    #: `engineer` or `manager`, and `volunteer` in a term: `engineer, volunteer`.
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The screen at `/teams/{id}`."""

    #: The team's id.
    id: str
    #: The team's name.
    name: str
    #: Its office.
    office_name: str
    #: Its IANA zone.
    zone: str
    #: It is in its working hours now.
    is_working: bool
    #: When that changes next; None if it never does.
    changes_at: datetime | None
    #: Who answers for it now, in words with the reason: `Niamh Byrne, the volunteer: …`.
    answers: str
    #: Monday to Sunday.
    week: tuple[DayHours, ...]
    #: Today in the team's zone: 0 is Monday.
    weekday: int
    #: Now, as a minute of that day.
    minute: int
    #: Holidays and closing days of the next months, at most 8.
    closed_days: tuple[ClosedDay, ...]
    #: The rota now and in the next weeks, in order.
    rota: tuple[RotaRow, ...]
    #: The in-hours policy, in order; the duty manager last.
    steps: tuple[StepRow, ...]
    #: Its people, by name.
    people: tuple[PersonRow, ...]
    #: Its services with their alarms.
    services: tuple[ServiceRow, ...]
    #: What fired in the last days although nobody wrote it down, the most frequent first.
    unregistered: tuple[UnregisteredRow, ...]
