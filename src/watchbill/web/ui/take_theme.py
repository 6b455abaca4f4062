"""Colours: light, dark, or as the device has it."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from watchbill.web.ui.visits import THEME, Visit

_YEAR_S = 365 * 86400


def take_theme(visit: Visit) -> Response:
    """Keep the chosen colours in a cookie, and go back to where the person was."""
    theme = visit.field("theme")
    back = urlsplit(visit.request.headers.get("referer", ""))
    is_ours = back.netloc == visit.request.headers.get("host") and back.path.startswith("/")
    path = f"{back.path}?{back.query}" if back.query else back.path
    response = visit.back(local(path) if is_ours else "/")
    if theme in ("light", "dark"):
        response.set_cookie(THEME, theme, max_age=_YEAR_S, httponly=True, samesite="lax")
    else:
        response.delete_cookie(THEME)
    return response


def local(path: str) -> str:
    """Return the path if it stays on this server, or `/`.

    >>> local("/me?x=1"), local("//evil.example"), local("https://evil.example")
    ('/me?x=1', '/', '/')
    """
    is_local = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_local and path.isprintable() and "\\" not in path else "/"
