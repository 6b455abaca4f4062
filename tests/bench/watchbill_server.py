"""Our side: `watchbill demo --empty` with its embedded PostgreSQL, both on the server's core.

It runs once for the whole bench, as an installation does, so that its database grows from row
to row; between measurements it comes to rest.
"""

from __future__ import annotations

import json
import pathlib
import re
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import processes
import shapes
import sides

from watchbill.store import embedded, postgres_files

COMMAND = pathlib.Path(__file__).parents[2] / ".venv" / "bin" / "watchbill"
_ALARM = "BenchLatencyHigh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How to speak to the running server: its port, a token of all scopes, a key a setting."""

    port: int
    token: str
    routing_keys: Mapping[sides.Setting, str]


class Watchbill:
    """The server with its database, started once and kept."""

    name = "Watchbill"

    def __init__(self, folder: pathlib.Path, *, receiver_port: int) -> None:
        self._data = folder / "watchbill"
        self._log = folder / "watchbill.log"
        self._receiver_port = receiver_port
        self._port = processes.free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._door: Door | None = None

    @property
    def door(self) -> Door:
        """Return how to speak to the server, started if need be."""
        if self._process is None:
            self.start()
        if self._door is None:
            self._door = prepare(self._demo(), port=self._port, receiver_port=self._receiver_port)
        return self._door

    def open(self, setting: sides.Setting) -> sides.Target:
        """Return the target of this setting."""
        routing_key = self.door.routing_keys[setting]
        processes.favour(self.pids())  # each of the database's processes is a session of its own
        other = self.door.routing_keys[sides.Setting.OTHER]
        alarm = f"{_ALARM}{secrets.token_hex(4)}"  # a condition that is not open from before
        return sides.Target(
            port=self._port,
            single=shapes.events_v2(routing_key=routing_key, alarm=alarm),
            batch=shapes.webhook_v4(routing_key=routing_key, alarm=alarm, size=sides.BATCH),
            other=shapes.events_v2(routing_key=other, alarm=_ALARM),
        )

    def start(self) -> None:
        """Start the server on its data directory and wait until it is ready."""
        argv = [str(COMMAND), "demo", "--empty", "--port", str(self._port)]
        self._process = processes.start(
            [*argv, "--data-dir", str(self._data)], core=processes.SERVER_CORE, log=self._log
        )
        processes.wait_until(self._ready, within_s=120, what="Watchbill's start", every_s=0.1)
        processes.favour(self.pids())

    def close(self) -> None:
        """Wait until everything taken in is worked off."""
        if self._process is not None:
            processes.wait_quiet(self.pids, within_s=600)

    def stop(self) -> None:
        """Stop the server and its database, cleanly."""
        if self._process is not None:
            processes.stop(self._process)
            self._process = None

    def forget(self) -> None:
        """Stop the server and remove its database, which lies elsewhere when root runs the bench."""
        place = postgres_files.known_place(self._data)
        self.stop()
        if place is not None:
            shutil.rmtree(place, ignore_errors=True)

    def pids(self) -> list[int]:
        """Return the server's processes and its PostgreSQL's, wherever that hangs in the tree."""
        if self._process is None:
            return []
        found = processes.tree(self._process.pid)
        for file in self._data.rglob("postmaster.pid"):
            found += processes.tree(int(file.read_text().split()[0]))
        return sorted(set(found))

    @property
    def database_url(self) -> str:
        """Return how to reach the server's database, for what only it can tell."""
        url = embedded.find(self._data)
        if url is None:
            raise RuntimeError("the server has no database running")
        return url

    def kill(self) -> None:
        """End server and database with SIGKILL."""
        if self._process is not None:
            processes.kill(self.pids())
            self._process.wait(10)
            self._process = None

    def kept(self, keys: Sequence[str]) -> set[str]:
        """Return which of these keys are among the alerts the API lists."""
        wanted, found = set(keys), set[str]()
        cursor = ""
        while True:
            page = self._list(f"/api/v1/alerts?limit=200{cursor}")
            found |= {each["dedup_key"] for each in page["items"]} & wanted
            if not page["next_cursor"] or found == wanted:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    def _list(self, path: str) -> dict[str, Any]:
        """Return one page of a list of the API."""
        headers = {"Authorization": f"Bearer {self.door.token}"}
        status, body = processes.ask(self._port, path, headers=headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {body[:200]!r}")
        page: dict[str, Any] = json.loads(body)
        return page

    def _ready(self) -> bool:
        """Tell whether the server says that it is ready and has written its demo.json."""
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"watchbill ended with {self._process.returncode}: {self._tail()}")
        answers = processes.ask(self._port, "/health/ready")[0] == 200
        return answers and (self._data / "demo.json").exists()

    def _tail(self) -> str:
        """Return the last lines of the server's log."""
        return " / ".join(self._log.read_text(errors="replace").splitlines()[-3:])

    def _demo(self) -> dict[str, Any]:
        """Return what the server wrote about itself."""
        demo: dict[str, Any] = json.loads((self._data / "demo.json").read_text())
        return demo


def prepare(demo: Mapping[str, object], *, port: int, receiver_port: int) -> Door:
    """Create through the API what the rows need: a service a setting, a person, a webhook.

    Both teams are at work at any hour. The loud one has the webhook; each has a person who is
    called, over the demo's own mail server, and whose step lasts longer than the bench.
    """
    api = _Api(port=port, token=str(demo["token"]))
    week = [{"weekday": day, "start": "00:00", "end": "00:00"} for day in range(7)]
    office = api.post("offices", {"slug": "bench", "name": "Bench", "zone": "UTC", "week": week})[
        "id"
    ]
    teams = {name: _team(api, name, office) for name in ("loud", "quiet")}
    url = f"http://127.0.0.1:{receiver_port}/"
    api.post("webhooks", {"name": "receiver", "url": url, "team_id": teams["loud"]})
    keys = {setting: _service(api, setting, teams) for setting in sides.Setting}
    return Door(port=port, token=str(demo["token"]), routing_keys=keys)


#: How each setting's service groups its alerts, and whose it is.
_SERVICES = {
    sides.Setting.INTAKE: ("service", "quiet"),
    sides.Setting.EACH: ("alert", "loud"),
    sides.Setting.ONE: ("alarm", "loud"),
    sides.Setting.FOLD: ("alarm", "quiet"),
    sides.Setting.DUE: ("alert", "quiet"),
    sides.Setting.OTHER: ("alert", "loud"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Api:
    """The server's REST API, with a token of all scopes."""

    port: int
    token: str

    def post(self, noun: str, values: Mapping[str, object]) -> dict[str, Any]:
        """Create something and return it."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        status, body = processes.ask(
            self.port,
            f"/api/v1/{noun}",
            method="POST",
            headers=headers,
            body=json.dumps(values).encode(),
        )
        if status not in (200, 201, 202):
            raise RuntimeError(f"{noun} answered {status}: {body[:300]!r}")
        made: dict[str, Any] = json.loads(body)
        return made


def _team(api: _Api, name: str, office: str) -> str:
    """Found a team with one person, reachable by mail."""
    policy = [{"target": "team", "wait_s": 86400}]
    team: str = api.post(
        "teams", {"slug": name, "name": name, "office_id": office, "policy": policy}
    )["id"]
    email = f"{name}@bench.example"
    person = api.post(
        "people", {"name": name, "email": email, "team_id": team, "office_id": office}
    )["id"]
    method = api.post(
        "contact-methods", {"person_id": person, "channel": "email", "address": email}
    )["id"]
    api.post(f"contact-methods/{method}/verify", {"code": _code(api.port, email)})
    return team


def _code(port: int, email: str) -> str:
    """Return the code that came by mail."""
    found: list[str] = []

    def came() -> bool:
        _, body = processes.ask(port, "/mailbox", headers={"Accept": "application/json"})
        mails = json.loads(body or b"[]")
        found.extend(
            code.group(1)
            for mail in mails
            if email in str(mail["to"]) and (code := re.match(r"(\d{6}) is", mail["subject"]))
        )
        return bool(found)

    processes.wait_until(came, within_s=30, what=f"the code for {email}", every_s=0.1)
    return found[0]


def _service(api: _Api, setting: sides.Setting, teams: Mapping[str, str]) -> str:
    """Make the service of a setting and return its routing key."""
    grouping, team = _SERVICES[setting]
    values = {"slug": setting.value, "name": setting.value, "grouping": grouping}
    service = api.post("services", {**values, "team_id": teams[team]})["id"]
    door = {"service_id": service, "source": "alertmanager", "name": "Bench"}
    key: str = api.post("integrations", door)["key"]
    return key
