"""Health: is the process alive, and is it ready to be relied on?

`/health/live` needs nothing. `/health/ready` says 503, with the reason, until a full cycle of the
engine has finished, and whenever the last one is long ago or the database does not answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchbill.actions.shell import Shell
from watchbill.errors import Unavailable
from watchbill.queries import health

#: A cycle that finished longer ago than this, by a real clock, means that the engine hangs.
STALE = timedelta(seconds=60)


def routes(
    shell: Shell, *, speed: float, finished_at: Callable[[], datetime | None]
) -> list[Route]:
    """Return both URLs; `finished_at` says when the engine last finished a full cycle."""

    def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    def ready(_request: Request) -> Response:
        fault = _engine_fault(finished_at(), shell.clock.now(), speed) or _database_fault(shell)
        if fault:
            body = {"status": "unavailable", "reason": fault}
            return JSONResponse(body, 503, {"Retry-After": "1"})
        return JSONResponse({"status": "ok"})

    return [Route("/health/live", live), Route("/health/ready", ready)]


def _engine_fault(finished_at: datetime | None, now: datetime, speed: float) -> str:
    if finished_at is None:
        return "the engine has not finished a full cycle yet"
    if now - finished_at > STALE * max(speed, 1.0):
        seconds = math.floor((now - finished_at).total_seconds())
        return f"the engine finished its last full cycle {seconds} seconds ago"
    return ""


def _database_fault(shell: Shell) -> str:
    try:
        return health.schema_fault(shell.db)
    except Unavailable:
        return "the database does not answer"
