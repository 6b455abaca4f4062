"""Incidents: the list, one incident, and declaring one by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from markupsafe import Markup

from watchbill.web.ui.shell import Choice, Fact, IncidentRow, IncidentState, Severity

Verb = Literal["acknowledge", "resolve", "snooze", "help", "decline", "break_glass", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """What the list is narrowed to; an empty text does not narrow."""

    #: Words to look for in sentence, alarm, service and dedup key.
    text: str = ""
    #: `open` (everything but resolved), one state, or empty for all.
    state: str = "open"
    #: A team's id.
    team: str = ""
    #: A service's id.
    service: str = ""
    #: One severity.
    severity: str = ""
    #: First day, as the browser writes it (`2026-03-01`), in the viewer's zone.
    since: str = ""
    #: Last day, inclusive, written the same way.
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentList:
    """The screen at `/incidents`."""

    #: What was asked for, to fill the form again.
    filter: IncidentFilter
    #: Teams to choose from.
    teams: tuple[Choice, ...]
    #: Services to choose from.
    services: tuple[Choice, ...]
    #: This page of the list, newest first.
    rows: tuple[IncidentRow, ...]
    #: Query string of the next page (`?cursor=…` with the filter), or empty.
    next_query: str = ""
    #: Query string of the first page, when this is not the first; or empty.
    first_query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why this incident reached a person, or why it waits."""

    #: The reason's enum value, for those who look it up.
    reason: str
    #: The reason in one sentence, spoken to the viewer if it is the viewer's page.
    sentence: str
    #: The facts the decision used.
    facts: tuple[Fact, ...] = ()
    #: The page in question is the viewer's own.
    is_me: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What happens if nobody answers."""

    #: When; aware UTC.
    at: datetime
    #: Who is called then, in words: `Tomás Walsh, duty manager`.
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """The calling of one person about this incident."""

    #: Who is or was called.
    person_name: str
    #: As what: `volunteer`, `duty manager`, `rota of Payments`.
    role: str
    #: `calling`, `acknowledged`, `declined`, `escalated`, `resolved`.
    state: str
    #: When the page began; aware UTC.
    started_at: datetime
    #: Each notification in words: `E-mail sent 03:00`.
    notifications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert of the incident."""

    #: The source's summary.
    summary: str
    #: Firing or resolved.
    is_firing: bool
    #: How bad the source says it is.
    severity: Severity
    #: When it began; aware UTC.
    started_at: datetime
    #: How many events it has had.
    events_count: int
    #: Labels and details worth showing.
    fields: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link the source sent along."""

    #: Where to; `http` or `https` only.
    href: str
    #: What it is called.
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One entry of the incident's history."""

    #: When; aware UTC.
    at: datetime
    #: What happened, in one sentence.
    sentence: str
    #: Who did it; empty for Watchbill itself.
    person_name: str = ""
    #: A note's text, or empty.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """An engineer who is at work now: asked by mail, never paged."""

    #: The person's id.
    id: str
    #: How the person is called.
    name: str
    #: The person's team.
    team_name: str
    #: The person's office.
    office_name: str
    #: The person's zone.
    zone: str
    #: Their skills that the incident is about, in words; or empty.
    knows: str = ""
    #: When they were asked about this incident; None if not yet.
    asked_at: datetime | None = None
    #: They said that they can help.
    offers: bool = False
    #: Somebody wrote down that they helped.
    has_helped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The viewer's verdict on an incident that is over; empty where they have given none."""

    #: They have given one.
    is_given: bool = False
    #: It had to be a page.
    needed: bool = False
    #: What was done: `fixed`, `mitigated`, `watched`, `nothing`; or empty.
    action: str = ""
    #: What the runbook did: `helped`, `partly`, `wrong`, `missing`; or empty.
    runbook: str = ""
    #: What they wrote; or empty.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The screen at `/incidents/{id}`."""

    #: The incident's id.
    id: str
    #: Its number, as messages write it: `#146`.
    number: int
    #: One clear sentence: what is wrong.
    sentence: str
    #: What customers feel, from the alarm; or empty.
    customer_pain: str
    #: Where the incident stands.
    state: IncidentState
    #: How bad the source says it is.
    severity: Severity
    #: The service's name.
    service_name: str
    #: The owning team's id.
    team_id: str
    #: The owning team's name.
    team_name: str
    #: The owning team's IANA zone.
    team_zone: str
    #: The alarm's key, or empty if the source named none.
    alarm_key: str
    #: When it was opened; aware UTC.
    opened_at: datetime
    #: When a hold or a snooze ends, or an acknowledgement expires; None otherwise.
    until_at: datetime | None
    #: Who acknowledged or resolved it, or empty.
    answered_by: str
    #: When that was; None if nobody did.
    answered_at: datetime | None
    #: Who has it and asked for the help that is being called, or empty.
    asking_name: str
    #: That is the viewer.
    asks_myself: bool
    #: Who is being called now, in words, or empty.
    called: str
    #: Why the viewer, or why whoever is called, or why it is held.
    why: Why
    #: What happens if nobody answers; None if nothing is due.
    next_step: NextStep | None
    #: What the viewer may do now.
    can: frozenset[Verb]
    #: Offered snooze durations.
    snoozes: tuple[timedelta, ...]
    #: The runbook, rendered safe; None if the alarm has none.
    runbook: Markup | None
    #: Where the runbook lives, or empty.
    runbook_href: str
    #: Who was called, newest first.
    pages: tuple[PageRow, ...]
    #: Its alerts, firing first, at most 20.
    alerts: tuple[AlertRow, ...]
    #: How many alerts there are in all.
    alerts_count: int
    #: Dashboards, graphs, the source's own page.
    links: tuple[Link, ...]
    #: Its history, newest first.
    timeline: tuple[TimelineRow, ...]
    #: Engineers in their working hours now.
    helpers: tuple[Helper, ...]
    #: The alarm's id, or empty if nobody wrote it down.
    alarm_id: str = ""
    #: What the viewer is asked once it is over, if they were called; else None.
    verdict: Verdict | None = None
    #: One sentence: what was wrong with the form just sent; or empty.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare:
    """The screen at `/incidents/declare`: a page by hand, by breaking the glass."""

    #: Services to choose from.
    services: tuple[Choice, ...]
    #: Who would be paged now, in words.
    reaches: str
    #: What was typed before.
    service: str = ""
    #: What was typed before.
    sentence: str = ""
    #: What was typed before.
    reason: str = ""
    #: One sentence: what is wrong with the form; or empty.
    error: str = ""
