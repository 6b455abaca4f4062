"""Settings: integrations, API tokens, outgoing webhooks, and the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A secret that is shown this once."""

    #: What it belongs to.
    name: str
    #: The secret itself.
    secret: str
    #: One sentence: what to do with it.
    advice: str
    #: A complete example to paste, or empty.
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationRow:
    """One source of events for one service."""

    #: The integration's id.
    id: str
    #: What people call it.
    name: str
    #: The source: `Alertmanager`.
    source: str
    #: The service its events belong to.
    service_name: str
    #: The last characters of its key.
    key_end: str
    #: When its last event came; None if none did.
    last_event_at: datetime | None
    #: The alarm of the newest alert of the last days, in words; or empty.
    alarm: str
    #: That alarm is written down; True if nothing came.
    is_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrations:
    """The screen at `/settings/integrations`."""

    #: Every integration, by service and name.
    rows: tuple[IntegrationRow, ...]
    #: Sources to choose from.
    sources: tuple[Choice, ...]
    #: Services to choose from.
    services: tuple[Choice, ...]
    #: The key just made; None otherwise.
    created: NewSecret | None = None
    #: One sentence: what was wrong with the form just sent; or empty.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One API token."""

    #: The token's id.
    id: str
    #: What people call it.
    name: str
    #: What it may do.
    scopes: tuple[str, ...]
    #: Who made it.
    person_name: str
    #: When it stops working; None if never.
    expires_at: datetime | None
    #: When it was last used; None if never.
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The screen at `/settings/tokens`."""

    #: Every token, newest first.
    rows: tuple[TokenRow, ...]
    #: Scopes to choose from.
    scopes: tuple[Choice, ...]
    #: The token just made; None otherwise.
    created: NewSecret | None = None
    #: One sentence: what was wrong with the form just sent; or empty.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRow:
    """One outgoing webhook."""

    #: The webhook's id.
    id: str
    #: Where it goes.
    url: str
    #: What it is told about, in words.
    about: str
    #: It is working.
    is_good: bool
    #: The last delivery in one sentence, or empty.
    remark: str
    #: When that was; None if never.
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """The screen at `/settings/webhooks`."""

    #: Every webhook.
    rows: tuple[HookRow, ...]
    #: Teams to choose from; none means every team's incidents.
    teams: tuple[Choice, ...]
    #: The signing secret just made; None otherwise.
    created: NewSecret | None = None
    #: One sentence: what was wrong with the form just sent; or empty.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that an audit line tells."""

    #: Which: `handoff time`.
    label: str
    #: What it was; empty if it is new or nothing was there to compare.
    before: str
    #: What it is.
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One line of the audit log."""

    #: When; aware UTC.
    at: datetime
    #: Who: a person, a token, or `Watchbill`.
    actor: str
    #: What was done, in one sentence.
    sentence: str
    #: What was otherwise before, without secrets.
    changes: tuple[Change, ...]
    #: From where: screen, API, command line, link; or empty.
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The screen at `/settings/audit`."""

    #: Words the log is narrowed to, or empty.
    text: str
    #: The entries, newest first.
    rows: tuple[AuditRow, ...]
    #: Query string of the next page, or empty.
    next_query: str = ""
