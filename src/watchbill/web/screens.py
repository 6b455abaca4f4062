"""Screens: every URL of the screens, in one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchbill.web import answers, health, helper_links, live
from watchbill.web.live import Hub
from watchbill.web.ui import (
    assets,
    faults,
    show_alarm,
    show_alarm_form,
    show_alarms,
    show_bar,
    show_handovers,
    show_incident,
    show_incidents,
    show_mailbox,
    show_me,
    show_review,
    show_runbook,
    show_settings,
    show_teams,
    show_tonight,
    show_versions,
    take_access,
    take_alarms,
    take_bar,
    take_incidents,
    take_me,
    take_settings,
    take_theme,
    visits,
)
from watchbill.web.ui.visits import Site, Urls
from watchbill.web.urls import calendars, plans, rota, swaps, volunteers

log = structlog.get_logger()

#: Every URL, in the order they are tried.
URLS: Urls = (
    *rota.URLS,
    *volunteers.URLS,
    *plans.URLS,
    *swaps.URLS,
    *calendars.URLS,
    ("GET", "/", show_tonight.show_tonight, "person"),
    ("GET", "/sign-in", take_access.show_sign_in, "nobody"),
    ("POST", "/sign-in", take_access.sign_in, "nobody"),
    ("POST", "/sign-out", take_access.sign_out, "nobody"),
    ("GET", "/setup", take_access.show_setup, "nobody"),
    ("POST", "/setup", take_access.set_up, "nobody"),
    ("GET", "/a/{token}", answers.show, "nobody"),
    ("POST", "/a/{token}", answers.take, "nobody"),
    ("GET", "/h/{token}", helper_links.show, "nobody"),
    ("POST", "/h/{token}", helper_links.take, "nobody"),
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
    ("POST", "/incidents/{id}/helped", take_incidents.helped, "person"),
    ("POST", "/incidents/{id}/review", take_incidents.review, "person"),
    ("GET", "/alarms", show_alarms.show_alarms, "person"),
    ("POST", "/alarms", take_alarms.create, "person"),
    ("GET", "/alarms/new", show_alarm_form.show_new, "person"),
    ("GET", "/alarms/queue", show_alarms.show_queue, "person"),
    ("GET", "/alarms/unregistered", show_alarms.show_unregistered, "person"),
    ("GET", "/alarms/{id}", show_alarm.show_alarm, "person"),
    ("GET", "/alarms/{id}/edit", show_alarm_form.show_edit, "person"),
    ("POST", "/alarms/{id}/edit", take_alarms.change, "person"),
    ("GET", "/alarms/{id}/review", show_review.show_review, "person"),
    ("GET", "/alarms/{id}/runbook", show_runbook.show_runbook, "person"),
    ("GET", "/alarms/{id}/versions", show_versions.show_versions, "person"),
    ("POST", "/alarms/{id}/state", take_alarms.set_state, "person"),
    ("POST", "/alarms/{id}/break-glass", take_alarms.break_glass, "person"),
    ("GET", "/handovers", show_handovers.show_handovers, "person"),
    ("GET", "/bar", show_bar.show_bar, "person"),
    ("POST", "/bar", take_bar.agree, "person"),
    ("GET", "/teams", show_teams.show_teams, "person"),
    ("GET", "/teams/{id}", show_teams.show_team, "person"),
    ("GET", "/me", show_me.show_me, "person"),
    ("POST", "/me/access", take_bar.confirm, "person"),
    ("POST", "/me/helping", take_me.set_helping, "person"),
    ("POST", "/me/methods", take_me.add_method, "person"),
    ("POST", "/me/methods/{id}/verify", take_me.verify, "person"),
    ("POST", "/me/methods/{id}/code", take_me.send_code, "person"),
    ("POST", "/me/methods/{id}/test", take_me.send_test, "person"),
    ("POST", "/me/methods/{id}/remove", take_me.remove_method, "person"),
    ("POST", "/me/rules", take_me.add_rule, "person"),
    ("POST", "/me/rules/{id}/remove", take_me.remove_rule, "person"),
    ("POST", "/me/sessions/{id}/end", take_me.end_session, "person"),
    ("GET", "/settings", show_settings.show_settings, "admin"),
    ("GET", "/settings/integrations", show_settings.show_integrations, "admin"),
    ("POST", "/settings/integrations", take_settings.add_integration, "admin"),
    ("POST", "/settings/integrations/{id}/remove", take_settings.remove_integration, "admin"),
    ("GET", "/settings/tokens", show_settings.show_tokens, "admin"),
    ("POST", "/settings/tokens", take_settings.add_token, "admin"),
    ("POST", "/settings/tokens/{id}/revoke", take_settings.revoke_token, "admin"),
    ("GET", "/settings/webhooks", show_settings.show_webhooks, "admin"),
    ("POST", "/settings/webhooks", take_settings.add_webhook, "admin"),
    ("POST", "/settings/webhooks/{id}/remove", take_settings.remove_webhook, "admin"),
    ("GET", "/settings/audit", show_settings.show_audit, "admin"),
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
        route = getattr(request.state, "route", "other")  # not the path: it may hold a link's token
        log.error("screens.failed", route=route, error=repr(error))
        request.state.shell = visits.bare_shell(visits.Visit(request, site))
        return faults.unforeseen(request)

    return endpoint
