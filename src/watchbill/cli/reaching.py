"""Reaching: a Watchbill to plan and apply alarms on, here by its database or there by its API.

Both answer with the API's JSON, so that a command is written once.
"""

from __future__ import annotations

import contextlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol
from urllib.parse import quote, urlencode

import typer

from watchbill.errors import Conflict, Invalid, Misconfigured, Unavailable

if TYPE_CHECKING:
    from watchbill.actions.shell import Shell

Server = Annotated[
    str | None,
    typer.Option(
        help="A server to work on by its API, with the token in WATCHBILL_TOKEN.",
        show_default="WATCHBILL_URL, or here",
    ),
]
#: Thousands of alarms take a while, and so does a plan of shifts.
_PATIENCE_S = 180


class NoAnswer(Unavailable):
    """The server does not answer."""


class ServerRefused(Conflict):
    """The server refused."""


class BadRequest(Invalid):
    """The server cannot use what was sent."""


class NoToken(Misconfigured):
    """A server needs a token: set WATCHBILL_TOKEN."""


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the token would go along."""

    def redirect_request(self, *_: Any) -> None:
        """Return no request to make instead."""


_OPENER = urllib.request.build_opener(_Stays)


class Reached(Protocol):
    """A Watchbill to work on."""

    def services(self) -> dict[str, str]:
        """Return every service's slug with its team's."""

    def teams(self) -> dict[str, str]:
        """Return every team's slug with its id."""

    def create_service(self, slug: str, name: str, team_id: str) -> None:
        """Add a service."""

    def plan(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Return what applying would do."""

    def apply(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Apply, and return what was done."""

    def alarms(self, which: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Return alarms as the API shows them."""


@contextlib.contextmanager
def reached(server: str | None, data_dir: Path | None) -> Iterator[Reached]:
    """Give the server that was named, with the token of WATCHBILL_TOKEN; or the database here.

    Raises: NoToken; what opening a database raises.
    """
    url = server or os.environ.get("WATCHBILL_URL")
    if url:
        secret = os.environ.get("WATCHBILL_TOKEN")
        if not secret:
            raise NoToken
        yield There(url=url.rstrip("/"), token=secret)
        return
    from watchbill.cli import opening

    with opening.opened(data_dir) as shell:
        yield Here(shell=shell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The database here; whoever can start the command line on the server may do all."""

    shell: Shell

    def services(self) -> dict[str, str]:
        """Return every service's slug with its team's."""
        with self.shell.db.transaction() as tx:
            company = self.shell.company(tx)
        return {s.slug: company.teams[s.team_id].slug for s in company.services.values()}

    def teams(self) -> dict[str, str]:
        """Return every team's slug with its id."""
        with self.shell.db.transaction() as tx:
            return {team.slug: team.id for team in self.shell.company(tx).teams.values()}

    def create_service(self, slug: str, name: str, team_id: str) -> None:
        """Add a service."""
        from watchbill.actions import audit, services

        values = {"slug": slug, "name": name, "team_id": team_id}
        services.create(self.shell, values, by=audit.CLI)

    def plan(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Return what applying would do."""
        from watchbill.actions import plans

        return _as_data(plans.plan(self.shell, _order(order)))

    def apply(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Apply, and return what was done."""
        from watchbill.actions import audit, plans

        base = order.get("base")
        return _as_data(plans.apply(self.shell, _order(order), base=base, by=audit.CLI))

    def alarms(self, which: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Return alarms as the API shows them."""
        from watchbill.queries import alarms

        conditions = {"service": "s.slug = %s", "team": "t.slug = %s"}
        where: dict[str, object] = {conditions[name]: value for name, value in which.items()}
        where["a.state <> 'retired'"] = ()
        cursor, now = None, self.shell.clock.now()
        while True:
            with self.shell.db.transaction() as tx:
                part = alarms.listed(tx, where, page=(200, cursor), now=now)
            yield from (asdict(row) for row in part.items)
            cursor = part.next_cursor
            if cursor is None:
                return


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """A server, by its API."""

    url: str
    token: str

    def services(self) -> dict[str, str]:
        """Return every service's slug with its team's."""
        names = {team["id"]: team["slug"] for team in self._all("teams", {})}
        return {s["slug"]: names.get(s["team_id"], "") for s in self._all("services", {})}

    def teams(self) -> dict[str, str]:
        """Return every team's slug with its id."""
        return {team["slug"]: team["id"] for team in self._all("teams", {})}

    def create_service(self, slug: str, name: str, team_id: str) -> None:
        """Add a service."""
        self.call("POST", "services", {"slug": slug, "name": name, "team_id": team_id})

    def plan(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Return what applying would do."""
        return self.call("POST", "alarms:plan", order)

    def apply(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Apply, and return what was done."""
        return self.call("POST", "alarms:apply", order)

    def alarms(self, which: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Return alarms as the API shows them."""
        return self._all("alarms", which)

    def _all(self, noun: str, which: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        query = {**which, "limit": "200"}
        while True:
            part = self.call("GET", f"{quote(noun)}?{urlencode(query)}", None)
            yield from part["items"]
            if part["next_cursor"] is None:
                return
            query["cursor"] = part["next_cursor"]

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return what the API answers, {} if it answers nothing.

        Raises: NoAnswer, ServerRefused, BadRequest.
        """
        request = urllib.request.Request(  # noqa: S310 - an address the person typed
            f"{self.url}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with _OPENER.open(request, timeout=_PATIENCE_S) as reply:
                found: dict[str, Any] = json.loads(reply.read() or b"{}")
                return found
        except urllib.error.HTTPError as error:
            raise _refusal(error) from None
        except (OSError, ValueError) as error:
            raise NoAnswer(server=self.url, said=str(error)[:200]) from None


def _refusal(error: urllib.error.HTTPError) -> Exception:
    try:
        problem = json.loads(error.read(1_000_000))
        said = problem.get("detail") or problem["title"]
        details = problem.get("details") or {}
    except (OSError, ValueError, KeyError, TypeError):
        return NoAnswer(status=error.code)
    wheres = [f"{one['where']}: {one['what']}" for one in details.get("errors", ())]
    kind = BadRequest if error.code in (400, 422) else ServerRefused
    return kind("; ".join([said, *wheres]))


def _order(data: Mapping[str, Any]) -> Any:
    from watchbill.actions import plan_faults

    wanted, unreadable = plan_faults.read(data["definitions"])
    return plan_faults.Order(
        wanted=tuple(wanted),
        repository=data["repository"],
        unreadable=tuple(unreadable),
        managed_by=data["managed_by"],
    )


def _as_data(plan: Any) -> dict[str, Any]:
    return {
        "base": plan.base,
        "changes": [asdict(change) for change in plan.changes],
        "errors": [fault.as_data() for fault in plan.faults],
        "below": [fault.as_data() for fault in plan.below],
        "applied": plan.is_applied,
    }
