"""Intake: `POST /v2/enqueue`, `/v2/change/enqueue`, `/intake/<source>/<key>`. 202 means on disk.

A bare ASGI endpoint in front of everything else. Every request that arrives while a commit is
under way joins the next one: one writer, one COPY, one commit, then each is answered. There is no
timer, so a lone request waits for nobody.

One of the three asynchronous edges. The COPY goes through asyncpg (ADR on drivers).
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import asyncpg
import structlog

from watchbill.actions import events as events_actions
from watchbill.actions.events import Door, Row
from watchbill.actions.shell import Shell
from watchbill.clock import real_monotonic, real_now
from watchbill.core.events import BadEvent, Event
from watchbill.core.sources import (
    Confirm,
    Fetch,
    KeyedSource,
    Needs,
    Refused,
    Reply,
    Request,
    Source,
)
from watchbill.errors import WatchbillError
from watchbill.web import express
from watchbill.web.bodies import Bodies, Lost
from watchbill.web.express import Cycle

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: Largest body, in bytes; PagerDuty's limit is half of it.
BODY_LIMIT = 1_100_000
#: What may wait for a commit, in bytes of bodies; beyond it 503.
ROOM = 64_000_000
#: Rows of one COPY.
GROUP = 5_000
#: Seconds between two looks for keys nobody knows; NOTIFY tells of new ones anyway.
RELOAD_S = 1.0
#: Signing certificates that are kept.
DOCUMENTS = 64
#: Seconds a request waits for its commit before it is told to come back.
PATIENCE_S = 5.0

_PAGERDUTY_PATHS = ("/v2/enqueue", "/v2/change/enqueue")
#: What of a scope an express request needs.
_POST: Scope = {"method": "POST"}


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


@dataclass(slots=True)
class _Group:
    """The requests that wait for one commit: their rows, and where each request's begin."""

    #: Resolves to the indexes of the requests that were not stored.
    done: asyncio.Future[frozenset[int]]
    rows: list[Row] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    size: int = 0

    #: Requests of the express way: index, path, what to answer once stored, and whom.
    express: list[tuple[int, str, Reply, Cycle]] = field(default_factory=list)

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
class Intake:
    """The door for events. `sources` by path name; `keyed` by path, for bodies with their key."""

    shell: Shell
    sources: Mapping[str, Source]
    keyed: Mapping[str, KeyedSource]
    fetch: Fetch
    #: Counts answered requests by source and status; handed in, so that metrics stay outside.
    count: Callable[[str, int], None] = lambda _source, _status: None
    _doors: dict[str, Door] = field(default_factory=dict)
    _known: dict[str, Door] = field(default_factory=dict)
    _stale: bool = True
    _loaded_at: float = 0.0
    _groups: deque[_Group] = field(default_factory=deque)
    _bytes: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _connection: asyncpg.Connection[Any] | None = None
    #: True from a commit the database did not answer until one it did.
    _is_away: bool = False
    _loading: asyncio.Future[None] | None = None
    _express: dict[bytes, KeyedSource] = field(init=False)
    _tasks: set[asyncio.Future[None]] = field(default_factory=set)
    _documents: dict[str, bytes] = field(default_factory=dict)
    _bodies: Bodies = field(default_factory=lambda: Bodies(BODY_LIMIT))

    def __post_init__(self) -> None:
        """Know the paths of the express way as they stand in a request's first line."""
        self._express = {path.encode(): source for path, source in self.keyed.items()}

    def takes(self, path: str) -> bool:
        """True if a request with this path is an event."""
        return path in self.keyed or path.startswith("/intake/")

    def forget_doors(self) -> None:
        """Load the doors again before the next request: one was opened, closed or changed."""
        self._stale = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request in its source's dialect, 202 only once its events are on disk."""
        path = scope["path"]
        message = await receive()
        whole: bytes = message.get("body", b"")
        body: bytes | Lost = whole
        if message.get("more_body") or len(whole) > BODY_LIMIT:
            body = await self._bodies.read(message, receive)
        if body is Lost.NO_ROOM:
            await _answer(send, _plain(503, "there is no room just now, send it again"))
            return
        keyed = self.keyed.get(path)
        if keyed is not None:
            reply = await self._keyed(scope, keyed, body)
        else:
            reply = await self._named(scope, path, body)
        self.count(path.split("/")[2], reply.status)
        await _answer(send, reply)

    def is_express(self, path: bytes) -> bool:
        """True if POSTs to this path need no task of their own."""
        return path in self._express

    def take(self, path: bytes, body: bytes, cycle: Cycle) -> None:
        """Take one small body in; it is answered once its group is committed.

        What needs more than that (a key not known yet) goes on in a task.
        """
        source = self._express[path]
        name = path.decode("ascii")
        try:
            event = source.decode(body)
            door = None if self._stale else self._known.get(event.routing_key)
            if door is None:
                self._take_later(name, source, body, cycle)
                return
            events = event.events(_new_key)
            kept = body.replace(event.routing_key.encode(), events_actions.HIDDEN)
            group, index = self._join(door, events, kept)
        except (BadEvent, Refused) as error:
            self._finish(name, source.refused(error), cycle)
            return
        group.express.append((index, name, source.accepted(events), cycle))

    def _take_later(self, name: str, source: KeyedSource, body: bytes, cycle: Cycle) -> None:
        async def take() -> None:
            self._finish(name, await self._keyed(_POST, source, body), cycle)

        task = asyncio.ensure_future(take())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _finish(self, name: str, reply: Reply, cycle: Cycle) -> None:
        self.count(name.split("/")[2], reply.status)
        cycle.answer(reply)

    async def _keyed(self, scope: Scope, source: KeyedSource, body: bytes | Lost) -> Reply:
        if scope["method"] != "POST":
            return source.refused(Refused(405, "send a POST"))
        if isinstance(body, Lost):
            return source.refused(_too_large())
        try:
            event = source.decode(body)
            door = self._known.get(event.routing_key) if not self._stale else None
            door = door or await self._find(event.routing_key)
            if door is None:
                return source.unknown_key()
            events = event.events(_new_key)
            # what is kept of the request can be read by everybody; its key stays a secret
            kept = body.replace(event.routing_key.encode(), events_actions.HIDDEN)
            await self._store(door, events, kept)
        except (BadEvent, Refused) as error:
            return source.refused(error)
        return source.accepted(events)

    async def _named(self, scope: Scope, path: str, body: bytes | Lost) -> Reply:
        name, _, key = path.removeprefix("/intake/").partition("/")
        source = self.sources.get(name)
        if source is None:
            return _plain(404, f"there is no source called {name!r}")
        if isinstance(body, Lost):
            return source.refused(_too_large())
        try:
            door = await self._find(key.strip("/"))
            if door is None or door.source != name:
                return source.refused(Refused(404, "no integration of this source has this key"))
            events = await self._parse(source, scope, door, body)
            if events:
                await self._store(door, events, body)
        except (BadEvent, Refused) as error:
            return source.refused(error)
        return source.accepted(events)

    async def _parse(
        self, source: Source, scope: Scope, door: Door, body: bytes
    ) -> tuple[Event, ...]:
        request = Request(
            method=scope["method"],
            headers={k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]},
            query=scope["query_string"].decode("latin-1"),
            body=body,
        )
        now = real_now()  # the sender signs by its own clock
        parsed = source.parse(request, door.settings, now=now)
        if isinstance(parsed, Needs):
            request = replace(request, documents={parsed.url: await self._document(parsed.url)})
            parsed = source.parse(request, door.settings, now=now)
        if isinstance(parsed, Confirm):
            await asyncio.to_thread(self.fetch, parsed.url)
            return ()
        if isinstance(parsed, Needs):
            raise Refused(503, "a document this needs cannot be had just now")
        return parsed

    async def _document(self, url: str) -> bytes:
        """Return what is at `url`, which its source allows; what was got once is kept."""
        if url not in self._documents:
            if len(self._documents) >= DOCUMENTS:
                self._documents.clear()
            self._documents[url] = await asyncio.to_thread(self.fetch, url)
        return self._documents[url]

    async def _find(self, key: str) -> Door | None:
        """Return the door of `key`; what is not known is looked for once more in the database."""
        while self._stale:
            await self._load()
        door = self._look(key)
        is_old = real_monotonic() > self._loaded_at + RELOAD_S
        if door is None and (is_old or self._loading is not None):
            await self._load()
            door = self._look(key)
        return door

    def _look(self, key: str) -> Door | None:
        door = self._known.get(key) or self._doors.get(events_actions.hash_key(key))
        if door is not None:
            self._known[key] = door
        return door

    async def _load(self) -> None:
        """Load the doors; whoever needs them meanwhile waits for the same load.

        Raises: Away.
        """
        if self._loading is None:
            self._loading = asyncio.ensure_future(self._load_doors())
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.shield(self._loading)
        except TimeoutError as error:
            raise Away from error

    async def _load_doors(self) -> None:
        self._stale = False
        try:
            self._doors = await asyncio.to_thread(events_actions.doors, self.shell)
            self._known = {}
        except WatchbillError as error:
            self._stale = True
            raise Away from error
        finally:
            self._loading = None
            self._loaded_at = real_monotonic()

    async def _store(self, door: Door, events: tuple[Event, ...], body: bytes) -> None:
        """Wait until the events are committed.

        Raises: Away if there is no room, or the commit failed or took too long.
        """
        group, index = self._join(door, events, body)
        if index in await group.done:
            raise Away

    def _join(self, door: Door, events: tuple[Event, ...], body: bytes) -> tuple[_Group, int]:
        """Put the events into the next group; return it and the request's place in it.

        Raises: Away if there is no room.
        """
        if self._bytes + len(body) > ROOM:
            raise Away
        rows = events_actions.rows(door, events, body, now=self.shell.clock.now())
        if not self._groups or len(self._groups[-1].rows) >= GROUP:
            self._groups.append(_Group(asyncio.get_running_loop().create_future()))
            self._arrived.set()
        group = self._groups[-1]
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
            while self._groups:
                group = self._groups.popleft()
                self._tell(group, await self._store_group(group))
                self.shell.traffic.taken += len(group.starts) + len(group.rows)
                self.shell.engine_bell.set()
                while self._is_away and self._groups:  # nobody waits longer than one attempt
                    late = self._groups.popleft()
                    self._tell(late, frozenset(range(len(late.starts))))

    def _tell(self, group: _Group, lost: frozenset[int]) -> None:
        self._bytes -= group.size
        if not group.done.cancelled():  # as it is when the server stops half-way
            group.done.set_result(lost)
        for index, name, reply, cycle in group.express:
            is_lost = index in lost
            self._finish(name, self.keyed[name].refused(Away()) if is_lost else reply, cycle)

    async def _store_group(self, group: _Group) -> frozenset[int]:
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


async def _answer(send: Send, reply: Reply) -> None:
    headers = express.headers(reply)
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _too_large() -> Refused:
    return Refused(413, f"the body is larger than {BODY_LIMIT} bytes")


def _plain(status: int, text: str) -> Reply:
    return Reply(status=status, content_type="text/plain", body=text.encode())


def _new_key() -> str:
    return uuid.uuid4().hex
