"""How PagerDuty answers: status, message, and a list of errors.

Source: wire-formats §2.2, §2.5.
"""

from __future__ import annotations

import msgspec

from watchbill.core import payloads, sources
from watchbill.core.events import BadEvent
from watchbill.core.sources import Refused, Reply

_JSON = "application/json"

#: What is said of a key that names no integration.
_UNKNOWN_KEY = "'routing_key' names no integration here"


def success(message: str, **more: str) -> Reply:
    """Return the 202 of what is stored."""
    body = {"status": "success", "message": message, **more}
    return Reply(status=202, content_type=_JSON, body=msgspec.json.encode(body))


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal a PagerDuty client expects."""
    if isinstance(error, Refused):
        status, message, errors = (
            "throttled" if error.status == 429 else "error",
            "",
            [error.reason],
        )
        message = error.reason
    elif isinstance(error, payloads.Unreadable):
        status, message = "Unrecognized object", "Event object format is unrecognized"
        errors = ["JSON parse error", *error.errors]
    else:
        status, message, errors = (
            "invalid event",
            "Event object is invalid",
            list(error.errors),
        )
    body = {"status": status, "message": message, "errors": errors}
    return Reply(
        status=sources.status_of(error),
        content_type=_JSON,
        body=msgspec.json.encode(body),
    )


def unknown_key() -> Reply:
    """Return the 400 of a key that names no integration."""
    return refused(BadEvent(_UNKNOWN_KEY))
