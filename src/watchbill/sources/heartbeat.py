"""A dead-man's switch: a job that says it is alive, by GET or POST; its silence is the alert.

Source: issue 2, point 3.
"""

from __future__ import annotations

from datetime import datetime

from watchbill.core import payloads, sources
from watchbill.core.events import BadEvent, Event, EventAction, Severity
from watchbill.core.sources import Refused, Reply, Request, Settings

name = "heartbeat"

#: One heartbeat an integration; the alert its silence opens has this key too.
_KEY = "heartbeat"
_METHODS = ("GET", "HEAD", "POST", "PUT")
_TEXT = "text/plain; charset=utf-8"
#: Most of the body that is kept as a remark.
_REMARK_LIMIT = 1000


def parse(request: Request, settings: Settings, *, now: datetime) -> tuple[Event, ...]:
    """Return the sign of life; whatever the body says is kept as a remark.

    Raises: Refused with 405.
    """
    del settings
    if request.method not in _METHODS:
        raise Refused(405, "send the heartbeat with GET or POST")
    remark = request.body[: 4 * _REMARK_LIMIT].decode("utf-8", "replace")
    return (
        Event(
            action=EventAction.HEARTBEAT,
            dedup_key=_KEY,
            summary="Heartbeat",
            severity=Severity.INFO,
            occurred_at=now,
            fields=payloads.fields([("remark", payloads.text(remark, limit=_REMARK_LIMIT))]),
        ),
    )


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202 and OK."""
    del events
    return Reply(status=202, content_type=_TEXT, body=b"OK\n")


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal as a line of text."""
    said = sources.sentence(error) + "\n"
    return Reply(status=sources.status_of(error), content_type=_TEXT, body=said.encode())
