"""Connection: what one TCP connection may cost us before its request is whole.

uvicorn waits for ever for the rest of a request, and keeps a head however long it grows. Here a
head has a length and an end, a body must come within a while, and an answer must be taken.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: The longest head of a request, in bytes, not counting the piece in which it began.
HEAD_LIMIT = 65_536
#: How many looks a thing may take: 10 to 20 seconds for a head, about a minute for a body to come
#: or an answer to go.
_HEAD_LOOKS, _BODY_LOOKS = 2, 6


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 over one connection, with an end to its patience.

    Nothing is done for each request but one comparison; the rest is looked at from time to time.
    """

    #: Seconds between two looks at a connection.
    look_s = 10.0
    _head = 0
    _looks = 0
    #: What was under way at the last look; None when nothing was.
    _seen: object = None
    _next_look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look."""
        super().connection_made(transport)
        self._next_look = self.loop.call_later(self.look_s, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        if self._next_look is not None:
            self._next_look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it makes a head too long."""
        before = self.scope
        super().data_received(data)
        cycle: Any = self.cycle
        is_whole = cycle is not None and cycle.scope is self.scope
        if is_whole or self.scope is not before:  # or begun in this piece, behind other requests
            self._head = 0
            return
        self._head += len(data)
        if self._head > HEAD_LIMIT:
            self._refuse()

    def _refuse(self) -> None:
        text = b"The request's head is too long."
        self.transport.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
            b"content-type: text/plain\r\ncontent-length: %d\r\n\r\n%s" % (len(text), text)
        )
        self.transport.close()

    def _look(self) -> None:
        """Close the connection if what was under way at the last looks still is."""
        under_way, most = self._under_way()
        self._looks = self._looks + 1 if under_way is self._seen else 0
        self._seen = under_way
        if under_way is not None and self._looks >= most:
            self.transport.abort()
            return
        self._next_look = self.loop.call_later(self.look_s, self._look)

    def _under_way(self) -> tuple[object, int]:
        """Return what we wait for the other side to do, if anything, and for how many looks."""
        cycle: Any = self.cycle
        if self.transport.is_closing():
            return self.transport, _BODY_LOOKS - 1
        if cycle is None or cycle.scope is not self.scope:
            head: Any = self.scope
            return head or self, _HEAD_LOOKS - 1
        if cycle.more_body and not cycle.response_complete:
            return cycle, _BODY_LOOKS - 1
        if self.flow.write_paused:
            return cycle, _BODY_LOOKS - 1
        return None, 0
