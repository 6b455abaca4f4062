"""Starting, pinning, weighing and killing what the bench runs.

The server and its database have one core, the load and the receivers the other.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

SERVER_CORE = 0
LOAD_CORE = 1

_PROC = pathlib.Path("/proc")


def pinned(core: int) -> list[str]:
    """Return the words that keep a command on one core."""
    return ["taskset", "-c", str(core)]


def missing(commands: Iterable[str]) -> list[str]:
    """Return which of these commands are not installed."""
    return [each for each in commands if shutil.which(each) is None]


def start(
    argv: Sequence[str], *, core: int, log: pathlib.Path, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a command on one core, in a session of its own, its output in a file."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*pinned(core), *argv],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    favour([process.pid])
    return process


def favour(pids: Iterable[int], *, weight: int = -20, nice: int = -15) -> bool:
    """Let these processes go before what else the machine does; False where that is not allowed.

    The weight is that of the scheduler's group of a session: `nice` does nothing across groups.
    """
    try:
        for pid in pids:
            (_PROC / str(pid) / "autogroup").write_text(f"{weight}\n")
            os.setpriority(os.PRIO_PROCESS, pid, nice)
    except OSError:
        return False
    return True


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(
    ready: Callable[[], bool], *, within_s: float, what: str, every_s: float = 0.02
) -> None:
    """Return once `ready` says so; raise TimeoutError naming `what` when it does not in time."""
    end = time.perf_counter() + within_s
    tick = threading.Event()
    while not ready():
        if time.perf_counter() > end:
            raise TimeoutError(f"{what}: not within {within_s:g} s")
        tick.wait(every_s)


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> tuple[int, bytes]:
    """Ask a server on the loopback once; return status and body, or status 0 if nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


def tree(pid: int) -> list[int]:
    """Return a process and all that descend from it, as far as they live."""
    found = [pid]
    for each in found:
        for task in _PROC.glob(f"{each}/task/*/children"):
            with contextlib.suppress(OSError):
                found += [int(word) for word in task.read_text().split()]
    return [each for each in found if (_PROC / str(each)).exists()]


def pss_mib(pids: Iterable[int]) -> float:
    """Return the proportional set size of these processes together, in MiB."""
    kib = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
    return kib / 1024


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor time these processes have used."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_quiet(pids: Callable[[], list[int]], *, within_s: float, share: float = 0.05) -> None:
    """Return once these processes use less than `share` of a core over half a second."""
    tick = threading.Event()

    def quiet() -> bool:
        before = cpu_seconds(pids())
        tick.wait(0.5)
        return cpu_seconds(pids()) - before < 0.5 * share

    wait_until(quiet, within_s=within_s, what="the server coming to rest")


def kill(pids: Iterable[int]) -> None:
    """Send SIGKILL to every one of these processes."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def stop(process: subprocess.Popen[bytes], *, within_s: float = 20) -> None:
    """Ask a process to end, and end it with all its descendants when it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        kill(reversed(tree(process.pid)))
        process.wait(5)
