"""Express: single events over HTTP without an ASGI task for each.

A `POST /v2/enqueue` in one small piece is handed to the intake as soon as it is whole, and its
answer is written when the group it joined is committed; no task, no scope, no futures. Anything
else about a request (large, chunked, expecting `100-continue`, pipelined) and it goes the ordinary
way, so what is answered never differs.

Source: ADR an-express-way-for-events.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import structlog
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from watchbill.core.sources import Reply
from watchbill.web import connection

log = structlog.get_logger()

FAILED = Reply(status=500, content_type="text/plain", body=b"Internal Server Error")
_RETRY_AFTER_S = 5


def headers(reply: Reply) -> list[tuple[bytes, bytes]]:
    """Return the headers of an intake's answer, whichever way it goes."""
    found = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", b"%d" % len(reply.body)),
        (b"x-content-type-options", b"nosniff"),
    ]
    if reply.status in (429, 503):
        found.append((b"retry-after", b"%d" % _RETRY_AFTER_S))
    return found


class Taker(Protocol):
    """What takes events in: the intake."""

    def is_express(self, path: bytes) -> bool:
        """True if POSTs to this path may come this way."""
        ...

    def take(self, path: bytes, body: bytes, cycle: Cycle) -> None:
        """Take one body in, and call `cycle.answer` now or later, once."""
        ...


class Cycle:
    """One request on its way, in the shape in which uvicorn's connection looks at it."""

    __slots__ = (
        "body",
        "connection",
        "disconnected",
        "keep_alive",
        "message_event",
        "more_body",
        "response_complete",
        "scope",
    )

    def __init__(self, on: Connection) -> None:
        self.connection = on
        self.scope = on.scope
        self.body = bytearray()
        self.more_body = True
        self.keep_alive = True
        self.disconnected = False
        self.response_complete = False
        self.message_event = _NOBODY

    def answer(self, reply: Reply) -> None:
        """Write the reply, if anybody still listens."""
        self.response_complete = True
        on = self.connection
        if self.disconnected or on.transport.is_closing():
            return
        lines = [b"%b: %b\r\n" % header for header in headers(reply)]
        if not self.keep_alive:
            lines.append(b"connection: close\r\n")
        on.transport.write(b"".join((STATUS_LINE[reply.status], *lines, b"\r\n", reply.body)))
        if not self.keep_alive:
            on.transport.close()
        on.on_response_complete()


class _Nobody:
    """Stands where a task would wait for the rest of its request."""

    def set(self) -> None:
        """Wake nobody."""


_NOBODY: Any = _Nobody()


class Connection(connection.Connection):
    """A connection that knows the express way; `taker` is set by `over`."""

    taker: Taker

    def on_headers_complete(self) -> None:
        """Choose the way."""
        if not self._is_express():
            super().on_headers_complete()
            return
        cycle: Any = Cycle(self)
        cycle.keep_alive = self.parser.should_keep_alive()
        self.cycle = cycle

    def on_message_complete(self) -> None:
        """Hand a whole request to the intake."""
        cycle: Any = self.cycle
        if type(cycle) is not Cycle:
            super().on_message_complete()
            return
        cycle.more_body = False
        try:
            self.taker.take(self.url, bytes(cycle.body), cycle)
        except Exception as error:  # noqa: BLE001 - the web's error boundary
            log.error("intake.failed", error=repr(error))
            cycle.answer(FAILED)

    def _is_express(self) -> bool:
        if not self.taker.is_express(self.url) or self.expect_100_continue:
            return False
        if self.parser.get_method() != b"POST" or self.parser.get_http_version() != "1.1":
            return False
        if self.flow.write_paused:
            return False  # who does not read its answers waits for its turn
        before: Any = self.cycle
        if before is not None and not before.response_complete:
            return False  # pipelined: the answers must keep their order
        size = 0
        for name, value in self.headers:
            if name == b"content-length":
                size = int(value)
            elif name in (b"transfer-encoding", b"upgrade"):
                return False
        return 0 < size <= HIGH_WATER_LIMIT


def over(taker: Taker) -> type[asyncio.Protocol]:
    """Return the class of connections whose events `taker` takes."""
    return type("Connection", (Connection,), {"taker": taker})
