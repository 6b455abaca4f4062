"""World: the whole process on a real database, with a hand-moved clock and fake phones.

A story posts real events over HTTP to a real server, moves the clock, and says which phone rings
and which stays silent. What it does not say must not happen: an unexpected message, or a warning
in the log, fails the story.
"""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

import structlog
from structlog.testing import LogCapture

from tests import builders, seeded
from watchbill.actions import notifications
from watchbill.app import Watchbill
from watchbill.clock import HandClock
from watchbill.config import Settings
from watchbill.core.company import Company
from watchbill.core.incidents import Incident
from watchbill.core.messages import Message, PermanentFailure, Receipt, TemporaryFailure
from watchbill.core.people import PersonId
from watchbill.engine import tick
from watchbill.mailbox import Mailbox

#: What may ring; FYI messages do not.
CALLS = ("page", "bundle", "growth")


@dataclass
class FakePhones:
    """A channel whose addresses are phones that remember what they got."""

    name: str = "email"
    deadline_s: float = 5.0
    concurrency: int = 2
    interrupts: bool = True
    got: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    #: Addresses that fail, and how.
    broken: dict[str, PermanentFailure | TemporaryFailure] = field(default_factory=dict)

    def check(self, address: str) -> None:
        """Any address will do."""

    def send(self, message: Message) -> Receipt:
        """Ring, or fail as told."""
        if message.address in self.broken:
            raise self.broken[message.address]
        self.got[message.address].append(message)
        return Receipt(provider_id=message.idempotency_key)


class Phone:
    """One person's phone."""

    def __init__(self, world: World, person_id: PersonId) -> None:
        self._world = world
        self._person = world.company.people[person_id]

    def _unread(self) -> list[Message]:
        return [
            message
            for method in self._person.methods
            for message in self._world.phones.got[method.address]
        ]

    def rings(self, kind: str = "page") -> Message:
        """Say that the phone rang since it was last looked at, for one incident, and answer why."""
        heard = self._unread()
        kinds = [message.kind.value for message in heard]
        assert kinds == [kind], f"{self._person.name}'s phone: expected one {kind}, got {kinds}"
        self._forget()
        return heard[0]

    def gets_word(self) -> Message:
        """Say that a message came that asks for nothing."""
        return self.rings("passed")

    def stays_silent(self) -> None:
        """Say that nothing came."""
        heard = [message.subject for message in self._unread()]
        assert not heard, f"{self._person.name} was called: {heard}"

    def breaks(self, *, for_good: bool = True) -> None:
        """Make every message to this phone fail."""
        failure = PermanentFailure("no such phone") if for_good else TemporaryFailure("busy")
        for method in self._person.methods:
            self._world.phones.broken[method.address] = failure

    def _forget(self) -> None:
        for method in self._person.methods:
            self._world.phones.got[method.address].clear()


class World:
    """A company, its server, its phones and the time."""

    def __init__(
        self,
        database_url: str,
        company: Company,
        *,
        at: datetime,
        mailbox: Mailbox | None = None,
    ) -> None:
        self.company = company
        self.clock = HandClock(at)
        self.phones = FakePhones()
        self.hooks = FakePhones(name="webhook")
        self.log = LogCapture()
        structlog.configure(processors=[self.log], cache_logger_on_first_use=False)
        self.watchbill = Watchbill(
            Settings(database_url=database_url),
            clock=self.clock,
            channels={"email": self.phones, "webhook": self.phones, "hook": self.hooks},
            mailbox=mailbox,
        )
        with self.watchbill.db.transaction() as tx:
            seeded.write(tx, company)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = self.watchbill.server()
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self.watchbill.close()
        self._socket.close()
        structlog.reset_defaults()
        if kind is None:
            self.nothing_else_happened()

    # -- time ---------------------------------------------------------------------------------

    def at(self, when: str | datetime) -> None:
        """Let time pass until then, with everything that is due on the way."""
        target = builders.dublin(when) if isinstance(when, str) else when
        self.settle()
        for _ in range(1000):
            due = self._next_due()
            if due is None or due > target:
                break
            self.clock.move_to(max(due, self.clock.now()))
            self.settle()
        else:
            raise AssertionError("time does not pass: something is due again and again")
        self.clock.move_to(max(target, self.clock.now()))
        self.settle()

    def wait(self, **duration: float) -> None:
        """Let a duration pass: `minutes=5`."""
        self.at(self.clock.now() + timedelta(**duration))

    def settle(self) -> None:
        """Let engine and sender finish all that is due now."""
        shell, sender = self.watchbill.shell, self.watchbill.sender
        for _ in range(1000):
            done = tick.tick(shell)
            shell.sender_bell.clear()
            sender.turn()
            while sender.in_hand:
                shell.sender_bell.wait(5)
                shell.sender_bell.clear()
                sender.turn()
            if not done and not self._has_due():
                return
        raise AssertionError("the engine does not come to rest")

    def _has_due(self) -> bool:
        due = self._next_due()
        return due is not None and due <= self.clock.now()

    def _next_due(self) -> datetime | None:
        shell = self.watchbill.shell
        times = (tick.next_due(shell), notifications.next_due(shell))
        return min((t for t in times if t is not None), default=None)

    # -- what happens -------------------------------------------------------------------------

    def fires(self, alarm: str = builders.ACCEPTED, *, key: str = "k1", **more: Any) -> None:
        """A monitoring system says that the alarm's condition holds."""
        self._event("trigger", key, payload={
            "summary": more.pop("summary", f"{alarm} on {key}"), "source": key,
            "severity": more.pop("severity", "critical"), "class": alarm, **more,
        })  # fmt: skip

    def recovers(self, *, key: str = "k1") -> None:
        """The monitoring system says that it is over."""
        self._event("resolve", key)

    def _event(self, action: str, key: str, **more: Any) -> None:
        body = {
            "routing_key": seeded.key_of(builders.INTEGRATION),
            "event_action": action,
            "dedup_key": key,
            **more,
        }
        status, answer = self.post("/v2/enqueue", body)
        assert status == 202, (status, answer)
        self.settle()

    def post(self, path: str, body: object) -> tuple[int, bytes]:
        """POST over HTTP; JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base_url + path, data, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def phone(self, person_id: PersonId) -> Phone:
        """Return a person's phone."""
        return Phone(self, person_id)

    # -- what is so ---------------------------------------------------------------------------

    def incident(self) -> Incident:
        """Return the newest incident."""
        from watchbill.store import incidents as incidents_store

        with self.watchbill.db.transaction() as tx:
            row = tx.execute("select id from incidents order by number desc limit 1").fetchone()
            assert row is not None, "there is no incident"
            return incidents_store.get(tx, row[0])[0]

    def rows(self, query: Any, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with self.watchbill.db.transaction() as tx:
            return tx.execute(query, list(values)).fetchall()

    def nothing_else_happened(self) -> None:
        """Fail if a message came that the story did not name, or something was logged as wrong."""
        unread = {a: [m.subject for m in got] for a, got in self.phones.got.items() if got}
        assert not unread, f"unexpected messages: {unread}"
        wrong = [e for e in self.log.entries if e["log_level"] in ("warning", "error", "critical")]
        assert not wrong, f"unexpected log records: {wrong}"


@contextmanager
def story(database_url: str, *, at: str, company: Company | None = None) -> Iterator[World]:
    """Give a world of the default company at a Dublin wall-clock time of the known week."""
    start = builders.dublin(at)
    with World(database_url, company or builders.company(), at=start) as world:
        yield world
