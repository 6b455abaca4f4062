"""Visit: one request to a screen: who comes, when, and what they typed.

Handlers are plain functions of a visit and run in the thread pool. `take` turns one into what
Starlette calls: it finds the person, asks for a sign-in where one is needed, and turns the errors
we foresee into pages that say what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import parse_qs, quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from watchbill.actions import audit, sessions
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core.company import Company
from watchbill.core.people import Person, PersonId
from watchbill.errors import WatchbillError
from watchbill.mailbox import Mailbox
from watchbill.queries import pages as pages_queries
from watchbill.web import auth
from watchbill.web.ui import faults
from watchbill.web.ui import shell as shells

#: Our cookies: who is signed in, the chosen colours, and what was just done.
SESSION, THEME, SAID = auth.COOKIE, "wb_theme", "wb_said"
_FIELDS_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every handler needs, handed in once."""

    shell: Shell
    #: How people reach this server.
    base_url: str
    #: How much faster than real time the world's clock runs.
    speed: float
    #: Networks of the proxies in front of us, whose X-Forwarded-For is believed.
    trusted_proxies: tuple[auth.Network, ...] = ()
    #: The demo's mail server; None outside the demo.
    mailbox: Mailbox | None = None
    #: The demo's own sign-in, address and password.
    demo: tuple[str, str] | None = None

    @property
    def is_secure(self) -> bool:
        """True if browsers reach us over HTTPS."""
        return self.base_url.startswith("https:")


class Visit:
    """One request to a screen."""

    def __init__(self, request: Request, site: Site) -> None:
        self.request = request
        self.site = site
        self.now: datetime = site.shell.clock.now()

    @cached_property
    def company(self) -> Company:
        """The company as of this visit."""
        with self.site.shell.db.transaction() as tx:
            return self.site.shell.company(tx)

    @cached_property
    def viewer(self) -> Person | None:
        """Who is signed in with this browser, or None."""
        cookie = self.request.cookies.get(SESSION)
        found = sessions.find(self.site.shell, cookie) if cookie else None
        return self.company.people.get(PersonId(found.person_id)) if found else None

    @property
    def actor(self) -> Actor:
        """Who is signed in, as the audit log and the actions' rights see it."""
        return audit.person(self.me.id, is_admin=self.me.is_admin)

    @property
    def me(self) -> Person:
        """Who is signed in, where somebody must be."""
        if self.viewer is None:
            raise faults.SignInFirst
        return self.viewer

    @property
    def zone(self) -> str:
        """The zone in which times are shown."""
        return self.viewer.zone if self.viewer else "UTC"

    @cached_property
    def _form(self) -> dict[str, list[str]]:
        body: bytes = getattr(self.request.state, "body", b"")
        try:
            return parse_qs(
                body.decode(), keep_blank_values=True, max_num_fields=_FIELDS_LIMIT, errors="strict"
            )
        except ValueError as error:
            raise faults.BadForm from error

    def field(self, name: str) -> str:
        """Return what was typed into a field, without space around it; "" if nothing."""
        return self._form.get(name, [""])[0].strip()

    def raw(self, name: str) -> str:
        """Return what was typed into a field as it is: a password may begin with a space."""
        return self._form.get(name, [""])[0]

    def fields(self, name: str) -> tuple[str, ...]:
        """Return everything chosen under one name."""
        return tuple(self._form.get(name, ()))

    def asked(self, name: str) -> str:
        """Return a parameter of the address; "" if it is not there."""
        return self.request.query_params.get(name, "").strip()

    def part(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name]).replace("\x00", "")

    def back(self, path: str, *, said: str = "") -> Response:
        """Return 303 to a screen, which says once what was done."""
        response = RedirectResponse(path, status_code=303)
        if said:
            response.set_cookie(SAID, quote(said[:200]), max_age=60, httponly=True, samesite="lax")
        return response


Handler = Callable[[Visit], Response]
#: Method, path, handler, and who may: `nobody` in particular, a `person` signed in, an `admin`.
Urls = tuple[tuple[str, str, Handler, str], ...]


def take(handler: Handler, site: Site, *, needs: str, route: str) -> Callable[[Request], Response]:
    """Return the endpoint of a handler; `needs` is `nobody`, `person` or `admin`."""

    def endpoint(request: Request) -> Response:
        visit = Visit(request, site)
        request.state.route = route
        request.state.shell = bare_shell(visit)
        try:
            if needs != "nobody" or request.cookies.get(SESSION):
                request.state.shell = shell_of(visit)
            _let_in(visit, needs)
            response = handler(visit)
        except faults.SignInFirst:
            return RedirectResponse(faults.sign_in_href(request), status_code=303)
        except WatchbillError as error:
            return faults.page(request, error)
        if request.cookies.get(SAID) and response.status_code == 200:
            response.delete_cookie(SAID)
        return response

    return endpoint


def bare_shell(visit: Visit) -> shells.Shell:
    """Return what stands around a screen whoever looks."""
    theme = visit.request.cookies.get(THEME, "")
    return shells.Shell(
        now=visit.now,
        speed=visit.site.speed,
        theme="light" if theme == "light" else "dark" if theme == "dark" else "",
        has_mailbox=visit.site.mailbox is not None,
        said=unquote(visit.request.cookies.get(SAID, "")),
    )


def shell_of(visit: Visit) -> shells.Shell:
    """Return what stands around a screen for the person who looks."""
    bare = bare_shell(visit)
    person = visit.viewer
    if person is None:
        return bare
    with visit.site.shell.db.transaction() as tx:
        paged_count = pages_queries.paged_count(tx, person.id)
    viewer = shells.Viewer(id=person.id, name=person.name, is_admin=person.is_admin)
    return shells.Shell(
        now=bare.now,
        speed=bare.speed,
        zone=person.zone,
        theme=bare.theme,
        viewer=viewer,
        paged_count=paged_count,
        has_mailbox=bare.has_mailbox,
        said=bare.said,
    )


def _let_in(visit: Visit, needs: str) -> None:
    if needs in ("person", "admin") and visit.viewer is None:
        raise faults.SignInFirst
    if needs == "admin" and not visit.me.is_admin:
        raise faults.AdminsOnly
