"""The real server behind the provider: `watchbill serve` with a company, and its API by hand."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests import builders
from tests.e2e import processes
from watchbill.actions import audit, tokens
from watchbill.actions import shell as shells
from watchbill.clock import RunningClock
from watchbill.store.database import Database

#: Who acts: Terraform as an admin of no team, and a volunteer of another team.
ADMIN, VOLUNTEER, OWNER = builders.MAX, builders.VERA, builders.ANN


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A status, and the JSON that came with it."""

    status: int
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server, and a token for each of those who act."""

    url: str
    database_url: str
    tokens: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """What Terraform needs to know."""
        return {"WATCHBILL_URL": self.url, "WATCHBILL_TOKEN": self.tokens[ADMIN]}

    def ask(self, method: str, path: str, body: Any = None, *, by: str = ADMIN) -> Reply:
        """Ask the API, as somebody with their hands."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.tokens[by]}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text, status = answer.read(), answer.status
        except urllib.error.HTTPError as error:
            with error:
                text, status = error.read(), error.code
        return Reply(status=status, data=json.loads(text) if text else None)

    def good(self, method: str, path: str, body: Any = None, *, by: str = ADMIN) -> Any:
        """Ask what must succeed."""
        reply = self.ask(method, path, body, by=by)
        assert reply.status < 300, reply
        return reply.data

    def one(self, path: str) -> dict[str, Any]:
        """Return the only row of a list."""
        (row,) = self.good("GET", path)["items"]
        return dict(row)


@contextmanager
def serving(database_url: str, folder: Path, **settings: str) -> Iterator[Server]:
    """Give a server with the default company, without alarms: it is out of hours now."""
    company = replace(processes.company(), alarms={})
    processes.seed(database_url, company)
    made = _tokens(database_url)
    with processes.Serve(folder, database_url=database_url, **settings) as serve:
        url = f"http://127.0.0.1:{serve.port}"
        yield Server(url=url, database_url=database_url, tokens=made)


def _tokens(database_url: str) -> dict[str, str]:
    db = Database(database_url)
    db.open()
    try:
        with db.transaction() as tx:
            tx.execute("update people set is_admin = true where id = %s", [ADMIN])
        shell = shells.shell(db, RunningClock())
        return {
            person: tokens.make(
                shell, person, name="terraform", scopes=scopes, expires_at=None, by=audit.CLI
            )[1]
            for person, scopes in (
                (ADMIN, ["admin", "write", "read"]), (VOLUNTEER, ["write", "read"]),
                (OWNER, ["write", "read"]),
            )
        }  # fmt: skip
    finally:
        db.close()
