"""Shifts reached: plans of the volunteers' shifts, here by the database or there by the API.

Both answer with the API's JSON, so that a command is written once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import msgspec

from watchbill.cli import reaching

if TYPE_CHECKING:
    from watchbill.actions.shell import Shell


class Reached(Protocol):
    """A Watchbill whose shifts are planned."""

    def zone(self) -> str:
        """Return the IANA zone of the on-call team."""

    def make(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make a draft and return it."""

    def replan(self) -> dict[str, Any]:
        """Make a draft of what is published ahead and return it."""

    def plan(self, plan_id: str) -> dict[str, Any]:
        """Return a plan."""

    def newest(self) -> list[dict[str, Any]]:
        """Return the newest plans."""

    def publish(self, plan_id: str) -> int:
        """Publish a draft; return how many weeks changed hands."""

    def drop(self, plan_id: str) -> None:
        """Drop a draft."""


@contextlib.contextmanager
def reached(server: str | None, data_dir: Path | None) -> Iterator[Reached]:
    """Give the server that was named, or the database here. Raises: as `reaching.reached`."""
    with reaching.reached(server, data_dir) as there:
        if isinstance(there, reaching.There):
            yield There(api=there)
        elif isinstance(there, reaching.Here):
            yield Here(shell=there.shell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The database here; whoever can start the command line on the server may do all."""

    shell: Shell

    def zone(self) -> str:
        """Return the IANA zone of the on-call team."""
        from watchbill.store import volunteers

        with self.shell.db.transaction() as tx:
            return volunteers.team(tx).zone

    def make(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make a draft and return it."""
        from watchbill.actions import audit, rosters

        return self.plan(rosters.make(self.shell, dict(values), by=audit.CLI))

    def replan(self) -> dict[str, Any]:
        """Make a draft of what is published ahead and return it."""
        from watchbill.actions import audit, roster_turns

        return self.plan(roster_turns.replan(self.shell, by=audit.CLI))

    def plan(self, plan_id: str) -> dict[str, Any]:
        """Return a plan."""
        from watchbill.actions import rosters
        from watchbill.queries import rosters as queries

        with self.shell.db.transaction() as tx:
            stale = rosters.is_stale(self.shell, tx, plan_id)
            view = queries.plan(tx, plan_id, is_stale=stale)
        found: dict[str, Any] = msgspec.to_builtins(view)
        return found

    def newest(self) -> list[dict[str, Any]]:
        """Return the newest plans."""
        from watchbill.queries import rosters as queries

        with self.shell.db.transaction() as tx:
            found: list[dict[str, Any]] = msgspec.to_builtins(list(queries.newest(tx, limit=50)))
        return found

    def publish(self, plan_id: str) -> int:
        """Publish a draft; return how many weeks changed hands."""
        from watchbill.actions import audit, rosters

        return rosters.publish(self.shell, plan_id, by=audit.CLI)

    def drop(self, plan_id: str) -> None:
        """Drop a draft."""
        from watchbill.actions import audit, rosters

        rosters.drop(self.shell, plan_id, by=audit.CLI)


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """A server, by its API."""

    api: reaching.There

    def zone(self) -> str:
        """Return the IANA zone of the on-call team."""
        return str(self.api.call("GET", "on-call-team")["zone"])

    def make(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make a draft and return it."""
        return self.api.call("POST", "roster-plans", msgspec.to_builtins(dict(values)))

    def replan(self) -> dict[str, Any]:
        """Make a draft of what is published ahead and return it."""
        return self.api.call("POST", "roster-plans/replan", {})

    def plan(self, plan_id: str) -> dict[str, Any]:
        """Return a plan."""
        return self.api.call("GET", f"roster-plans/{quote(plan_id, safe='')}")

    def newest(self) -> list[dict[str, Any]]:
        """Return the newest plans."""
        found: list[dict[str, Any]] = self.api.call("GET", "roster-plans")["items"]
        return found

    def publish(self, plan_id: str) -> int:
        """Publish a draft; return how many weeks changed hands."""
        done = self.api.call("POST", f"roster-plans/{quote(plan_id, safe='')}/publish", {})
        return int(done["changed"])

    def drop(self, plan_id: str) -> None:
        """Drop a draft."""
        self.api.call("DELETE", f"roster-plans/{quote(plan_id, safe='')}")
