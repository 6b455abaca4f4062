"""Problems: the only place that knows which error is which HTTP status.

The API answers with problem+json (RFC 9457); screens ask `status_of` and draw their own page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import JSONResponse

from watchbill import errors
from watchbill.actions.changes import Changed
from watchbill.errors import WatchbillError

#: The first kind that fits decides.
STATUSES: tuple[tuple[type[WatchbillError], int], ...] = (
    (Changed, 412),
    (errors.NotFound, 404),
    (errors.Invalid, 422),
    (errors.Conflict, 409),
    (errors.Forbidden, 403),
    (errors.Unauthenticated, 401),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
    (errors.WatchbillError, 500),
)
MEDIA_TYPE = "application/problem+json"
#: Seconds after which it is worth trying again.
_RETRY = {429: "60", 503: "5"}


class _Problem(JSONResponse):
    """A problem; what was sent and cannot be said, halves of characters, is shown as its escape."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """Return the answer's bytes."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(
            errors="backslashreplace"
        )


def status_of(error: WatchbillError | type[WatchbillError]) -> int:
    """Return the HTTP status of an error."""
    kind = error if isinstance(error, type) else type(error)
    return next(status for parent, status in STATUSES if issubclass(kind, parent))


def code_of(kind: type[WatchbillError]) -> str:
    """Return the stable name of an error: `NotADraft` is `not-a-draft`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", kind.__name__).lower()


def body(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    details: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Return a problem; `details` are the facts of the case."""
    found: dict[str, Any] = {
        "type": f"urn:watchbill:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
    }
    if detail and detail != title:
        found["detail"] = detail
    if details:
        found["details"] = {name: _plain(value) for name, value in details.items()}
    return found


def response(
    status: int,
    content: Mapping[str, Any],
    headers: Iterable[tuple[str, str]] = (),
) -> JSONResponse:
    """Return a problem as an HTTP answer."""
    given = dict(headers)
    if status in _RETRY:
        given.setdefault("Retry-After", _RETRY[status])
    if status == 401:
        given.setdefault("WWW-Authenticate", "Bearer")
    return _Problem(dict(content), status, given)


def of(error: WatchbillError) -> JSONResponse:
    """Return an error as an HTTP answer."""
    status = status_of(error)
    content = body(status, code_of(type(error)), error.title(), error.detail or "", error.details)
    return response(status, content)


def _plain(value: object) -> object:
    """Return a fact as JSON can say it."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
