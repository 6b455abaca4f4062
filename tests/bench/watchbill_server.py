"""Our side: `watchbill demo --empty` with its embedded PostgreSQL, both on the server's core.

It runs once for the whole bench, as an installation does, so that its database grows from row
to row; between measurements it comes to rest.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import processes
import shapes
import sides

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
        return sides.Target(
            port=self._port,
            single=shapes.events_v2(routing_key=routing_key, alarm=_ALARM),
            batch=shapes.webhook_v4(routing_key=routing_key, alarm=_ALARM, size=sides.BATCH),
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

    def pids(self) -> list[int]:
        """Return the server's processes and its PostgreSQL's, wherever that hangs in the tree."""
        if self._process is None:
            return []
        found = processes.tree(self._process.pid)
        for file in self._data.rglob("postmaster.pid"):
            found += processes.tree(int(file.read_text().split()[0]))
        return sorted(set(found))

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
            page = self._list(f"/api/v1/alerts?limit=500{cursor}")
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
    """Create through the API what the rows need: a service a setting, a person with a webhook."""
    keys = demo["routing_keys"]
    assert isinstance(keys, Mapping)
    if not keys:
        raise RuntimeError("the empty server has no service yet")
    first = next(iter(keys.values()))
    return Door(
        port=port, token=str(demo["token"]), routing_keys=dict.fromkeys(sides.Setting, first)
    )
