"""Bodies: read whole, each up to a limit, and all that are half-read together up to another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

#: Bytes of bodies that may be half-read at once in one process; beyond it 503.
ROOM = 128_000_000


class Lost(Enum):
    """Why there is no body."""

    #: It is longer than the limit.
    TOO_LARGE = "too large"
    #: There is no room for it just now.
    NO_ROOM = "no room"
    #: Its sender broke off; nobody hears the answer, and half a request is none.
    BROKEN_OFF = "broken off"


@dataclass(slots=True)
class Bodies:
    """Reads bodies of at most `limit` bytes."""

    limit: int
    room: int = ROOM
    #: How many times the limit is read and dropped, so that the sender hears the answer.
    dropped: int = 16
    #: Bytes of the bodies that are half-read.
    held: int = 0

    async def read(self, message: MutableMapping[str, Any], receive: Receive) -> bytes | Lost:
        """Return the body that begins with `message`, or why there is none."""
        chunks: list[bytes] = []
        size = held = 0
        try:
            while message["type"] == "http.request":
                chunk: bytes = message.get("body", b"")
                size += len(chunk)
                if size <= self.limit:
                    chunks.append(chunk)
                    held += len(chunk)
                    self.held += len(chunk)
                if self.held > self.room:
                    return Lost.NO_ROOM
                if not message.get("more_body") or size > self.dropped * self.limit:
                    return b"".join(chunks) if size <= self.limit else Lost.TOO_LARGE
                message = await receive()
            return Lost.BROKEN_OFF
        finally:
            self.held -= held
