"""A real Alertmanager: started with a configuration, fed over its API, and ended."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Self

from tests.e2e import processes
from watchbill import clock

_PLACES = (Path(sys.executable).parent, Path(sys.prefix) / "alertmanager" / "usr" / "bin")


def program(name: str) -> str:
    """Return where a program of Debian's package is; fail, saying how to get it, if nowhere."""
    path = os.pathsep.join([os.environ["PATH"], *map(str, _PLACES)])
    found = shutil.which(name, path=path)
    assert found is not None, f"no {name}: sudo apt-get install prometheus-alertmanager"
    return found


class Alertmanager:
    """One node without gossip; a context manager that ends it."""

    def __init__(self, folder: Path, config: str) -> None:
        self._folder = folder
        self._config = folder / "alertmanager.yml"
        self._config.write_text(config)
        self.url = f"http://127.0.0.1:{processes.free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with (self._folder / "alertmanager.log").open("wb") as sink:
            self._process = subprocess.Popen(
                [
                    program("prometheus-alertmanager"),
                    f"--config.file={self._config}",
                    f"--storage.path={self._folder / 'alertmanager'}",
                    f"--web.listen-address={self.url.removeprefix('http://')}",
                    "--cluster.listen-address=",
                ],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
            )
        processes.until(self._is_ready, within_s=20, what="Alertmanager's start", every_s=0.05)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)

    def fires(self, alertname: str, **labels: str) -> None:
        """Tell it, as Prometheus does, that an alert fires."""
        self._post(alertname, labels, ends_in=timedelta(hours=1))

    def recovers(self, alertname: str, **labels: str) -> None:
        """Tell it that the alert is over."""
        self._post(alertname, labels, ends_in=timedelta(seconds=-1))

    def _post(self, alertname: str, labels: dict[str, str], *, ends_in: timedelta) -> None:
        now = clock.real_now()
        alert = {
            "labels": {"alertname": alertname, **labels},
            "annotations": {"summary": f"{alertname} on {labels.get('instance', 'all')}"},
            "startsAt": (now - timedelta(minutes=1)).isoformat(),
            "endsAt": (now + ends_in).isoformat(),
        }
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts",
            json.dumps([alert]).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            assert reply.status == 200

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=5) as reply:
                return bool(reply.status == 200)
        except urllib.error.URLError:
            return False
