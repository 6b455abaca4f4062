"""The managers' rota: who stands behind the volunteer, and how often they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """One stretch of the managers' rota."""

    name: str
    start: datetime
    end: datetime
    is_now: bool
    #: Somebody stands in for whose turn it is.
    is_override: bool
    #: Nobody stands: every manager is called instead.
    is_gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """Somebody stands in."""

    id: str
    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A manager of the rota, in the order of the turns."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """How often duty managers were called in one month, and why; incidents."""

    month: str
    help: int
    timeout: int
    declined: int
    uncovered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Managers:
    """The screen at `/managers`."""

    sentence: str
    turns: tuple[TurnRow, ...]
    overrides: tuple[OverrideRow, ...]
    members: tuple[MemberRow, ...]
    uses: tuple[UseRow, ...]
    #: Managers who can stand in; nobody else is offered.
    managers: tuple[Choice, ...]
    #: Managers who are not on the rota yet.
    others: tuple[Choice, ...]
    rota_id: str
    may_change: bool
    #: What was chosen and typed into the form for standing in, if it was refused.
    person_id: str = ""
    starts_at: str = ""
    ends_at: str = ""
    error: str = ""
