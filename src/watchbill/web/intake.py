"""Intake: `POST /v2/enqueue`, `/v2/change/enqueue`, `/intake/<source>/<key>`. 202 means on disk.

In front of everything else: a bare ASGI endpoint, and the express way for single events. It finds
the request's door by its key (`doors.py`), lets the source read the body, and answers in the source's
own dialect once the events are committed (`groups.py`). One of the three asynchronous edges.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from watchbill.actions import events as events_actions
from watchbill.actions.events import Door
from watchbill.actions.shell import Shell
from watchbill.clock import real_now
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
from watchbill.web import express
from watchbill.web.bodies import Bodies, Lost
from watchbill.web.doors import Doors
from watchbill.web.express import Cycle
from watchbill.web.groups import Away, Groups

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: Largest body, in bytes; PagerDuty's limit is half of it.
BODY_LIMIT = 1_100_000
#: Signing certificates that are kept.
DOCUMENTS = 64

#: What of a scope an express request needs.
_POST: Scope = {"method": "POST"}


@dataclass(slots=True)
class Intake:
    """The door for events. `sources` by path name; `keyed` by path, for bodies with their key."""

    shell: Shell
    sources: Mapping[str, Source]
    keyed: Mapping[str, KeyedSource]
    fetch: Fetch
    #: Counts answered requests by source and status; handed in, so that metrics stay outside.
    count: Callable[[str, int], None] = lambda _source, _status: None
    _doors: Doors = field(init=False)
    _groups: Groups = field(init=False)
    _express: dict[bytes, KeyedSource] = field(init=False)
    _tasks: set[asyncio.Future[Reply]] = field(default_factory=set)
    _documents: dict[str, bytes] = field(default_factory=dict)
    _bodies: Bodies = field(default_factory=lambda: Bodies(BODY_LIMIT))

    def __post_init__(self) -> None:
        """Know the paths of the express way as they stand in a request's first line."""
        self._doors, self._groups = Doors(self.shell), Groups(self.shell)
        self._express = {path.encode(): source for path, source in self.keyed.items()}

    def takes(self, path: str) -> bool:
        """True if a request with this path is an event."""
        return path in self.keyed or path.startswith("/intake/")

    def forget_doors(self) -> None:
        """Load the doors again before the next request: one was opened, closed or changed."""
        self._doors.forget()

    async def write(self) -> None:
        """Commit what waits, group after group, until cancelled; the only writer."""
        await self._groups.write()

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
            door = self._doors.known(event.routing_key)
            if door is None:
                self._take_later(name, source, body, cycle)
                return
            events = event.events(_new_key)
            kept = body.replace(event.routing_key.encode(), events_actions.HIDDEN)
            reply = source.accepted(events)

            def told(is_stored: bool) -> None:  # noqa: FBT001 - a callback's one word
                self._finish(name, reply if is_stored else source.refused(Away()), cycle)

            self._groups.tell(door, events, kept, told)
        except (BadEvent, Refused) as error:
            self._finish(name, source.refused(error), cycle)

    def _take_later(self, name: str, source: KeyedSource, body: bytes, cycle: Cycle) -> None:
        task = asyncio.ensure_future(self._keyed(_POST, source, body))
        self._tasks.add(task)

        def finish(done: asyncio.Future[Reply]) -> None:
            self._tasks.discard(done)
            if done.cancelled():  # as it is when the server stops half-way
                return
            if (error := done.exception()) is not None:
                log.error("intake.failed", error=type(error).__name__)
            self._finish(name, express.FAILED if error else done.result(), cycle)

        task.add_done_callback(finish)

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
            door = self._doors.known(event.routing_key) or await self._doors.find(event.routing_key)
            if door is None:
                return source.unknown_key()
            events = event.events(_new_key)
            # what is kept of the request can be read by everybody; its key stays a secret
            kept = body.replace(event.routing_key.encode(), events_actions.HIDDEN)
            await self._groups.store(door, events, kept)
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
            door = await self._doors.find(key.strip("/"))
            if door is None or door.source != name:
                return source.refused(Refused(404, "no integration of this source has this key"))
            events = await self._parse(source, scope, door, body)
            if events:
                await self._groups.store(door, events, body)
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
