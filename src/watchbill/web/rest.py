"""Rest: whatever is not an event goes to the API, the metrics or the screens, behind the guard."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from watchbill.web import middleware
from watchbill.web.middleware import Guard


class Rest:
    """An ASGI application that picks another by the beginning of the path.

    Each is made when it is first asked for: the API takes half a second to import, and a server
    that only takes events and pages people does without.
    """

    def __init__(
        self, makers: dict[str, Callable[[], ASGIApp]], screens: Callable[[], ASGIApp]
    ) -> None:
        self._makers = {**makers, "/": screens}
        self._made: dict[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        await (await self._find(scope.get("path", "/")))(scope, receive, send)

    async def _find(self, path: str) -> ASGIApp:
        prefix = next((p for p in self._makers if p != "/" and path.startswith(p)), "/")
        if prefix not in self._made:
            self._made[prefix] = await run_in_threadpool(self._makers[prefix])
        return self._made[prefix]


def create_rest(
    screens: Callable[[], ASGIApp],
    others: dict[str, Callable[[], ASGIApp]],
    *,
    base_url: str,
    count: middleware.Count = middleware.count_nothing,
) -> ASGIApp:
    """Return everything but the intake; `others` are makers by the beginning of their paths."""
    return Guard(Rest(others, screens), base_url=base_url, count=count)
