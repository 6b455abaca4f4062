"""Sign in, sign out, and the first admin of an empty Watchbill."""

from __future__ import annotations

from typing import Literal, TypedDict
from zoneinfo import available_timezones

from starlette.responses import RedirectResponse, Response

from watchbill.actions import people, sessions
from watchbill.errors import Conflict, Invalid, TooMany, Unauthenticated, WatchbillError
from watchbill.web import auth, problems
from watchbill.web.ui import access, faults, pages
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.take_theme import local
from watchbill.web.ui.visits import SESSION, Visit

#: The cookie of a browser in which somebody has signed in; it opens nothing.
_MARK = "wb_mark"
_YEAR_S = 365 * 86400


class _Safe(TypedDict):
    httponly: bool
    samesite: Literal["lax"]
    secure: bool


def show_sign_in(visit: Visit) -> Response:
    """Show the form; an empty Watchbill is set up first, and who is signed in need not again."""
    if visit.viewer is not None:
        return visit.back(local(visit.asked("next") or "/"))
    if people.is_empty(visit.site.shell):
        return visit.back("/setup")
    return _sign_in_form(visit, following=visit.asked("next"))


def sign_in(visit: Visit) -> Response:
    """Begin a session and go where the person wanted to."""
    following = visit.field("next")
    try:
        return _signed_in(visit, visit.field("email"), visit.raw("password"), following)
    except (Unauthenticated, TooMany) as error:
        return _sign_in_form(visit, following=following, error=error)


def sign_out(visit: Visit) -> Response:
    """End the session of this browser."""
    sessions.sign_out(visit.site.shell, visit.request.cookies.get(SESSION, ""))
    response = visit.back("/sign-in")
    response.delete_cookie(SESSION)
    return response


def show_setup(visit: Visit) -> Response:
    """Show the form for the first admin, while there is nobody."""
    _need_empty(visit)
    return _setup_form(visit)


def set_up(visit: Visit) -> Response:
    """Make the first admin and sign them in."""
    _need_empty(visit)
    email, password = visit.field("email"), visit.raw("password")
    values = {
        "name": visit.field("name"),
        "email": email,
        "zone": visit.field("zone") or "UTC",
        "role": "manager",
    }
    try:
        people.create_first(visit.site.shell, values, password=password)
    except (Invalid, Conflict) as error:
        return _setup_form(visit, error=error)
    return _signed_in(visit, email, password, "/settings/integrations")


def _signed_in(visit: Visit, email: str, password: str, following: str) -> Response:
    request = visit.request
    shell = visit.site.shell
    cookie = sessions.sign_in(
        shell,
        email,
        password,
        address=_address(visit),
        agent=request.headers.get("user-agent", ""),
        mark=request.cookies.get(_MARK, ""),
    )
    response = RedirectResponse(local(following or "/"), status_code=303)
    seconds = int(sessions.LASTS.total_seconds())
    safe: _Safe = {"httponly": True, "samesite": "lax", "secure": visit.site.is_secure}
    response.set_cookie(SESSION, cookie, max_age=seconds, **safe)
    found = sessions.find(shell, cookie)
    if found is not None:
        known = sessions.mark(shell, found.person_id)
        response.set_cookie(_MARK, known, max_age=_YEAR_S, path="/sign-in", **safe)
    return response


def _sign_in_form(visit: Visit, *, following: str, error: WatchbillError | None = None) -> Response:
    demo = visit.site.demo
    context = access.SignIn(
        email=visit.field("email") or (demo[0] if demo else ""),
        next=local(following or "/"),
        error=faults.sentence(error) if error else "",
        demo=demo,
    )
    status = problems.status_of(error) if error else 200
    return pages.render(visit.request, pages.SIGN_IN, context, status=status)


def _setup_form(visit: Visit, *, error: WatchbillError | None = None) -> Response:
    zones = sorted(zone for zone in available_timezones() if "/" in zone and zone[:4] != "Etc/")
    context = access.Setup(
        zones=tuple(Choice(value=zone, label=zone.replace("_", " ")) for zone in zones),
        name=visit.field("name"),
        email=visit.field("email"),
        zone=visit.field("zone") or "Europe/Dublin",
        error=faults.sentence(error) if error else "",
    )
    status = problems.status_of(error) if error else 200
    return pages.render(visit.request, pages.SETUP, context, status=status)


def _need_empty(visit: Visit) -> None:
    if not people.is_empty(visit.site.shell):
        raise people.NotEmpty


def _address(visit: Visit) -> str:
    """Return whose attempts these are: the address behind the proxies we trust."""
    request = visit.request
    peer = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    return auth.address_of(peer, forwarded, trusted=visit.site.trusted_proxies)
