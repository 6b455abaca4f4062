"""Middleware: what holds for every request but the intake's, before and after its handler.

It knows neither database nor rules: a body that is too large or comes from another site goes no
further, every answer carries the security headers, and each request is counted.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchbill import clock
from watchbill.web import csrf
from watchbill.web.bodies import Bodies, Lost

#: No form of ours, and nothing the API takes but whole folders of alarms, is larger.
BODY_LIMIT = 1_048_576
#: A folder of alarms: two thousand, with their runbooks, are about 8 MB.
FOLDER_LIMIT = 16_777_216
_FOLDERS = frozenset({"/api/v1/alarms:plan", "/api/v1/alarms:apply"})
#: So many bytes of folders may be half-read at once, whatever else is.
_FOLDER_ROOM = 4 * FOLDER_LIMIT

#: Nothing but our own files; nothing inline; nobody may frame us.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # Not `no-referrer`: it would make browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_REFUSALS = {
    Lost.TOO_LARGE: PlainTextResponse("The body has more bytes than are taken here.", 413),
    Lost.NO_ROOM: PlainTextResponse("There is no room just now.", 503, {"Retry-After": "5"}),
    Lost.BROKEN_OFF: PlainTextResponse("The request broke off.", 400),
}
_HSTS = "max-age=31536000"

#: Is told the method, the route's pattern, the status and the seconds of each request.
Count = Callable[[str, str, int, float], None]


def count_nothing(_method: str, _route: str, _status: int, _seconds: float) -> None:
    """Do nothing; what is used until somebody counts."""


class Guard:
    """The ASGI application around screens and API."""

    def __init__(self, app: ASGIApp, *, base_url: str, count: Count = count_nothing) -> None:
        parts = urlsplit(base_url)
        self._app = app
        self._host = parts.netloc
        self._count = count
        self._bodies = Bodies(BODY_LIMIT)
        self._folders = Bodies(FOLDER_LIMIT, room=_FOLDER_ROOM, dropped=2)
        self._headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        if parts.scheme == "https":
            self._headers.append((b"strict-transport-security", _HSTS.encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it is too large or not ours."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = _Answered(send, self._headers)
        begun = clock.real_monotonic()
        try:
            await self._pass(scope, receive, answered)
        finally:
            seconds = clock.real_monotonic() - begun
            self._count(scope["method"], _route(scope), answered.status, seconds)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        hosts = (self._host, headers.get("host", ""))
        if not csrf.is_ours(scope["method"], headers, hosts):
            refusal = PlainTextResponse("Another site sent this; nothing was changed.", 403)
            await refusal(scope, receive, send)
            return
        body: bytes | Lost = b""
        if scope["method"] not in ("GET", "HEAD"):
            bodies = self._folders if _may_be_folder(scope["path"], headers) else self._bodies
            body = await bodies.read(await receive(), receive)
        if isinstance(body, Lost):
            await _REFUSALS[body](scope, receive, send)
            return
        scope.setdefault("state", {})["body"] = body
        await self._app(scope, _again(body, receive), send)


def _may_be_folder(path: str, headers: Headers) -> bool:
    """True if a large body is worth reading: a plan, from somebody who says who they are."""
    return path in _FOLDERS and ("authorization" in headers or "cookie" in headers)


class _Answered:
    """Sends on what a handler answers, with our headers, and remembers the status."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self.status = 500

    async def __call__(self, message: Message) -> None:
        """Add the headers that the handler did not set itself."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            given += [pair for pair in self._headers if pair[0] not in names]
            if b"cache-control" not in names:
                given.append((b"cache-control", b"no-store"))
            message = {**message, "headers": given}
        await self._send(message)


def _again(body: bytes, receive: Receive) -> Receive:
    """Give the body to whoever reads it after us, once, and then what comes."""
    waiting: list[MutableMapping[str, Any]] = [
        {"type": "http.request", "body": body, "more_body": False}
    ]

    async def take() -> Message:
        return waiting.pop() if waiting else await receive()

    return take


def _route(scope: Scope) -> str:
    """Return the pattern of the route that answered, so that ids do not make metrics of their own."""
    said = scope.get("state", {}).get("route", "")
    return str(said or getattr(scope.get("route"), "path", "") or "other")
