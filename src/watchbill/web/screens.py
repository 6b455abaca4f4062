"""Screens: every URL of the screens, in one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchbill.web import answers, health, live
from watchbill.web.live import Hub
from watchbill.web.ui import (
    assets,
    faults,
    show_incident,
    show_incidents,
    show_mailbox,
    show_tonight,
    take_access,
    take_incidents,
    take_theme,
    visits,
)
from watchbill.web.ui.visits import Handler, Site

log = structlog.get_logger()

#: Method, path, handler, and who may: `nobody` in particular, a `person` signed in, an `admin`.
URLS: tuple[tuple[str, str, Handler, str], ...] = (
    ("GET", "/", show_tonight.show_tonight, "person"),
    ("GET", "/sign-in", take_access.show_sign_in, "nobody"),
    ("POST", "/sign-in", take_access.sign_in, "nobody"),
    ("POST", "/sign-out", take_access.sign_out, "nobody"),
    ("GET", "/setup", take_access.show_setup, "nobody"),
    ("POST", "/setup", take_access.set_up, "nobody"),
    ("GET", "/a/{token}", answers.show, "nobody"),
    ("POST", "/a/{token}", answers.take, "nobody"),
    ("GET", "/incidents", show_incidents.show_incidents, "person"),
    ("GET", "/incidents/declare", show_incidents.show_declare, "person"),
    ("POST", "/incidents/declare", take_incidents.declare, "person"),
    ("GET", "/incidents/{id}", show_incident.show_incident, "person"),
    ("POST", "/incidents/{id}/acknowledge", take_incidents.acknowledge, "person"),
    ("POST", "/incidents/{id}/resolve", take_incidents.resolve, "person"),
    ("POST", "/incidents/{id}/decline", take_incidents.decline, "person"),
    ("POST", "/incidents/{id}/help", take_incidents.need_help, "person"),
    ("POST", "/incidents/{id}/snooze", take_incidents.snooze, "person"),
    ("POST", "/incidents/{id}/break-glass", take_incidents.break_glass, "person"),
    ("POST", "/incidents/{id}/notes", take_incidents.note, "person"),
    ("POST", "/incidents/{id}/ask", take_incidents.ask, "person"),
    ("POST", "/theme", take_theme.take_theme, "nobody"),
    ("GET", "/mailbox", show_mailbox.show_mails, "nobody"),
    ("GET", "/mailbox/{id}", show_mailbox.show_mail, "nobody"),
)


def create_screens(
    site: Site, hub: Hub, *, finished_at: Callable[[], datetime | None]
) -> Starlette:
    """Return the application that answers every URL people open, and the health checks."""
    return Starlette(
        routes=[
            *(
                Route(path, visits.take(handler, site, needs=needs, route=path), methods=[method])
                for method, path, handler, needs in URLS
            ),
            Route("/live", live.endpoint(hub, lambda *asked: _may_hear(site, *asked))),
            Route("/static/{name:path}", _static(site)),
            *health.routes(site.shell, speed=site.speed, finished_at=finished_at),
        ],
        exception_handlers={404: _nowhere(site), 405: _nowhere(site), Exception: _unforeseen(site)},
    )


def _may_hear(site: Site, request: Request, topic: str) -> bool:
    is_mailbox = topic == "mailbox" and site.mailbox is not None
    return is_mailbox or visits.Visit(request, site).viewer is not None


def _static(site: Site) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        try:
            return assets.send(request)
        except assets.AssetNotFound as error:
            request.state.shell = visits.bare_shell(visits.Visit(request, site))
            return faults.page(request, error)

    return endpoint


def _nowhere(site: Site) -> Callable[[Request, Exception], Response]:
    def endpoint(request: Request, _error: Exception) -> Response:
        request.state.shell = visits.bare_shell(visits.Visit(request, site))
        return faults.page(request, faults.NoSuchScreen())

    return endpoint


def _unforeseen(site: Site) -> Callable[[Request, Exception], Response]:
    def endpoint(request: Request, error: Exception) -> Response:
        log.error("screens.failed", path=request.url.path, error=repr(error))
        request.state.shell = visits.bare_shell(visits.Visit(request, site))
        return faults.unforeseen(request)

    return endpoint
