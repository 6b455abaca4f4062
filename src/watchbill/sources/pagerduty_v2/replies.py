"""How PagerDuty answers: status, message, and a list of errors.

Source: wire-formats §2.2, §2.5.
"""

from __future__ import annotations

from watchbill.core import payloads, sources
from watchbill.core.events import BadEvent
from watchbill.core.sources import Refused, Reply

#: What is said of a key that names no integration.
_UNKNOWN_KEY = "'routing_key' names no integration here"


def success(message: str, **more: str) -> Reply:
    """Return the 202 of what is stored."""
    body = {"status": "success", "message": message, **more}
    return sources.json_reply(202, body)


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal a PagerDuty client expects."""
    errors: tuple[str, ...]
    if isinstance(error, Refused):
        status = "throttled" if error.status == 429 else "error"
        message, errors = error.reason, (error.reason,)
    elif isinstance(error, payloads.Unreadable):
        status, message = "Unrecognized object", "Event object format is unrecognized"
        errors = ("JSON parse error", *error.errors)
    else:
        status, message, errors = "invalid event", "Event object is invalid", error.errors
    body = {"status": status, "message": message, "errors": list(errors)}
    return sources.json_reply(sources.status_of(error), body)


def unknown_key() -> Reply:
    """Return the 400 of a key that names no integration."""
    return refused(BadEvent(_UNKNOWN_KEY))
