"""Faults: what went wrong as a page that says what to do now."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from watchbill import errors
from watchbill.errors import WatchbillError
from watchbill.web.ui import access, pages


class SignInFirst(errors.Unauthenticated):
    """Sign in first."""


class AdminsOnly(errors.Forbidden):
    """Only an admin may see and change this."""


class BadForm(errors.Invalid):
    """The form did not arrive as it was sent."""


class NoSuchScreen(errors.NotFound):
    """There is no such page here."""


#: Kind of error → status and what the person can do.
_KINDS: tuple[tuple[type[WatchbillError], int, str], ...] = (
    (errors.NotFound, 404, "Check the address, or start from Tonight."),
    (errors.Invalid, 422, "Go back, change it, and send it again."),
    (errors.Conflict, 409, "Go back and reload: somebody may have been faster."),
    (errors.Forbidden, 403, "Ask an admin of your company to do it, or to make you one."),
    (errors.Unauthenticated, 401, "Sign in, and try again."),
    (errors.TooMany, 429, "Wait a minute, and try again."),
    (errors.Unavailable, 503, "Try again in a moment. Events that arrive now are not lost."),
)
_UNFORESEEN = (500, "Try again; if it stays, tell whoever runs Watchbill what you did.")


def page(request: Request, error: WatchbillError) -> Response:
    """Return the page for an error we foresaw."""
    status, advice = kind_of(error)
    context = access.ErrorPage(
        status=status, title=error.title(), detail=error.detail or "", advice=advice
    )
    return pages.render(request, pages.ERROR, context, status=status)


def unforeseen(request: Request) -> Response:
    """Return the page for an error nobody foresaw."""
    status, advice = _UNFORESEEN
    context = access.ErrorPage(
        status=status, title="Something went wrong inside Watchbill.", detail="", advice=advice
    )
    return pages.render(request, pages.ERROR, context, status=status)


def kind_of(error: WatchbillError) -> tuple[int, str]:
    """Return the status of an error and what the person can do."""
    for kind, status, advice in _KINDS:
        if isinstance(error, kind):
            return status, advice
    return _UNFORESEEN


def sentence(error: WatchbillError) -> str:
    """Return an error in one sentence for the form it belongs to."""
    return error.detail or error.title()


def sign_in_href(request: Request) -> str:
    """Return the sign-in screen, from which the person comes back here."""
    if request.method != "GET" or request.url.path == "/":
        return "/sign-in"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/sign-in?next={quote(request.url.path + query)}"
