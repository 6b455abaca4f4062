"""The closed loop: `wrk` keeps a number of connections busy and never waits in between.

It shows the rate at which a server is saturated. Its latency is mostly queueing; what a request
costs is the open loop's to say.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

import processes
import shapes

_SCRIPT = pathlib.Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation:
    """What one run of the closed loop saw; `refused` are answers that were not 2xx or 3xx."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Return the requests a second that were answered well."""
        return (self.requests - self.refused) / self.seconds


def post(port: int, shape: shapes.Shape, *, run: str, seconds: int, connections: int) -> Saturation:
    """Post unique events for some seconds."""
    return _wrk(port, _lua(shape, run=run, method="POST"), seconds, connections)


def get(
    port: int, path: str, *, headers: dict[str, str], seconds: int, connections: int
) -> Saturation:
    """Ask for one path for some seconds."""
    shape = shapes.Shape(path=path, item="", headers=headers)
    return _wrk(port, _lua(shape, run="0000", method="GET"), seconds, connections)


def _wrk(port: int, script: str, seconds: int, connections: int) -> Saturation:
    """Run wrk on the load's core with this script, and read the line it prints at the end."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        argv = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
        argv = [*processes.pinned(processes.LOAD_CORE), *argv, "-s", file.name]
        with subprocess.Popen(
            [*argv, f"http://127.0.0.1:{port}/"],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as wrk:
            processes.favour([wrk.pid])
            out, _ = wrk.communicate(timeout=seconds + 60)
    lines = [line for line in out.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise RuntimeError(f"wrk gave no result: {out[-500:]}")
    return Saturation(**json.loads(lines[0].removeprefix("RESULT ")))


def _lua(shape: shapes.Shape, *, run: str, method: str) -> str:
    """Return the Lua that describes a shape and loads the script that all shapes share."""
    first, *rest = shape.item.split(shapes.KEY)
    headers = {"Content-Type": "application/json", **shape.headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    fields = {
        "method": _quoted(method),
        "path": _quoted(shape.path),
        "headers": _quoted(lines),
        "head": _quoted(shape.head),
        "first": _quoted(first),
        "rest": "{" + ", ".join(_quoted(part) for part in rest) + "}",
        "keys": str(len(rest)),
        "tail": _quoted(shape.tail),
        "size": str(shape.size),
        "run": _quoted(run),
    }
    inner = ", ".join(f"{name} = {value}" for name, value in fields.items())
    return f"shape = {{{inner}}}\ndofile({_quoted(str(_SCRIPT))})\n"


def _quoted(text: str) -> str:
    """Return a Lua string literal; JSON's escapes are Lua's, for what is used here."""
    return json.dumps(text)
