"""Front: the first thing every request meets. Events go to the intake, the rest to the screens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from watchbill.web.intake import Intake

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Front:
    """The ASGI application. Starts the intake's writer with the server and ends it with it."""

    def __init__(self, intake: Intake, rest: App) -> None:
        self._intake = intake
        self._rest = rest
        self._writer: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on by its path."""
        if scope["type"] == "http" and self._intake.takes(scope["path"]):
            await self._intake(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._rest(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._writer = asyncio.create_task(self._intake.write())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer
        await send({"type": "lifespan.shutdown.complete"})
