"""The open loop: requests leave when they are due, whatever became of those before them.

Latency counts from the scheduled departure, so a stall of the server is charged to every request
that had to wait for it. All times are seconds of `time.perf_counter`, which on Linux is the same
clock in every process.
"""

from __future__ import annotations

import random
import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Run:
    """What became of each request, by its number; `began` is the instant of schedule 0.0."""

    began: float
    due: Sequence[float]
    answered: dict[int, float] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)
    ended: float = 0.0

    def latencies_ms(self) -> list[float]:
        """Return the latency of every good answer, from when its request was due."""
        return [(at - self.began - self.due[number]) * 1e3 for number, at in self.answered.items()]

    @property
    def unsent(self) -> int:
        """Return how many requests never left, because the time was up or nobody listened."""
        return len(self.due) - len(self.answered) - len(self.refused) - len(self.broken)


def poisson(*, rate: float, seconds: float, seed: int) -> list[float]:
    """Return departures of a Poisson process, in seconds from the start."""
    chance = random.Random(seed)
    due, at = [], chance.expovariate(rate)
    while at < seconds:
        due.append(at)
        at += chance.expovariate(rate)
    return due


def drive(
    port: int,
    due: Sequence[float],
    request: Callable[[int], bytes],
    *,
    connections: int,
    limit_s: float,
) -> Run:
    """Send request number i at due[i]; stop when all are answered, at the limit, or unheard."""
    free = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    for each in free:
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    driver = _Driver(Run(began=time.perf_counter(), due=due), free, request)
    try:
        driver.loop(limit_s)
    finally:
        driver.close()
    return driver.run


class _Driver:
    """The sockets of one run, and what each is waiting for."""

    def __init__(
        self, run: Run, free: list[socket.socket], request: Callable[[int], bytes]
    ) -> None:
        self.run = run
        self._free = free
        self._request = request
        self._busy: dict[socket.socket, tuple[int, bytes]] = {}
        self._next = 0

    def loop(self, limit_s: float) -> None:
        """Send what is due, then wait for an answer or for the next departure."""
        due, began = self.run.due, self.run.began
        while True:
            now = time.perf_counter() - began
            while self._free and self._next < len(due) and due[self._next] <= now:
                self._send()
            finished = self._next >= len(due) and not self._busy
            if finished or now > limit_s or not (self._free or self._busy):
                break
            waits = self._free and self._next < len(due)
            pause = max(0.0, due[self._next] - (time.perf_counter() - began)) if waits else 0.5
            for each in select.select(list(self._busy), [], [], pause)[0]:
                self._receive(each)
        self.run.ended = time.perf_counter()

    def _send(self) -> None:
        """Send the next request; a connection that cannot take it is given up."""
        number, self._next = self._next, self._next + 1
        connection = self._free.pop()
        try:
            connection.sendall(self._request(number))
        except OSError:
            self.run.broken.append(number)
            connection.close()
            return
        self._busy[connection] = (number, b"")

    def _receive(self, connection: socket.socket) -> None:
        """Read what came; a whole answer is booked and frees the connection."""
        number, before = self._busy[connection]
        try:
            data = connection.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.run.broken.append(number)
            del self._busy[connection]
            connection.close()
            return
        data = before + data
        if not _whole(data):
            self._busy[connection] = (number, data)
            return
        del self._busy[connection]
        self._free.append(connection)
        if data[9:10] == b"2":
            self.run.answered[number] = time.perf_counter()
        else:
            self.run.refused[number] = int(data[9:12])

    def close(self) -> None:
        """Close every connection, and book what was still under way as broken."""
        self.run.broken.extend(number for number, _ in self._busy.values())
        for each in [*self._free, *self._busy]:
            each.close()


def _whole(data: bytes) -> bool:
    """Tell whether an answer is complete; both servers state its length."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return False
    at = head.lower().find(b"content-length:")
    if at < 0:
        return True
    return len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0])
