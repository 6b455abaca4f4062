"""A real `watchbill demo`, started the way a person starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Self

from tests.e2e import processes
from watchbill.store import embedded

COMMAND = (sys.executable, "-c", "from watchbill.cli.main import run; run()")
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(processes.SOURCE)}


def watchbill(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=ENVIRONMENT,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Demo:
    """One demo; a context manager that ends it."""

    def __init__(self, data_dir: Path, *arguments: str) -> None:
        self.data_dir = data_dir
        self.port = processes.free_port()
        self.log = data_dir.with_suffix(".log")
        self._arguments = ["--port", str(self.port), "--data-dir", str(data_dir), *arguments]
        self.process: subprocess.Popen[bytes] | None = None
        self.card: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait for its card, then until it has said all it has to say."""
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(
                [*COMMAND, "demo", *self._arguments],
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        processes.until(self._is_introduced, within_s=60, what="introduced", every_s=0.1)
        self.card = json.loads((self.data_dir / "demo.json").read_text())

    def _is_introduced(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said()
        return (self.data_dir / "demo.json").exists() and "Stop with Ctrl-C" in self.said()

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """Ask it to end, as an init system does; return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(30)

    def fire(self, alarm: dict[str, Any]) -> None:
        body = json.dumps(alarm["event"]).encode()
        request = urllib.request.Request(
            f"{self.card['base_url']}/v2/enqueue", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            assert reply.status == 202

    def mails(self) -> list[dict[str, Any]]:
        request = urllib.request.Request(
            self.card["mailbox"], headers={"Accept": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            found: list[dict[str, Any]] = json.load(reply)
        return found

    def mailed_about(self, alarm: dict[str, Any]) -> list[str]:
        summary = alarm["event"]["payload"]["summary"]
        return [mail["to"] for mail in self.mails() if summary in mail["subject"]]

    def url(self) -> str:
        """Return the URL of its database."""
        found = embedded.find(Path(self.card["data_dir"]))
        assert found is not None
        return found
