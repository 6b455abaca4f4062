"""Message, Receipt and the port every channel implements.

The sender calls a `Channel` it never imports; `app.py` hands it the dictionary of channels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from watchbill.errors import PermanentFailure, TemporaryFailure

__all__ = [
    "Answer",
    "Channel",
    "Message",
    "MessageKind",
    "PermanentFailure",
    "Receipt",
    "TemporaryFailure",
]


class MessageKind(Enum):
    """Why a message is sent."""

    #: A person is called about one incident.
    PAGE = "page"
    #: A person is called about several incidents at once.
    BUNDLE = "bundle"
    #: An incident this person is being called about has grown.
    GROWTH = "growth"
    #: An incident passed to this person's team; nobody has to answer.
    PASSED = "passed"
    #: A colleague of the answering person asks who is awake (never a page).
    HELP = "help"
    #: A team hears of its alarm: declined, returned, its review near or overdue (never a page).
    HANDOVER = "handover"
    #: The on-call team's word to one of its people: a shift, a swap, a term (never a page).
    NOTICE = "notice"
    #: A code that proves a contact method belongs to its owner.
    CODE = "code"
    #: A trial message a person asked for.
    TEST = "test"
    #: An event for another program (outgoing webhooks).
    HOOK = "hook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing the receiver can do, as a link that only shows a button; a POST confirms it."""

    #: `acknowledge`, `resolve`, `decline`, `help`; `offer` of a helper.
    verb: str
    #: What the button says.
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel is asked to hand over, once, to one address."""

    #: The notification's id; the same at every attempt, so that a provider can drop repeats.
    idempotency_key: str
    kind: MessageKind
    #: Where to: a mail address, a URL, a number; never logged.
    address: str
    #: One line; what a phone shows in its list.
    subject: str
    #: Plain text, complete by itself.
    text: str
    #: When it was decided; aware UTC.
    at: datetime
    #: The incident's page in the browser, or "".
    url: str = ""
    answers: tuple[Answer, ...] = ()
    #: Messages with the same thread belong together (an incident's id), or "".
    thread: str = ""
    #: The list the message belongs to (`pages.example.org`), or "".
    list_id: str = ""
    #: For programs: what the message says, as JSON-ready values.
    data: dict[str, object] = field(default_factory=dict)
    #: Shared secret the receiver verifies the message with; never logged.
    secret: str = field(default="", repr=False)
    #: Which attempt this is, from 1.
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The other side took the message."""

    #: The provider's id of the message, or "".
    provider_id: str = ""
    #: What the provider answered, short and without secrets.
    remark: str = ""


class Channel(Protocol):
    """One way to reach an address.

    `send` is a plain function run in a bounded pool. It returns only once the other side has
    taken the message, and raises nothing but the two failures. It must respect `deadline_s`
    as a whole, may be called by several threads at once, and must keep secrets and addresses
    out of what it raises and logs.
    """

    #: The name contact methods use: `email`, `webhook` …
    name: str
    #: Seconds after which `send` gives up by itself with a TemporaryFailure.
    deadline_s: float
    #: How many messages may be under way at once.
    concurrency: int
    #: True if a message of this channel interrupts (push, SMS, voice); e-mail does not.
    interrupts: bool

    def check(self, address: str) -> None:
        """Refuse an address this channel can never reach.

        Raises: PermanentFailure with a sentence for the person who typed it.
        """
        ...

    def send(self, message: Message) -> Receipt:
        """Hand `message` over.

        Raises: TemporaryFailure (with `retry_after` if the other side said when),
        PermanentFailure.
        """
        ...
