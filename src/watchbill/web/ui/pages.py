"""Pages: turns a screen's context into a page, or into its live part when htmx asks.

Every screen is a template and a frozen dataclass whose fields are the template's variables,
rendered under StrictUndefined. A screen with a `part` has its changing half in a file whose name
begins with `_`; the full page includes it, so page and fragment cannot differ.
"""

from __future__ import annotations

import gzip
from dataclasses import Field, dataclass, fields
from functools import cache
from importlib import resources
from typing import Any, ClassVar, Protocol

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

from watchbill.web.ui import assets, ticks, times
from watchbill.web.ui.shell import Shell


class Context(Protocol):
    """What a screen shows: any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A template and, if it changes by itself, the part of it that does."""

    page: str
    part: str = ""


ALARM = Screen(page="alarms/alarm.html")
ALARM_FORM = Screen(page="alarms/form.html")
ALARM_QUEUE = Screen(page="alarms/queue.html")
ALARM_REVIEW = Screen(page="alarms/review.html")
ALARM_VERSIONS = Screen(page="alarms/versions.html")
ALARMS = Screen(page="alarms/list.html")
ANSWER = Screen(page="access/answer.html")
AUDIT = Screen(page="settings/audit.html")
AWAY = Screen(page="away/away.html")
BAR = Screen(page="alarms/bar.html")
CALENDARS = Screen(page="calendars/calendars.html")
DECLARE = Screen(page="incidents/declare.html")
ERROR = Screen(page="access/error.html")
HANDOVERS = Screen(page="alarms/handovers.html")
INCIDENT = Screen(page="incidents/incident.html", part="incidents/_incident.html")
INCIDENTS = Screen(page="incidents/list.html", part="incidents/_rows.html")
INTEGRATIONS = Screen(page="settings/integrations.html")
MAIL = Screen(page="mailbox/mail.html")
MAILBOX = Screen(page="mailbox/list.html", part="mailbox/_mails.html")
ME = Screen(page="people/me.html")
INVOLUNTARY = Screen(page="volunteers/involuntary.html")
LEAVE = Screen(page="volunteers/leave.html")
MANAGERS = Screen(page="managers/managers.html")
MY_SHIFTS = Screen(page="rota/mine.html")
ON_CALL = Screen(page="volunteers/on_call.html")
ON_CALL_SETTINGS = Screen(page="volunteers/settings.html")
NEW_SWAP = Screen(page="swaps/new.html")
PLAN = Screen(page="plans/plan.html")
PLANS = Screen(page="plans/list.html")
READINESS = Screen(page="volunteers/readiness.html")
ROTA = Screen(page="rota/rota.html")
RUNBOOK = Screen(page="alarms/runbook.html")
SETUP = Screen(page="access/setup.html")
SHIFT = Screen(page="rota/shift.html")
SIGN_IN = Screen(page="access/sign_in.html")
SWAP = Screen(page="swaps/swap.html")
SWAPS = Screen(page="swaps/list.html")
TEAM = Screen(page="teams/team.html")
TEAMS = Screen(page="teams/list.html")
TOKENS = Screen(page="settings/tokens.html")
HELPER = Screen(page="access/helper.html")
TEST_PAGE = Screen(page="access/test.html")
TONIGHT = Screen(page="tonight/tonight.html", part="tonight/_board.html")
UNREGISTERED = Screen(page="alarms/unregistered.html")
WEBHOOKS = Screen(page="settings/webhooks.html")

_TEMPLATES = resources.files("watchbill.web").joinpath("templates")

_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, HX-Request, Cookie"}


def render(
    request: Request, screen: Screen, context: Context, *, status: int = 200
) -> HTMLResponse:
    """Return the screen's page, or only its part when htmx asks for it.

    `request.state.shell` must hold the Shell of this request. A page is sent compressed, unless
    it shows a new secret (201) beside what somebody typed.
    """
    shell: Shell = request.state.shell
    wants_part = bool(screen.part) and request.headers.get("HX-Request") == "true"
    template = screen.part if wants_part else screen.page
    html = to_text(template, context, shell=shell, path=request.url.path)
    if status == 200 and "gzip" in request.headers.get("Accept-Encoding", ""):
        content = gzip.compress(html.encode(), compresslevel=5, mtime=0)
        return HTMLResponse(content, headers=_HEADERS | {"Content-Encoding": "gzip"})
    return HTMLResponse(html, status_code=status, headers=_HEADERS)


def to_text(template: str, context: Context, *, shell: Shell, path: str) -> str:
    """Return the template filled with the context's fields."""
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    return environment().get_template(template).render(**values, shell=shell, path=path)


def _source(name: str) -> str | None:
    """Return a template without its indentation, which only people who edit it need."""
    path = _TEMPLATES.joinpath(name)
    if not path.is_file():
        return None
    return "\n".join(line.lstrip() for line in path.read_text("utf-8").splitlines())


@cache
def environment() -> jinja2.Environment:
    """Return the one Jinja environment: strict, escaping, with our filters."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(times.FILTERS)
    made.filters["ticks"] = ticks.ticks
    made.globals["asset"] = assets.href
    return made
