"""Event: one message from a monitoring system, in one shape for every source.

An event is what a source's parser makes of bytes. It is never changed and never dropped: the
intake stores it, the engine folds it into an alert (`core/alerts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NewType

from watchbill.errors import Invalid

IntegrationId = NewType("IntegrationId", str)


class EventAction(Enum):
    """What an event says about its alert."""

    #: The condition holds: open the alert, or repeat it.
    TRIGGER = "trigger"
    #: Somebody has seen it in the other system: acknowledge the incident.
    ACKNOWLEDGE = "acknowledge"
    #: The condition no longer holds.
    RESOLVE = "resolve"
    #: A deployment or another change: kept and shown beside incidents, never pages.
    CHANGE = "change"
    #: A dead-man's switch says that it is alive.
    HEARTBEAT = "heartbeat"


class Severity(Enum):
    """How bad the source says it is; only `critical` may wake a volunteer."""

    #: Customers feel it, or will inevitably.
    CRITICAL = "critical"
    #: Something is broken.
    ERROR = "error"
    #: Something may break.
    WARNING = "warning"
    #: Good to know.
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link the source sent along: a dashboard, a graph, a picture."""

    href: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One message about one condition.

    Text is cut to its limit by `clean`, holds no NUL character, and is never None; an unknown
    value is the empty string. Times are aware UTC.
    """

    action: EventAction
    #: Names the condition within its integration; at most 255 characters, never empty.
    dedup_key: str
    #: One line for people; at most 1,024 characters.
    summary: str = ""
    severity: Severity = Severity.ERROR
    #: What is affected: a host, a service, a monitor.
    source: str = ""
    #: The alarm's key as the source writes it (`alertname`, `class`, `AlarmName` …), or "".
    alarm: str = ""
    #: The source's own grouping (Alertmanager's groupKey), or "".
    group: str = ""
    #: How many things the event speaks for; above 1 when a source sends a whole group at once.
    size: int = 1
    #: When the condition began, by the source's clock; None if it did not say.
    occurred_at: datetime | None = None
    #: Labels and details worth showing and matching: flat, text to text, at most 64 of them.
    fields: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()


class BadEvent(Invalid):
    """The event cannot be used as it is."""

    def __init__(self, *errors: str) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


#: Longest dedup key (PagerDuty Events API v2).
DEDUP_KEY_LIMIT = 255
#: Longest summary (PagerDuty Events API v2).
SUMMARY_LIMIT = 1024
#: Longest value of a field that is kept; the raw body keeps the rest.
FIELD_LIMIT = 4096
#: Most fields that are kept of one event.
FIELDS_LIMIT = 64


def clean(text: object, *, limit: int) -> str:
    r"""Return `text` as PostgreSQL can store it: no NUL, no lone surrogate, at most `limit` long.

    >>> clean("a\x00b", limit=10)
    'ab'
    >>> clean("abcdef", limit=4)
    'abc…'
    """
    value = text if isinstance(text, str) else "" if text is None else str(text)
    value = value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return value if len(value) <= limit else value[: limit - 1] + "…"
