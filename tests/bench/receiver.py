"""The receiver of webhooks: a process of its own that notes when each key arrived.

`python receiver.py PORT` answers every POST with 200. `GET /count` tells how many messages and
how many distinct keys came, `GET /arrivals` gives all instants by key (nanoseconds of the
monotonic clock, which all processes share), `DELETE /` forgets everything.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import cast

import shapes
import uvloop

_KEY = re.compile(shapes.KEY_PATTERN)
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Arrivals:
    """Everything that came since the last reset."""

    def __init__(self) -> None:
        self.messages: list[int] = []
        self.by_key: dict[str, list[int]] = {}

    def note(self, body: bytes) -> None:
        """Note one message, once for each key in it."""
        now = time.perf_counter_ns()
        self.messages.append(now)
        for found in set(_KEY.findall(body)):
            self.by_key.setdefault(found.decode(), []).append(now)

    def answer(self, method: bytes, path: bytes) -> bytes:
        """Return the answer to a question of the bench."""
        if method == b"DELETE":
            self.__init__()  # type: ignore[misc]
            return _OK
        if path == b"/count":
            return _json({"messages": len(self.messages), "keys": len(self.by_key)})
        return _json({"messages": self.messages, "by_key": self.by_key})


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests follow one another and state their length."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for answers."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer every whole request there is."""
        self._data += data
        while self._take():
            pass

    def _take(self) -> bool:
        """Take one whole request off the front, if there is one."""
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._data[:end]
        found = re.search(rb"(?i)content-length:\s*(\d+)", head)
        stop = end + 4 + (int(found.group(1)) if found else 0)
        if len(self._data) < stop:
            return False
        body, self._data = self._data[end + 4 : stop], self._data[stop:]
        method, path, _ = head.split(b" ", 2)
        if method == b"POST":
            self._arrivals.note(body)
            self._transport.write(_OK)
        else:
            self._transport.write(self._arrivals.answer(method, path))
        return True


def _json(value: object) -> bytes:
    """Return a 200 with this value as JSON."""
    body = json.dumps(value).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _serve(port: int) -> None:
    """Listen until the process is ended."""
    arrivals = Arrivals()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(arrivals), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
