"""Real `watchbill serve` processes: started, loaded, killed, and asked what they kept.

What a signal does cannot be tried inside the test's own process. The time here is the real one, so
the companies are made such that it is always out of hours.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import psycopg

from tests import builders, seeded
from watchbill import clock
from watchbill.core.company import Company, Webhook
from watchbill.core.people import Grouping
from watchbill.mailbox import Mailbox
from watchbill.store import embedded, migrations
from watchbill.store.database import Database

SOURCE = Path(embedded.__file__).parents[2]
COMMAND = (sys.executable, "-c", "from watchbill.cli.main import run; run()", "serve")
KEY = seeded.key_of(builders.INTEGRATION)


def until(is_so: Callable[[], bool], *, within_s: float, what: str, every_s: float = 0.02) -> None:
    """Return once it is so; fail, naming `what`, if it is not in time."""
    deadline = clock.real_monotonic() + within_s
    pause = threading.Event()
    while not is_so():
        assert clock.real_monotonic() < deadline, f"not within {within_s:g} s: {what}"
        pause.wait(every_s)


def company(*, grouping: Grouping = Grouping.ALARM, hooks: int = 0, **more: Any) -> Company:
    """Return the default company, out of hours now, with webhooks that hear everything."""
    far_day = (clock.real_now().weekday() + 3) % 7
    made = builders.company(
        team_hours=builders.week(days=[far_day]),
        service={"grouping": grouping},
        webhooks=tuple(Webhook(id=f"wh_{n}", team_id=None) for n in range(hooks)),
        **more,
    )
    return replace(made, managers=replace(made.managers, turn_length=52)) if made.managers else made


def seed(database_url: str, made: Company, *, hook_url: str = "") -> None:
    """Migrate a database and write the company into it; its webhooks lead to `hook_url`."""
    migrations.upgrade(database_url)
    db = Database(database_url)
    db.open()
    with db.transaction() as tx:
        seeded.write(tx, made)
        tx.execute("update webhooks set url = %s || '/' || id", [hook_url])
    db.close()


def seed_embedded(data_dir: Path, made: Company, *, hook_url: str = "") -> None:
    """Make the embedded database of a data directory with the company in it."""
    with embedded.start(data_dir) as server:
        seed(server.url, made, hook_url=hook_url)


def trigger(key: str, *, alarm: str = builders.ACCEPTED, routing_key: str = KEY) -> bytes:
    """Return an event that fires, for /v2/enqueue."""
    payload = {"summary": f"{alarm} on {key}", "source": key, "severity": "critical"}
    return json.dumps(
        {
            "routing_key": routing_key, "event_action": "trigger", "dedup_key": key,
            "payload": payload | {"class": alarm},
        }
    ).encode()  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered, and after how many seconds; status 0 if nobody did."""

    status: int
    body: bytes
    retry_after: str
    took_s: float


class Serve:
    """One `watchbill serve`; a context manager that ends it."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "serve",
        database_url: str = "",
        data_dir: Path | None = None,
        smtp_port: int = 9,
        **settings: str,
    ) -> None:
        self.port = free_port()
        self.log = folder / f"{name}.log"
        self._arguments = ["--port", str(self.port)]
        if data_dir is not None:
            self._arguments += ["--data-dir", str(data_dir)]
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "DATABASE_URL": database_url,
            "WATCHBILL_SMTP_HOST": "127.0.0.1",
            "WATCHBILL_SMTP_PORT": str(smtp_port),
            "WATCHBILL_SMTP_SECURITY": "none",
            "WATCHBILL_PRIVATE_NETWORKS": "127.0.0.0/8",
            "WATCHBILL_LOG_FORMAT": "json",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with self.log.open("ab") as sink:
            self.process = subprocess.Popen(
                [*COMMAND, *self._arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        self.until_ready()

    def until_ready(self, within_s: float = 30) -> None:
        """Wait until a full cycle of the engine has finished and the database answers."""

        def ready() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, f"it ended: {self.lines()[-3:]}"
            return self.ask("/health/ready").status == 200

        until(ready, within_s=within_s, what=f"ready; {self.lines()[-3:]}", every_s=0.05)

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """Ask it to end, as an init system does; return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(25)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return self.process.returncode

    def busy(self, over_s: float = 1.0) -> float:
        """Return the share of a core that the process uses over some time."""
        before, began = self._cpu_s(), clock.real_monotonic()
        threading.Event().wait(over_s)
        return (self._cpu_s() - before) / (clock.real_monotonic() - began)

    def _cpu_s(self) -> float:
        assert self.process is not None
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, path: str, body: bytes | None = None, *, patience_s: float = 20) -> Answer:
        """Ask once, over a connection of its own."""
        began = clock.real_monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience_s)
        try:
            connection.request(
                "GET" if body is None else "POST",
                path,
                body=body,
                headers={"Content-Type": "application/json"},
            )
            reply = connection.getresponse()
            status, text, after = reply.status, reply.read(), reply.getheader("Retry-After") or ""
        except (OSError, http.client.HTTPException):
            status, text, after = 0, b"", ""
        finally:
            connection.close()
        took_s = clock.real_monotonic() - began
        return Answer(status=status, body=text, retry_after=after, took_s=took_s)

    def fire(self, key: str, **more: str) -> Answer:
        """Post one event that fires."""
        return self.ask("/v2/enqueue", trigger(key, **more))

    def lines(self) -> list[dict[str, Any]]:
        """Return what it logged."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                found.append({"event": line, "level": "unstructured"})
        return found


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Clients:
    """Several programs that post events with unique keys, as fast as they are answered."""

    def __init__(self, servers: Sequence[Serve], *, count: int = 4) -> None:
        self.answered: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.slowest_s = 0.0
        self._servers = servers
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._post, args=(n,), name=f"client-{n}") for n in range(count)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def until_answered(self, count: int, *, within_s: float = 30) -> None:
        """Wait until so many more events were answered 202."""
        wanted = len(self.answered) + count
        until(
            lambda: len(self.answered) >= wanted,
            within_s=within_s,
            what=f"{count} more answers; {self.statuses}",
        )

    def _post(self, number: int) -> None:
        for n in range(1_000_000):
            if self._over.is_set():
                return
            key = f"client{number}-{n}"
            answer = self._servers[(number + n) % len(self._servers)].fire(key)
            with self._lock:
                self.statuses[answer.status] += 1
                self.slowest_s = max(self.slowest_s, answer.took_s)
                if answer.status == 202:
                    self.answered.append(key)
            if answer.status != 202:
                self._over.wait(0.05)


@contextlib.contextmanager
def mail() -> Iterator[Mailbox]:
    """Give a mail server that keeps what it gets."""
    mailbox = Mailbox.start()
    try:
        yield mailbox
    finally:
        mailbox.stop()


def rows(database_url: str, query: Any, *values: object) -> list[tuple[Any, ...]]:
    """Ask the database, past every process."""
    with psycopg.connect(database_url) as connection:
        return connection.execute(query, list(values)).fetchall()


def until_folded(database_url: str, *, within_s: float = 30) -> None:
    """Wait until no event waits."""
    until(
        lambda: rows(database_url, "select count(*) from inbox where failed_at is null") == [(0,)],
        within_s=within_s,
        what="everything folded",
    )


def until_sent(database_url: str, *, within_s: float = 30) -> None:
    """Wait until no message that is due waits to be sent or recorded."""
    waiting = "select count(*) from notifications where state in ('planned', 'claimed')"
    until(
        lambda: rows(database_url, waiting + " and due_at <= %s", clock.real_now()) == [(0,)],
        within_s=within_s,
        what="everything sent",
    )


def postgres_pids(data_dir: Path) -> list[int]:
    """Return the embedded server's process and its children, or none."""
    url = embedded.find(data_dir)
    if url is None:
        return []
    try:
        with psycopg.connect(url) as connection:  # read while it lives: it ends with the block
            backend = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
    except (psycopg.OperationalError, FileNotFoundError):
        return []
    parent = int(backend.rpartition(")")[2].split()[1])
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *map(int, children)]


def send(pids: Sequence[int], number: signal.Signals) -> None:
    """Send a signal to every one that lives."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
