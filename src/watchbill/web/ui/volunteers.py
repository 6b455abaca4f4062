"""The on-call team: seats, terms, who waits, and one's own part in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.queries.volunteers import ApplicationRow, Involuntary, OnCallTeamRow, VolunteerRow
from watchbill.web.ui.people import SystemRow
from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadRow:
    """How many volunteers are of one team or office."""

    name: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPart:
    """What the viewer may do about themselves."""

    #: They can offer themselves: an engineer without a term or an application.
    may_apply: bool
    #: Their application that waits; "" if none does.
    application_id: str
    #: Their term; "" without one.
    term_id: str
    starts_at: datetime | None
    ends_at: datetime | None
    #: They have agreed to another term already.
    has_next: bool
    #: A seat is free after it.
    may_renew: bool
    #: A pause of theirs is under way or ahead.
    is_paused: bool
    #: What is left to do before a shift, in a sentence; "" if nothing.
    left_to_do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """The screen at `/on-call-team`."""

    name: str
    #: How the team stands, in one sentence.
    sentence: str
    #: What is worth a word, each in a sentence that says what to do.
    concerns: tuple[str, ...]
    members: tuple[VolunteerRow, ...]
    #: The viewer's id: only of themselves they read what is missing.
    me: str
    waiting: tuple[ApplicationRow, ...]
    teams: tuple[SpreadRow, ...]
    offices: tuple[SpreadRow, ...]
    involuntary_count: int
    free_seats: int
    mine: MyPart
    #: The viewer is of the team or an admin, and may give seats and change settings.
    may_decide: bool
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """The screen at `/on-call-team/leave`: what stepping down or pausing does, before it does."""

    term_id: str
    ends_at: datetime
    #: Shifts of theirs that lie ahead.
    shifts_count: int
    #: A shift of theirs is under way until then; None if none is.
    standing_until: datetime | None
    #: Until when they can pause: the end of the last term they agreed to.
    last_ends_at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The screen at `/on-call-team/settings`."""

    team: OnCallTeamRow
    weekdays: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    #: The limits and watches there are, and an empty line to add one.
    limits: tuple[dict[str, Any], ...]
    watches: tuple[dict[str, Any], ...]
    offices: tuple[Choice, ...]
    may_decide: bool
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoluntaryReport:
    """The screen at `/on-call-team/involuntary`: it must be empty."""

    rows: tuple[Involuntary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One thing to make sure of."""

    name: str
    #: What is meant, in a sentence.
    text: str
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """One way to be reached, and whether a test page over it was answered."""

    label: str
    tested_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The screen at `/readiness`."""

    sentence: str
    is_ready: bool
    items: tuple[ItemRow, ...]
    methods: tuple[MethodRow, ...]
    #: Systems that runbooks name, and whether the viewer has said that they get in.
    systems: tuple[SystemRow, ...]
    error: str = ""
