"""The database goes away and comes back: people are told, nothing is lost, nobody restarts anything.

Away in both ways: stopped, so that every attempt is refused at once; and frozen, so that none is
answered at all.
"""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e import processes
from tests.e2e.processes import Clients, Serve, rows
from watchbill.store import embedded, postgres_files

#: The longest an event's sender waits for "not now".
PATIENCE_S = 6.5


@pytest.fixture
def postgres() -> Iterator[embedded.Embedded]:
    """A PostgreSQL of this test's own, which for `serve` is an external one."""
    top = Path(tempfile.mkdtemp(prefix="wb-test-"))
    top.chmod(0o755)
    with embedded.start(top / "data", settings={"fsync": "off"}) as server:
        yield server
    postgres_files.forget(top / "data")
    shutil.rmtree(top)


def all_pids(server: embedded.Embedded) -> list[int]:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [server.pid, *map(int, children)]


@contextmanager
def stopped(server: embedded.Embedded) -> Iterator[None]:
    processes.send([server.pid], signal.SIGINT)
    processes.until(lambda: not is_alive(server.pid), within_s=10, what="PostgreSQL's end")
    yield
    server.ensure_running()


@contextmanager
def frozen(server: embedded.Embedded) -> Iterator[None]:
    pids = all_pids(server)
    processes.send(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        processes.send(pids, signal.SIGCONT)


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("away", [stopped, frozen])
def test_a_database_that_is_away_is_said_and_waited_for(
    tmp_path: Path, postgres: embedded.Embedded, away
) -> None:
    processes.seed(postgres.url, processes.company())
    with (
        processes.mail() as mailbox,
        Serve(tmp_path, database_url=postgres.url, smtp_port=mailbox.port) as serve,
    ):
        with Clients([serve]) as clients:
            clients.until_answered(50)
            with away(postgres):
                processes.until(lambda: clients.statuses[503] > 0, within_s=15, what="503")
                everybody_is_told(serve)
                assert serve.busy(1.0) < 0.5
            clients.until_answered(50)
        serve.until_ready()
        processes.until_folded(postgres.url)
        folded = {
            key for (key,) in rows(postgres.url, "select event::json->>'dedup_key' from events")
        }
        assert set(clients.answered) <= folded
        assert set(clients.statuses) == {202, 503}
        assert clients.slowest_s < PATIENCE_S
        processes.until(lambda: bool(mailbox.messages), within_s=10, what="the page")
        said = [line for line in serve.lines() if line.get("level") != "info"]
        assert 1 <= len(said) <= 8, said
        assert not [line for line in said if line["level"] == "unstructured"], said


def everybody_is_told(serve: Serve) -> None:
    known = serve.fire("known")
    assert (known.status, known.retry_after) == (503, "5")
    unknown = serve.fire("k", routing_key="x" * 32)
    assert unknown.status in (503, 400)
    assert max(known.took_s, unknown.took_s) < PATIENCE_S
    ready = serve.ask("/health/ready")
    assert ready.status == 503
    assert json.loads(ready.body)["reason"]
    assert ready.took_s < PATIENCE_S
    assert serve.ask("/health/live").status == 200


def test_a_door_is_never_refused_while_doors_are_being_loaded(
    tmp_path: Path, database_url: str
) -> None:
    """The first requests after a start come together: none is told that its key is unknown."""
    processes.seed(database_url, processes.company())
    serve = Serve(tmp_path, database_url=database_url)
    for _ in range(2):
        with Clients([serve], count=16) as clients, serve:
            clients.until_answered(50)
        assert set(clients.statuses) <= {202, 0, 503}
