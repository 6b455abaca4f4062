"""Shell: what every screen shows around its subject, and the values several screens share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Theme = Literal["", "light", "dark"]
IncidentState = Literal["triggered", "acknowledged", "held", "snoozed", "resolved"]
Severity = Literal["critical", "error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The person who is signed in."""

    #: The person's id (`per_…`).
    id: str
    #: How the person is called.
    name: str
    #: May change settings.
    is_admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What the base layout needs; a dependency puts it into `request.state.shell`."""

    #: The instant of this request; aware UTC, of the world's clock.
    now: datetime
    #: How much faster than real time the world's clock runs.
    speed: float = 1.0
    #: IANA zone in which times are shown: the viewer's own.
    zone: str = "UTC"
    #: The viewer's choice; empty follows the device.
    theme: Theme = ""
    #: Who is signed in; None on the sign-in, set-up, answer and some error screens.
    viewer: Viewer | None = None
    #: How many open incidents the viewer is being paged about now.
    paged_count: int = 0
    #: The demo's mailbox is there to be seen.
    has_mailbox: bool = False
    #: One sentence about what was just done, shown once; or empty.
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a select, or one link of a short list."""

    #: What the form sends.
    value: str
    #: What a person reads.
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact a decision used, in words."""

    #: What it is about: `Team`, `Local time`, `Alarm`.
    label: str
    #: Its value, in words and in the zone that mattered.
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One incident in a list."""

    #: The incident's id (`inc_…`).
    id: str
    #: Its number, as messages write it: `#146`.
    number: int
    #: One sentence: what is wrong.
    sentence: str
    #: Where the incident stands.
    state: IncidentState
    #: How bad the source says it is.
    severity: Severity
    #: The service it belongs to.
    service_name: str
    #: The team that owns the service.
    team_name: str
    #: When it was opened; aware UTC.
    opened_at: datetime
    #: How many alerts it holds.
    alerts_count: int = 1
    #: Who acknowledged it, or else who is being paged; empty if nobody.
    person_name: str = ""
    #: Who has it and asked for the help that is being called; or empty.
    asking_name: str = ""
    #: When a hold or a snooze ends; None otherwise.
    until_at: datetime | None = None
    #: The viewer is being paged about it now.
    is_mine: bool = False
