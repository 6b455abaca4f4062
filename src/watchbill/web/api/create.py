"""Create: the API as one ASGI application, with everything that goes wrong as a problem."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from watchbill.actions.shell import Shell
from watchbill.errors import WatchbillError
from watchbill.web import problems
from watchbill.web.api import (
    access,
    alarms,
    asked,
    bar,
    calendars,
    companies,
    csv_imports,
    duty,
    handoffs,
    history,
    incidents,
    people_on_call,
    rosters,
    swaps,
    terms,
    volunteers,
    watched,
    wishes,
)
from watchbill.web.api.known import Known
from watchbill.web.oncall import Beside, OnCall

log = structlog.get_logger()

VERSION = "1"
PREFIX = "/api/v1"
_TITLES = {404: "There is no such address.", 405: "This address does not take that method."}
#: What every endpoint may answer besides its own.
_SCHEMA = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request cannot be done, and why.", "content": _SCHEMA},
    "5XX": {"description": "Not just now.", "content": _SCHEMA},
}


def create_api(shell: Shell, on_call: OnCall) -> ASGIApp:
    """Return the API; `on_call` is told by the composition root when the company changes."""
    return Beside(on_call, Known(shell, _fastapi(shell)))


def schema() -> dict[str, Any]:
    """Return the OpenAPI document, without a shell."""
    return _fastapi(None).openapi()


def _fastapi(shell: Shell | None) -> FastAPI:
    app = FastAPI(
        title="Watchbill",
        version=VERSION,
        summary="On call, for those who agreed to it.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=_PROBLEMS,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
    )
    app.state.shell = shell
    for noun in (
        duty,
        incidents,
        history,
        companies,
        watched,
        alarms,
        bar,
        volunteers,
        wishes,
        people_on_call,
        terms,
        rosters,
        handoffs,
        swaps,
        calendars,
        csv_imports,
        access,
    ):
        app.include_router(noun.router, prefix=PREFIX)
    app.add_exception_handler(WatchbillError, _foreseen)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unforeseen)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = made()
            schemas = found["components"]["schemas"]
            schemas["Problem"] = asked.Problem.model_json_schema()
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            for operations in found["paths"].values():
                for operation in operations.values():
                    operation["responses"].pop("422", None)
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _foreseen(request: Request, error: Exception) -> Response:
    request.state.route = _pattern(request)
    if not isinstance(error, WatchbillError):
        return _unforeseen(request, error)
    return problems.of(error)


def _invalid(_request: Request, error: Exception) -> Response:
    """A body or parameter of the wrong shape: say where and what, and repeat nothing of it."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    details = [
        {"where": ".".join(str(part)[:100] for part in one["loc"]), "what": str(one["msg"])[:300]}
        for one in found[:20]
    ]
    is_json = any(one["type"] == "json_invalid" for one in found)
    status = 400 if is_json else 422
    code = "not-json" if is_json else "invalid-request"
    title = "The body is not JSON." if is_json else "Something in the request has the wrong shape."
    return problems.response(status, problems.body(status, code, title, "", {"errors": details}))


def _plain(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(getattr(error, "headers", None) or {})
    title = _TITLES.get(status, "The request cannot be read.")
    code = {404: "no-such-address", 405: "wrong-method"}.get(status, "bad-request")
    return problems.response(status, problems.body(status, code, title), headers.items())


def _unforeseen(_request: Request, error: Exception) -> Response:
    log.error("api.failed", error=repr(error))
    return problems.response(
        500, problems.body(500, "unforeseen", "Something went wrong that nobody foresaw.")
    )


def _pattern(request: Request) -> str:
    route = request.scope.get("route")
    return str(getattr(route, "path", "")) or "other"
