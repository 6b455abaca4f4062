"""The demo's mailbox: every mail the demo's own SMTP server has received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One mail in the list."""

    #: Its number in the mailbox.
    id: str
    #: Whom it went to.
    to: str
    #: Its subject.
    subject: str
    #: When it was received; aware UTC.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """The screen at `/mailbox`."""

    #: The mails, newest first, at most 100.
    mails: tuple[MailRow, ...]
    #: The address the list is narrowed to, or empty.
    to: str
    #: Addresses to choose from.
    people: tuple[Choice, ...]
    #: How to reach the SMTP server: `127.0.0.1:2525`.
    smtp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The screen at `/mailbox/{id}`."""

    #: Whom it went to.
    to: str
    #: Who sent it.
    sender: str
    #: Its subject.
    subject: str
    #: When it was received; aware UTC.
    at: datetime
    #: Its plain text.
    text: str
    #: The answer links it carries: address and what it says.
    answers: tuple[Choice, ...]
