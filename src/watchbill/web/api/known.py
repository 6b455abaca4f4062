"""Known: who sends much is asked who they are before what they send is taken apart.

A folder of alarms is up to 16 MB. To parse that takes seconds and hundreds of megabytes if it was
made to, and pages wait meanwhile; a stranger does not get so far, nor does what no folder holds.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from watchbill.actions.shell import Shell
from watchbill.errors import WatchbillError
from watchbill.web import auth, problems

#: Bytes of a body from which on its sender is asked first.
_LARGE = 65_536
#: Most lists and objects in a body: a folder of five thousand alarms has a tenth of them.
_MOST_PARTS = 1_000_000


class Known:
    """The ASGI application around the API; the guard has read the body."""

    def __init__(self, shell: Shell, app: ASGIApp) -> None:
        self._shell = shell
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it is large and nobody we know sends it."""
        body = scope.get("state", {}).get("body", b"")
        if len(body) > _LARGE:
            try:
                headers = Headers(scope=scope)
                await run_in_threadpool(auth.caller, self._shell, headers, scope="answer")
            except WatchbillError as error:
                await problems.of(error)(scope, receive, send)
                return
            if body.count(b"[") + body.count(b"{") > _MOST_PARTS:
                title = "The body has more parts than are taken here."
                refusal = problems.response(413, problems.body(413, "too-many-parts", title))
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
