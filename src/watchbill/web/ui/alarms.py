"""Alarms in lists: the catalogue, what nobody wrote down, the review queue, the handover board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from watchbill.web.ui.shell import Choice, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class StateWord:
    """Where an alarm is on its way, as a word with its shape and colour."""

    #: `in review`.
    text: str
    #: The class of its shape and colour.
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm in a list."""

    #: The alarm's id.
    id: str
    #: Its key.
    key: str
    #: What it means, in one sentence.
    title: str
    #: The service it belongs to.
    service_name: str
    #: The owning team's id.
    team_id: str
    #: The owning team's name.
    team_name: str
    #: Where its newest version is.
    state: StateWord
    #: Since when.
    state_at: datetime
    #: How bad it is.
    severity: Severity
    #: Which version wakes people and which waits, in a sentence.
    in_force: str
    #: It may wake a volunteer now.
    wakes: bool
    #: Until which day its acceptance may last; None if it does not say.
    review_by: date | None
    #: When the acceptance of what is in force ran out; None if it has not.
    lapsed_at: datetime | None
    #: What else is to be seen, each in two or three words: `no runbook`, `changed by hand`.
    marks: tuple[str, ...]
    #: Out-of-hours pages in the last 30 days.
    pages_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFilter:
    """What the catalogue is narrowed to; an empty text does not narrow."""

    #: Words to look for in key, title and service.
    text: str = ""
    #: A team's id.
    team: str = ""
    #: A state, or `waiting`.
    state: str = ""
    #: `overdue`, `without_runbook`, `glass`, `drift`.
    only: str = ""
    #: `noisy`, or empty for by team and service.
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The screen at `/alarms`."""

    #: What is asked for.
    filter: CatalogueFilter
    #: How many there are of each kind, in one sentence.
    counts: str
    #: Teams to choose from.
    teams: tuple[Choice, ...]
    #: States to choose from.
    states: tuple[Choice, ...]
    #: What else to narrow to.
    onlys: tuple[Choice, ...]
    #: The page's alarms.
    rows: tuple[AlarmRow, ...]
    #: How many names are listed that nobody wrote down.
    unregistered_count: int
    #: Query of the following page, or empty.
    next_query: str
    #: Query of the page before, or empty.
    previous_query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRow:
    """A name that events gave although it is of no alarm."""

    #: The name; empty if they gave none.
    name: str
    #: The service they came for.
    service_name: str
    #: The owning team's name.
    team_name: str
    #: How many incidents.
    count: int
    #: How many of them are held now.
    held_count: int
    #: When the newest was opened; aware UTC.
    last_at: datetime
    #: Where it is written down, filled in already.
    new_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """The screen at `/alarms/unregistered`."""

    #: How many days back it looks.
    days: int
    #: The names, the most frequent first.
    rows: tuple[NameRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One alarm that waits for review."""

    #: The alarm.
    alarm: AlarmRow
    #: For how long.
    waits: timedelta
    #: 0 to 100: how much of the bar it meets.
    score: int
    #: Findings that acceptance waits for, `A2: It says nothing of …` each.
    blocking: tuple[str, ...]
    #: How many more of them there are.
    more_count: int
    #: How many findings only warn.
    warnings_count: int
    #: Who has it in review; or empty.
    reviewer: str
    #: The viewer may review it.
    may_review: bool
    #: Why not, if a volunteer may not: `You wrote it.`; or empty.
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The screen at `/alarms/queue`."""

    #: What waits, the longest first.
    rows: tuple[QueueRow, ...]
    #: How many there are in all.
    count: int
    #: The viewer is of the on-call team.
    is_volunteer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """How far one team is with its alarms."""

    #: The team's id; empty for all teams together.
    team_id: str
    #: The team's name.
    name: str
    #: How many alarms it has that are not retired.
    alarms: int
    #: How many are written in code.
    in_code: int
    #: How many have a runbook.
    with_runbook: int
    #: How many have an accepted version in force.
    in_force: int
    #: How many have their newest version accepted.
    accepted: int
    #: How many wait for review.
    waiting: int
    #: How many were given back.
    returned: int
    #: How many acceptances have run out.
    overdue: int
    #: How many it retired: a success.
    retired: int
    #: How many names of its services nobody wrote down.
    unregistered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The screen at `/handovers`."""

    #: Every team, by name.
    rows: tuple[BoardRow, ...]
    #: All teams together.
    total: BoardRow
