"""The row of the generator itself: what it reaches against an application that does nothing."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import closed_loop
import figures
import open_loop
import processes
import rounds
import shapes
import sides

_FOLDER = pathlib.Path(__file__).parent


def ceiling(bench: rounds.Bench, folder: pathlib.Path) -> figures.Row:
    """Measure the closed loop against a bare ASGI application that only answers."""
    row = figures.Row(
        name="ceiling",
        title="the generator against an ASGI application that does nothing",
        unit="requests/s",
        higher=True,
    )
    mine = rounds.only_ours(bench, why="no server is measured here")
    mine.ours, mine.why_not_ours = Nothing(folder), ""
    return rounds.interleave(mine, row, lambda side: _reach(bench, side))


class Nothing:
    """The application of `noop.py` under uvicorn, on the server's core."""

    name = "no-op"

    def __init__(self, folder: pathlib.Path) -> None:
        self._log = folder / "noop.log"
        self._process: subprocess.Popen[bytes] | None = None

    def open(self, setting: sides.Setting) -> sides.Target:
        """Start it; the setting makes no difference."""
        port = processes.free_port()
        argv = [sys.executable, "-m", "uvicorn", "--app-dir", str(_FOLDER), "--port", str(port)]
        argv += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "noop:app"]
        argv += ["--lifespan", "off", "--log-level", "error"]
        self._process = processes.start(argv, core=processes.SERVER_CORE, log=self._log)
        processes.wait_until(
            lambda: processes.ask(port, "/")[0] == 202, within_s=20, what="the no-op's start"
        )
        shape = shapes.events_v2(routing_key="R" * 32, alarm="BenchLatencyHigh")
        return sides.Target(port=port, single=shape, batch=shape, other=shape)

    def close(self) -> None:
        """Stop it."""
        if self._process is not None:
            processes.stop(self._process)
            self._process = None

    def pids(self) -> list[int]:
        """Return its one process."""
        return processes.tree(self._process.pid) if self._process else []

    def kill(self) -> None:
        """End it with SIGKILL."""
        processes.kill(self.pids())

    def kept(self, keys: object) -> set[str]:
        """Keep nothing."""
        return set()


def _reach(bench: rounds.Bench, side: sides.Side) -> rounds.Once:
    """Run the closed loop once, and the open loop for its note."""
    target = side.open(sides.Setting.INTAKE)
    run = rounds.new_run()
    seconds = 2 if bench.quick else 5
    seen = closed_loop.post(target.port, target.single, run=run, seconds=seconds, connections=64)
    due = open_loop.poisson(rate=10_000, seconds=seconds, seed=4)
    sent = open_loop.drive(
        target.port,
        due,
        lambda number: target.single.request([shapes.key(run, number)]),
        connections=128,
        limit_s=30,
    )
    waits = sent.latencies_ms()
    p50, p99 = figures.percentile(waits, 0.5), figures.percentile(waits, 0.99)
    note = f"open loop at 10,000/s: p50 {p50:.2f}, p99 {p99:.2f} ms, {len(waits)}/{len(due)}"
    return rounds.Once(value=seen.rate, p50_ms=seen.p50_ms, p99_ms=seen.p99_ms, note=note)
