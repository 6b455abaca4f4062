"""Source: what turns one HTTP request into events, and answers in its client's own dialect.

The intake calls a `Source` it never imports; `app.py` hands it the dictionary of sources. A source
is pure: no I/O, no clock, no memory. A module with these four names is a source; so is a value.

    parse -> events          the intake stores them, then answers `accepted(events)`
          -> BadEvent        the intake answers `refused(error)`; nothing is stored
          -> Refused         the same, with a status of its own: not signed, not allowed, too large
          -> Confirm         the intake gets `url` once, answers `accepted(())`; nothing to store
          -> Needs           the intake gets `url` (or has it in its cache), puts it into
                             `Request.documents` and parses again

`refused` also words the intake's own refusals (unknown key, body too large, database away), so that
a client only ever meets its own dialect.

Source: DESIGN §3 (parse); house style 2.3; ADR sources-answer-in-their-own-dialect.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from watchbill.core.events import BadEvent, Event
from watchbill.errors import WatchbillError

#: An integration's own settings, decrypted: JSON values by name.
Settings = Mapping[str, object]

#: Gets a document from an address that a source has already judged; follows no redirect, takes at
#: most 64 KB and a few seconds, and raises `Refused` with 503 if it cannot.
Fetch = Callable[[str], bytes]

#: Every source there is, by its name, with the name people know it by. A test compares it with `app`.
KINDS: Mapping[str, str] = {
    "alertmanager": "Alertmanager",
    "datadog": "Datadog",
    "generic": "Any JSON",
    "grafana": "Grafana",
    "heartbeat": "Heartbeat (speaks up when silent)",
    "pagerduty_v2": "PagerDuty Events API v2",
    "sentry": "Sentry",
    "sns": "AWS CloudWatch through SNS",
}
#: Sources that repeat what still fires, every four hours unless told otherwise: after two repeats
#: in vain and an hour more, an incident is stale. Others never repeat, so their silence says nothing.
STALE_AFTER: Mapping[str, timedelta] = {
    "alertmanager": timedelta(hours=9),
    "grafana": timedelta(hours=9),
}
#: How often a heartbeat is expected unless it says so.
BEAT = timedelta(hours=1)

#: Makes a key nobody has used before.
NewKey = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the client sent: header names in lower case, the query without its question mark."""

    method: str
    headers: Mapping[str, str]
    query: str
    body: bytes
    #: What has been fetched for the source before, by address: certificates.
    documents: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the client gets."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """The sender asks to be confirmed: get `url` once; its host is one the source allows."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The source needs the document at `url` first; its host and path are ones it allows."""

    url: str


class Refused(WatchbillError):
    """The request is not accepted."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason, status=status)
        self.status = status
        self.reason = reason


#: What a request turned out to be.
Parsed = tuple[Event, ...] | Confirm | Needs


class Source(Protocol):
    """One monitoring system's dialect."""

    @property
    def name(self) -> str:
        """Return the path part of `/intake/{name}/{key}`."""
        ...

    def parse(self, request: Request, settings: Settings, *, now: datetime) -> Parsed:
        """Return the request's events, all of them; never empty.

        Raises: BadEvent if it cannot be used; Refused if it is not to be trusted or not allowed.
        """
        ...

    def accepted(self, events: tuple[Event, ...]) -> Reply:
        """Return what the client gets once the events are stored."""
        ...

    def refused(self, error: BadEvent | Refused) -> Reply:
        """Return what the client gets instead: 400 for a BadEvent, else the error's status."""
        ...


class Keyed(Protocol):
    """A decoded body that names its integration itself."""

    @property
    def routing_key(self) -> str:
        """Return the integration's key, never empty."""
        ...

    def events(self, new_key: NewKey) -> tuple[Event, ...]:
        """Return its events; `new_key` makes a dedup key where the sender gave none.

        Raises: BadEvent.
        """
        ...


class KeyedSource(Protocol):
    """A dialect whose body carries the key: decoded once, looked up, then read.

    >>> # keyed = source.decode(body); integration = find(keyed.routing_key)
    >>> # events = keyed.events(new_key); store; answer source.accepted(events)
    """

    def decode(self, body: bytes) -> Keyed:
        """Return the body's structure with its key.

        Raises: BadEvent.
        """
        ...

    def accepted(self, events: tuple[Event, ...]) -> Reply:
        """Return what the client gets once the events are stored."""
        ...

    def refused(self, error: BadEvent | Refused) -> Reply:
        """Return what the client gets instead."""
        ...

    def unknown_key(self) -> Reply:
        """Return what the client gets whose key names no integration."""
        ...


def status_of(error: BadEvent | Refused) -> int:
    """Return the HTTP status of a refusal.

    >>> status_of(BadEvent("summary is missing"))
    400
    """
    return error.status if isinstance(error, Refused) else 400


def sentence(error: BadEvent | Refused) -> str:
    """Return what is wrong, for people."""
    return "; ".join(error.errors) if isinstance(error, BadEvent) else error.reason


def json_reply(status: int, body: object) -> Reply:
    """Return a JSON answer."""
    return Reply(status=status, content_type="application/json", body=msgspec.json.encode(body))


def must_post(request: Request) -> None:
    """Refuse every method that carries no body.

    Raises: Refused with 405.
    """
    if request.method not in ("POST", "PUT"):
        raise Refused(405, "send the event with POST")


def secret_of(settings: Settings) -> str:
    """Return the integration's signing secret, or the empty text if it has none."""
    found = settings.get("secret")
    return found if isinstance(found, str) else ""


def is_signed(message: bytes, *, secret: str, signature: str) -> bool:
    """Say whether `signature` is the hexadecimal HMAC-SHA256 of `message`."""
    expected = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())
