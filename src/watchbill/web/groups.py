"""Groups: events wait for one commit together, and 202 comes after it.

Every request that arrives while a commit is under way joins the next one: one writer, one COPY, one
commit, then each is told. There is no timer, so a lone request waits for nobody. The COPY goes
through asyncpg (ADR two-drivers).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import asyncpg
import structlog

from watchbill.actions import events as events_actions
from watchbill.actions.events import Door, Row
from watchbill.actions.shell import Shell
from watchbill.core.events import Event
from watchbill.core.sources import Refused

log = structlog.get_logger()

#: What may wait for a commit, in bytes of bodies; beyond it 503.
ROOM = 64_000_000
#: Rows of one COPY.
GROUP = 5_000
#: Seconds a request waits for its commit before it is told to come back.
PATIENCE_S = 5.0


class Away(Refused):
    """Nothing was stored just now; send it again."""

    def __init__(self) -> None:
        super().__init__(503, "not stored just now, send it again")


class _Commit(Enum):
    """How a commit went."""

    #: On disk.
    STORED = "stored"
    #: The database would not have one of the rows.
    REFUSED = "refused"
    #: The database did not answer.
    AWAY = "away"


#: Called with True once a request's events are on disk, with False if they are not.
Told = Callable[[bool], None]


@dataclass(slots=True)
class Group:
    """The requests that wait for one commit: their rows, and where each request's begin."""

    #: Resolves to the indexes of the requests that were not stored.
    done: asyncio.Future[frozenset[int]]
    rows: list[Row] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    size: int = 0
    #: Who is told without waiting: a request's index, and how.
    told: list[tuple[int, Told]] = field(default_factory=list)

    def add(self, rows: list[Row], size: int) -> int:
        """Take a request's rows in and return its index."""
        self.starts.append(len(self.rows))
        self.rows += rows
        self.size += size
        return len(self.starts) - 1

    def requests(self) -> list[list[Row]]:
        """Return the rows of each request."""
        ends = [*self.starts[1:], len(self.rows)]
        return [self.rows[start:end] for start, end in zip(self.starts, ends, strict=True)]


@dataclass(slots=True)
class Groups:
    """What waits for the next commits, and the only writer of the inbox in this process."""

    shell: Shell
    _waiting: deque[Group] = field(default_factory=deque)
    _bytes: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _connection: asyncpg.Connection[Any] | None = None
    #: True from a commit the database did not answer until one it did.
    _is_away: bool = False

    async def store(self, door: Door, events: tuple[Event, ...], body: bytes) -> None:
        """Wait until the events are committed.

        Raises: Away if there is no room, or the commit failed or took too long.
        """
        group, index = self._join(door, events, body)
        if index in await group.done:
            raise Away

    def tell(self, door: Door, events: tuple[Event, ...], body: bytes, told: Told) -> None:
        """Store the events, and call `told` when that is decided; nobody waits.

        Raises: Away if there is no room.
        """
        group, index = self._join(door, events, body)
        group.told.append((index, told))

    def _join(self, door: Door, events: tuple[Event, ...], body: bytes) -> tuple[Group, int]:
        """Put the events into the next group; return it and the request's place in it.

        Raises: Away if there is no room.
        """
        if self._bytes + len(body) > ROOM:
            raise Away
        rows = events_actions.rows(door, events, body, now=self.shell.clock.now())
        if not self._waiting or len(self._waiting[-1].rows) >= GROUP:
            self._waiting.append(Group(asyncio.get_running_loop().create_future()))
            self._arrived.set()
        group = self._waiting[-1]
        index = group.add(rows, len(body))
        self._bytes += len(body)
        return group, index

    async def write(self) -> None:
        """Commit what waits, group after group, until cancelled; the only writer."""
        try:
            await self._write()
        finally:
            if self._connection is not None:
                self._connection.terminate()

    async def _write(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                group = self._waiting.popleft()
                self._tell(group, await self._store_group(group))
                self.shell.traffic.taken += len(group.starts) + len(group.rows)
                self.shell.engine_bell.set()
                while self._is_away and self._waiting:  # nobody waits longer than one attempt
                    late = self._waiting.popleft()
                    self._tell(late, frozenset(range(len(late.starts))))

    def _tell(self, group: Group, lost: frozenset[int]) -> None:
        self._bytes -= group.size
        if not group.done.cancelled():  # as it is when the server stops half-way
            group.done.set_result(lost)
        for index, told in group.told:
            told(index not in lost)

    async def _store_group(self, group: Group) -> frozenset[int]:
        """Commit a group; return which of its requests were not stored.

        A group the database refuses is written again request by request: a bad neighbour costs
        nobody else.
        """
        outcome = await self._commit(group.rows)
        if outcome is _Commit.STORED:
            return frozenset()
        requests = group.requests()
        if outcome is _Commit.AWAY or len(requests) == 1:
            return frozenset(range(len(requests)))
        alone = [await self._commit(rows) for rows in requests]
        return frozenset(i for i, one in enumerate(alone) if one is not _Commit.STORED)

    async def _commit(self, rows: list[Row]) -> _Commit:
        """Store rows in one commit; if that failed, say whether the rows were to blame."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                if self._connection is None or self._connection.is_closed():
                    self._connection = await _connect(self.shell.db.url)
                await self._connection.copy_records_to_table(
                    events_actions.TABLE, records=rows, columns=events_actions.COLUMNS
                )
        except Exception as error:  # noqa: BLE001 - every waiter is told, whatever happened
            return self._failed(error, count=len(rows))
        if self._is_away:
            self._is_away = False
            log.info("intake.stores_again")
        return _Commit.STORED

    def _failed(self, error: Exception, *, count: int) -> _Commit:
        """Say why rows were not stored; once for a database that stays away."""
        is_refused = isinstance(error, asyncpg.DataError | ValueError)
        if is_refused or not self._is_away:
            log.warning("intake.not_stored", events=count, error=type(error).__name__)
        if is_refused:
            return _Commit.REFUSED
        self._is_away = True
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
        return _Commit.AWAY


async def _connect(url: str) -> asyncpg.Connection[Any]:
    return await asyncpg.connect(
        dsn=url, timeout=PATIENCE_S, server_settings={"application_name": "watchbill intake"}
    )
