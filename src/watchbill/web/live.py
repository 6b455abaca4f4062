"""Live: tells open screens that something changed; they fetch it again by themselves.

An open stream per screen must not hold a thread, so this is asynchronous. What is sent says only
*that* something changed: what it is is read through an ordinary request, with its rights.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

#: A sign of life so often, so that proxies and browsers notice a dead connection.
_ALIVE_S = 15.0
#: A stream ends after this long and the browser opens another: rights are looked at again.
_LIFE_S = 600.0
#: How often the demo's mailbox is looked at.
_MAIL_S = 0.5

_CHANGED = "event: changed\ndata: 1\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(eq=False, slots=True)
class _Screen:
    """One open screen: what it shows, and whether that has changed."""

    topic: str
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """Every open screen of this process. `tell` may be called from any thread."""

    def __init__(self, *, newest_mail: Callable[[], int] = lambda: 0) -> None:
        self._screens: set[_Screen] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._newest_mail = newest_mail
        self._closed = False

    def tell(self, incident_ids: tuple[str, ...]) -> None:
        """Say which incidents changed; none means that any may have."""
        loop = self._loop
        if loop is not None and self._screens:
            with suppress(RuntimeError):  # the server has just stopped, and its loop with it
                loop.call_soon_threadsafe(self._tell, incident_ids)

    def close(self) -> None:
        """End every stream, so that the server can stop at once; called in its loop."""
        self._closed = True
        for screen in self._screens:
            screen.changed.set()

    def _tell(self, incident_ids: tuple[str, ...]) -> None:
        for screen in self._screens:
            if _shows(screen.topic, incident_ids):
                screen.changed.set()

    async def stream(self, topic: str) -> AsyncIterator[str]:
        """Yield what one screen hears, until it is closed."""
        self._loop = asyncio.get_running_loop()
        screen, life = _Screen(topic), 0.0
        self._screens.add(screen)
        pause = _MAIL_S if topic == "mailbox" else _ALIVE_S
        mail = self._newest_mail()
        try:
            yield "retry: 1000\n\n"
            while life < _LIFE_S:
                if not await _set_within(screen.changed, pause):
                    life += pause
                if self._closed:
                    return
                before, mail = mail, self._newest_mail()
                if screen.changed.is_set() or (topic == "mailbox" and mail != before):
                    screen.changed.clear()
                    yield _CHANGED
                elif topic != "mailbox":
                    yield ": alive\n\n"
        finally:
            self._screens.discard(screen)


def endpoint(hub: Hub, may_look: Callable[[Request, str], bool]) -> Callable[[Request], object]:
    """Return what answers `/live?topic=…`; `may_look` says whether this browser may hear it."""

    async def live(request: Request) -> Response:
        topic = request.query_params.get("topic", "")
        if not await run_in_threadpool(may_look, request, topic):
            return PlainTextResponse("Sign in first.", 401)
        stream = hub.stream(topic)
        return StreamingResponse(stream, media_type="text/event-stream", headers=_HEADERS)

    return live


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def _shows(topic: str, incident_ids: tuple[str, ...]) -> bool:
    if topic == "mailbox":
        return False
    kind, _, incident_id = topic.partition(":")
    return kind != "incident" or not incident_ids or incident_id in incident_ids
