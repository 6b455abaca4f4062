"""kill -9 of the server, of its database, and of both, under load: what was answered 202 is kept.

The bench does the same many times over: `live_through` is the one story of both.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.e2e import processes
from tests.e2e.processes import Clients, Serve, rows
from tests.fakes.http_receiver import HttpReceiver
from watchbill.core.people import Grouping
from watchbill.mailbox import Mailbox
from watchbill.store import embedded, postgres_files

Blow = Callable[[Serve, Path], None]


def kill_server(serve: Serve, _data_dir: Path) -> None:
    serve.kill()
    serve.start()


def kill_database(serve: Serve, data_dir: Path) -> None:
    """Its processes all die at once; the server starts it again by itself."""
    processes.send(processes.postgres_pids(data_dir), signal.SIGKILL)


def kill_both(serve: Serve, data_dir: Path) -> None:
    pids = processes.postgres_pids(data_dir)
    serve.kill()
    processes.send(pids, signal.SIGKILL)
    serve.start()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory anybody may enter, as an administrator would make one."""
    top = Path(tempfile.mkdtemp(prefix="wb-test-"))
    top.chmod(0o755)
    yield top / "data"
    postgres_files.forget(top / "data")
    shutil.rmtree(top)


@pytest.fixture
def hook() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.stop()


def url_of(data_dir: Path) -> str:
    url = embedded.find(data_dir)
    assert url is not None, "the embedded database does not run"
    return url


def live_through(
    blow: Blow, data_dir: Path, hook: HttpReceiver, mailbox: Mailbox, *, times: int
) -> None:
    """Load a server, strike it several times, and look for everything that was answered."""
    company = processes.company(grouping=Grouping.ALARM, hooks=1)
    processes.seed_embedded(data_dir, company, hook_url=hook.url)
    serve = Serve(data_dir.parent, data_dir=data_dir, smtp_port=mailbox.port)
    with serve, Clients([serve]) as clients:
        for _ in range(times):
            clients.until_answered(100)
            blow(serve, data_dir)
        clients.until_answered(100)
        clients.__exit__()
        serve.until_ready()
        url = url_of(data_dir)
        processes.until_folded(url)
        processes.until_sent(url, within_s=60)
        everything_is_kept(url, clients.answered)
        everybody_was_told(url, hook, mailbox, times=times)
    assert set(clients.statuses) <= {202, 503, 0}


def everything_is_kept(url: str, answered: list[str]) -> None:
    """ALL: an event answered 202 is not lost, and is folded once."""
    folded = Counter(key for (key,) in rows(url, "select event::json->>'dedup_key' from events"))
    assert set(answered) <= set(folded)
    assert max(folded.values()) == 1
    assert rows(url, "select count(*) from inbox") == [(0,)]
    assert rows(url, "select count(*) from incidents") == [(1,)]
    assert rows(url, "select alerts, firing from incidents") == [(len(folded), len(folded))]


def everybody_was_told(url: str, hook: HttpReceiver, mailbox: Mailbox, *, times: int) -> None:
    """One page, no message lost, at most one twice a blow, and then with the same key."""
    assert rows(url, "select person_id, count(*) from pages group by 1") == [(builders.VERA, 1)]
    calls = Counter(m.message_id for m in mailbox.messages if m.to == "vera0@example.org")
    noted = rows(url, "select count(*) from notifications where channel = 'email'")
    assert noted == [(len(calls),)]
    assert sum(calls.values()) - len(calls) <= times
    heard = Counter(r.headers["idempotency-key"] for r in hook.received)
    assert set(heard) == {
        i for (i,) in rows(url, "select id from notifications where channel = 'hook'")
    }
    assert sum(heard.values()) - len(heard) <= times


@pytest.mark.parametrize("blow", [kill_server, kill_database, kill_both])
def test_nothing_answered_is_lost_by_kill_9(blow: Blow, data_dir: Path, hook: HttpReceiver) -> None:
    with processes.mail() as mailbox:
        live_through(blow, data_dir, hook, mailbox, times=2)
