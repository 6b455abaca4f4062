"""Starting and stopping leaves nothing behind: no thread, no descriptor, no connection."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import builders
from tests.e2e import processes
from tests.e2e.processes import Serve, rows
from tests.e2e.world import World
from watchbill.actions.bells import Bells

CONNECTIONS = "select count(*) from pg_stat_activity where datname = current_database()"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_many_lives_leave_nothing_behind(fresh_database: Callable[[], str]) -> None:
    """The bells' thread may take a few seconds to hear that it is over; nothing else may."""
    before, after = (left_behind(fresh_database, lives=lives) for lives in (2, 6))
    assert after == before


def left_behind(fresh_database: Callable[[], str], *, lives: int) -> tuple[int, int]:
    """Live some lives, each with its page; return how many threads and open files there are."""
    for bells in [one_life(fresh_database()) for _ in range(lives)]:
        bells.join(10)
    gc.collect()
    return threading.active_count(), open_files()


def one_life(database_url: str) -> Bells:
    with World(database_url, builders.company(), at=builders.dublin("Sat 03:00")) as world:
        world.watchbill.start()
        assert world.post("/v2/enqueue", processes.trigger("k"))[0] == 202
        processes.until(lambda: bool(world.phones.got), within_s=10, what="the page")
        world.phones.got.clear()
    return world.watchbill.bells


def test_a_stop_is_quick_clean_and_leaves_no_connection(tmp_path: Path, database_url: str) -> None:
    """SIGTERM ends it with 0 within seconds, although events come in; nothing is complained of."""
    processes.seed(database_url, processes.company())
    with processes.mail() as mailbox:
        serve = Serve(tmp_path, database_url=database_url, smtp_port=mailbox.port)
        with serve, processes.Clients([serve]) as clients:
            clients.until_answered(50)
            assert serve.stop() in (0, -15)
        assert [line for line in serve.lines() if line.get("level") != "info"] == []
    others = CONNECTIONS + " and pid <> pg_backend_pid()"
    processes.until(lambda: rows(database_url, others) == [(0,)], within_s=5, what="no connection")
    kept = rows(
        database_url,
        "select event::json->>'dedup_key' from inbox union all "
        "select event::json->>'dedup_key' from events",
    )
    assert set(clients.answered) <= {key for (key,) in kept}


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_logs_name_no_address_and_no_secret(
    tmp_path: Path, database_url: str, log_format: str
) -> None:
    """A mail server and a receiver that are not there are complained of without saying whose."""
    made = processes.company(hooks=1)
    processes.seed(database_url, made, hook_url="http://127.0.0.1:9/secret-path")
    with Serve(tmp_path, database_url=database_url, WATCHBILL_LOG_FORMAT=log_format) as serve:
        assert serve.fire("k").status == 202
        processes.until_folded(database_url)
        failed = "select count(*) from notifications where attempts > 0 and error <> ''"
        processes.until(lambda: rows(database_url, failed) == [(2,)], within_s=15, what="failures")
    text = serve.log.read_text()
    assert "notification.not_sent" in text
    for secret in ("vera0@", "example.org", "secret-path", processes.KEY):
        assert secret not in text, json.dumps(text[-2000:])


def test_an_idle_server_rests(tmp_path: Path, database_url: str) -> None:
    """With an open incident that is due in minutes it waits for the time, and does not ask for it."""
    processes.seed(database_url, processes.company())
    with (
        processes.mail() as mailbox,
        Serve(tmp_path, database_url=database_url, smtp_port=mailbox.port) as serve,
    ):
        assert serve.fire("k").status == 202
        processes.until(lambda: bool(mailbox.messages), within_s=10, what="the page")
        processes.until_sent(database_url)
        assert serve.busy(2.0) < 0.1
