"""Faults: what went wrong as a page that says what to do now."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from watchbill import errors
from watchbill.errors import WatchbillError
from watchbill.web import problems
from watchbill.web.ui import access, pages


class SignInFirst(errors.Unauthenticated):
    """Sign in first."""


class AdminsOnly(errors.Forbidden):
    """Only an admin may see and change this."""


class BadForm(errors.Invalid):
    """The form did not arrive as it was sent."""


class NoSuchScreen(errors.NotFound):
    """There is no such page here."""


#: What the person can do, by status.
_ADVICE = {
    401: "Sign in, and try again.",
    403: "Ask an admin of your company to do it, or to make you one.",
    404: "Check the address, or start from Tonight.",
    409: "Go back and reload: somebody may have been faster.",
    412: "Go back and reload: somebody may have been faster.",
    422: "Go back, change it, and send it again.",
    429: "Wait a while, and try again.",
    503: "Try again in a moment. Events that arrive now are not lost.",
}
_UNFORESEEN = "Try again; if it stays, tell whoever runs Watchbill what you did."


def page(request: Request, error: WatchbillError) -> Response:
    """Return the page for an error we foresaw."""
    status = problems.status_of(error)
    context = access.ErrorPage(
        status=status,
        title=error.title(),
        detail=error.detail or "",
        advice=_ADVICE.get(status, _UNFORESEEN),
    )
    return pages.render(request, pages.ERROR, context, status=status)


def unforeseen(request: Request) -> Response:
    """Return the page for an error nobody foresaw."""
    context = access.ErrorPage(
        status=500, title="Something went wrong inside Watchbill.", detail="", advice=_UNFORESEEN
    )
    return pages.render(request, pages.ERROR, context, status=500)


def sentence(error: WatchbillError) -> str:
    """Return an error in one sentence for the form it belongs to."""
    return error.detail or error.title()


def sign_in_href(request: Request) -> str:
    """Return the sign-in screen, from which the person comes back here."""
    if request.method != "GET" or request.url.path == "/":
        return "/sign-in"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/sign-in?next={quote(request.url.path + query)}"
