"""Access: sign in, first set-up, the answer page behind a link, and errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The screen at `/sign-in`."""

    #: The address typed before, or empty.
    email: str = ""
    #: Where to go afterwards: a path of ours.
    next: str = "/"
    #: One sentence: why it did not work; or empty.
    error: str = ""
    #: The demo's own sign-in, address and password, shown in the demo only; None otherwise.
    demo: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The screen at `/setup`: the first admin of an empty Watchbill."""

    #: Zones to choose from.
    zones: tuple[Choice, ...]
    #: What was typed before.
    name: str = ""
    #: What was typed before.
    email: str = ""
    #: What was chosen before.
    zone: str = "Europe/Dublin"
    #: One sentence: what is wrong with the form; or empty.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """The screen behind a link in a message; only its button's POST does anything."""

    #: `ask` shows the button; the rest says how it stands.
    outcome: Literal["ask", "done", "already", "expired"]
    #: `acknowledge`, `resolve`, `decline`, `help`.
    verb: str
    #: What the button says.
    label: str
    #: One sentence: what is wrong.
    sentence: str
    #: Whom the link was sent to.
    person_name: str
    #: Where the button posts to: the link itself.
    action: str
    #: The incident's screen, for those who sign in.
    incident_href: str
    #: Where the incident stands: `triggered`, `acknowledged` …
    state: str = "triggered"
    #: Who had answered already, or empty.
    answered_by: str = ""
    #: When that was; None if nobody had.
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPage:
    """The screen behind the link of a test page; only its button's POST does anything."""

    #: `ask` shows the button; `done`; `old` if a newer one was sent, or it is too long ago.
    outcome: Literal["ask", "done", "old"]
    #: Whom it was sent to.
    person_name: str
    #: Where the button posts to: the link itself.
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperPage:
    """The screen behind the link of a mail that asks for help; only its button's POST offers."""

    #: `ask` shows the button; `done`; `over` if the incident has ended.
    outcome: Literal["ask", "done", "over"]
    #: What is wrong.
    sentence: str
    #: Whom the link was sent to.
    person_name: str
    #: Where the button posts to: the link itself.
    action: str
    #: The incident's screen, for those who sign in.
    incident_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """The screen for what went wrong."""

    #: The HTTP status.
    status: int
    #: The error's own sentence.
    title: str
    #: The case in one sentence, or empty.
    detail: str
    #: What the person can do now.
    advice: str
    #: What to quote when asking for help, or empty.
    reference: str = ""
