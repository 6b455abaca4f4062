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


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """Somebody stands in."""

    id: str
    name: str
    start: datetime
    end: datetime


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
    members: tuple[str, ...]
    uses: tuple[UseRow, ...]
    #: Managers who can stand in or join; nobody else is offered.
    managers: tuple[Choice, ...]
    rota_id: str
    may_change: bool
    error: str = ""
