"""The peer: Debian's `prometheus-alertmanager`, one node, without gossip, on the server's core.

The setting of each row is the one in which Alertmanager does best: its waits are zero where its
speed is measured, and it has nothing to tell anybody where only its intake is.
"""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
from collections.abc import Sequence

import processes
import shapes
import sides

COMMAND = "prometheus-alertmanager"
_ALARM = "BenchLatencyHigh"

_CONFIG = """\
route:
  receiver: bench
  group_by: [{group_by}]
  group_wait: {wait}
  group_interval: {interval}
  repeat_interval: 4h
receivers:
  - name: bench
    webhook_configs:
      - url: http://127.0.0.1:{receiver}/
        max_alerts: 0
"""
_SETTINGS = {
    sides.Setting.INTAKE: {"group_by": "alertname", "wait": "10m", "interval": "10m"},
    sides.Setting.EACH: {"group_by": "'...'", "wait": "0s", "interval": "1s"},
    sides.Setting.ONE: {"group_by": "alertname", "wait": "0s", "interval": "1s"},
}


def version() -> str:
    """Return the installed version, or that there is none."""
    if processes.missing([COMMAND]):
        return "not installed"
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True)
    found = re.search(r"version (\S+)", done.stdout + done.stderr)
    return found.group(1) if found else "unknown"


class Alertmanager:
    """A fresh Alertmanager for every setting; what it holds ends with it."""

    name = "Alertmanager"

    def __init__(self, folder: pathlib.Path, *, receiver_port: int) -> None:
        self._folder = folder
        self._receiver_port = receiver_port
        self._port = processes.free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def open(self, setting: sides.Setting, *, fresh: bool = True) -> sides.Target:
        """Start with this setting; `fresh` forgets what the last one left on disk."""
        self.close()
        storage = self._folder / "alertmanager"
        if fresh:
            shutil.rmtree(storage, ignore_errors=True)
        storage.mkdir(exist_ok=True)
        config = self._folder / "alertmanager.yml"
        config.write_text(_CONFIG.format(receiver=self._receiver_port, **_SETTINGS[setting]))
        self._process = processes.start(
            _command(config, storage, self._port),
            core=processes.SERVER_CORE,
            log=self._folder / "alertmanager.log",
            env={"GOMAXPROCS": "1"},
        )
        processes.wait_until(
            lambda: processes.ask(self._port, "/-/ready")[0] == 200,
            within_s=30,
            what="Alertmanager's start",
        )
        return sides.Target(
            port=self._port,
            single=shapes.alertmanager(alarm=_ALARM, size=1),
            batch=shapes.alertmanager(alarm=_ALARM, size=sides.BATCH),
            other=shapes.alertmanager(alarm=f"{_ALARM}Elsewhere", size=1),
        )

    def close(self) -> None:
        """Stop it, cleanly."""
        if self._process is not None:
            processes.stop(self._process)
            self._process = None

    def pids(self) -> list[int]:
        """Return its one process."""
        return processes.tree(self._process.pid) if self._process else []

    def kill(self) -> None:
        """End it with SIGKILL."""
        if self._process is not None:
            processes.kill(self.pids())
            self._process.wait(10)
            self._process = None

    def kept(self, keys: Sequence[str]) -> set[str]:
        """Return which of these keys are among its alerts."""
        _, body = processes.ask(self._port, "/api/v2/alerts")
        return {each["labels"].get("instance", "") for each in json.loads(body)} & set(keys)


def _command(config: pathlib.Path, storage: pathlib.Path, port: int) -> list[str]:
    """Return the command line of a single node."""
    return [
        COMMAND,
        f"--config.file={config}",
        f"--storage.path={storage}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]
