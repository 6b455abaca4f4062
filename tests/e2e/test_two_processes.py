"""Two `watchbill serve` on one database share the work: each thing is done once, and none waits."""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.e2e import processes
from tests.e2e.processes import Clients, Serve, rows
from tests.fakes.http_receiver import Answer, HttpReceiver
from watchbill.core.people import Grouping


@pytest.fixture
def hook() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.stop()


def pair(
    folder: Path, database_url: str, smtp_port: int = 9, **settings: str
) -> tuple[Serve, Serve]:
    first, second = (
        Serve(folder, name=name, database_url=database_url, smtp_port=smtp_port, **settings)
        for name in ("first", "second")
    )
    return first, second


def complaints(*servers: Serve) -> list[dict[str, object]]:
    return [each for s in servers for each in s.lines() if each.get("level") != "info"]


def test_two_processes_fold_and_send_everything_once(
    tmp_path: Path, database_url: str, hook: HttpReceiver
) -> None:
    """Every event folded once, every message sent once, in order for each incident."""
    processes.seed(
        database_url, processes.company(grouping=Grouping.ALERT, hooks=2), hook_url=hook.url
    )
    with processes.mail() as mailbox:
        first, second = pair(tmp_path, database_url, mailbox.port)
        with first, second:
            with Clients([first, second]) as clients:
                clients.until_answered(400)
            assert set(clients.statuses) == {202}
            for key in clients.answered[:100]:
                resolve = json.loads(processes.trigger(key)) | {"event_action": "resolve"}
                assert first.ask("/v2/enqueue", json.dumps(resolve).encode()).status == 202
            processes.until_folded(database_url)
            processes.until_sent(database_url, within_s=50)
        assert complaints(first, second) == []
    folded = Counter(
        rows(database_url, "select event::json->>'action', event::json->>'dedup_key' from events")
    )
    assert sum(1 for action, _ in folded if action == "trigger") == len(clients.answered)
    assert set(folded.values()) == {1}
    sent_once_and_in_order(database_url, hook)


def sent_once_and_in_order(database_url: str, hook: HttpReceiver) -> None:
    keys = Counter(each.headers["idempotency-key"] for each in hook.received)
    noted = {
        i for (i,) in rows(database_url, "select id from notifications where channel = 'hook'")
    }
    assert set(keys) == noted
    assert set(keys.values()) == {1}
    heard: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for each in hook.received:
        heard[each.path, json.loads(each.body)["incident"]["id"]].append(
            each.headers["idempotency-key"]
        )
    assert all(ids == sorted(ids) for ids in heard.values())
    assert any(len(ids) > 1 for ids in heard.values())


def test_the_other_process_finishes_what_a_killed_one_had_in_hand(
    tmp_path: Path, database_url: str
) -> None:
    """Claims run out: the page goes out once more, with the same key, by the process that lives."""
    with Gate() as gate:
        processes.seed(database_url, processes.company(hooks=1), hook_url=gate.url)
        first, second = pair(tmp_path, database_url)
        with second:
            with first:
                second.kill()  # so that the first is the one to claim
                assert first.fire("k").status == 202
                processes.until(lambda: len(gate.keys) == 1, within_s=10, what="the first's call")
                second.start()
                first.kill()
                gate.open()
                processes.until(lambda: len(gate.keys) == 2, within_s=40, what="the second's call")
            processes.until(
                lambda: (
                    rows(database_url, "select state from notifications where channel = 'hook'")
                    == [("sent",)]
                ),
                within_s=10,
                what="the second's record",
            )
    assert len(set(gate.keys)) == 1


class Gate(HttpReceiver):
    """A program that takes every call and answers none until it is opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        super().__init__()

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *_: object) -> None:
        self.open()
        self.stop()

    @property
    def keys(self) -> list[str]:
        return [each.headers["idempotency-key"] for each in self.received]

    @property
    def answer(self) -> Answer:  # type: ignore[override]
        """What is asked for once a call has been kept."""
        self._opened.wait(30)
        return Answer()

    @answer.setter
    def answer(self, _answer: Answer) -> None:
        """It is always the same."""

    def open(self) -> None:
        self._opened.set()


def test_a_hanging_receiver_does_not_delay_anybody_elses_call(
    tmp_path: Path, database_url: str
) -> None:
    """Each lane has its own pool: a hundred hooks that hang, and the page leaves at once."""
    with processes.mail() as mailbox, Gate() as gate:
        processes.seed(database_url, processes.company(hooks=100), hook_url=gate.url)
        with Serve(tmp_path, database_url=database_url, smtp_port=mailbox.port) as serve:
            other = builders.ACCEPTED
            assert serve.fire("k", alarm=other).status == 202
            processes.until(lambda: bool(gate.keys), within_s=10, what="a hook's call")
            processes.until(
                lambda: bool(mailbox.messages), within_s=2, what="the page beside hanging hooks"
            )
            resolve = json.loads(processes.trigger("k")) | {"event_action": "resolve"}
            assert serve.ask("/v2/enqueue", json.dumps(resolve).encode()).status == 202
            processes.until_folded(database_url)
            assert serve.busy() < 0.3, "what waits for the hanging hooks is asked for all the time"
            gate.open()
            processes.until_sent(database_url)
