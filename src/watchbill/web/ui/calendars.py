"""Calendars: links that show shifts elsewhere, and calendars that say when one is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.web.ui.settings import NewSecret
from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One link of the viewer's."""

    id: str
    title: str
    #: The end of its address.
    hint: str
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyItem:
    """A calendar that is read in."""

    id: str
    #: Its host, and the end of its address.
    hint: str
    #: Whether meetings count too.
    counts_all: bool
    fetched_at: datetime | None
    #: Why it could not be read; empty if it could.
    error: str
    #: Times away that were read from it, from now on.
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars:
    """The screen at `/calendars`."""

    feeds: tuple[FeedItem, ...]
    #: What a new link may show: kind and subject.
    choices: tuple[Choice, ...]
    busy: tuple[BusyItem, ...]
    created: NewSecret | None = None
    error: str = ""
