"""Die at every commit and at every send; restart; finish the night: nobody is left uncalled.

The process dies before the n-th commit that writes, after it, before the n-th message leaves, or
after it left; for n = 1, 2, 3 … until a night is lived through. Then a fresh process takes the
same database. At least once, never silently: every event is kept, the volunteer rings, the duty
manager rings because nobody answered, and at most one phone rings once too often.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from tests import builders, seeded
from tests.builders import MONA, VERA
from watchbill.actions import bootstrap, events, incidents, notifications
from watchbill.actions import shell as shells
from watchbill.actions.events import Door
from watchbill.clock import HandClock
from watchbill.core.incidents import IncidentState
from watchbill.core.messages import Message, Receipt
from watchbill.engine import tick
from watchbill.sender.loop import Sender
from watchbill.store import incidents as incidents_store
from watchbill.store.database import Database, Tx

VERAS, MONAS = f"{VERA}0@example.org", f"{MONA}0@example.org"


class Died(BaseException):
    """The process is gone."""


class Reaper:
    """Counts the points at which a process can die, and lets it die at the chosen one."""

    def __init__(self, point: int | None) -> None:
        self.point = point
        self.passed = 0
        self.has_struck = False

    def pass_by(self) -> None:
        if self.has_struck:
            raise Died
        self.passed += 1
        if self.passed == self.point:
            self.has_struck = True
            raise Died


class MortalDatabase(Database):
    """A database whose process may die before or after a commit that writes."""

    def __init__(self, url: str, reaper: Reaper) -> None:
        super().__init__(url, size=4)
        self._reaper = reaper

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Tx]:
        if self._reaper.has_struck:
            raise Died
        writes = False
        with super().transaction() as tx:
            yield tx
            row = tx.execute("select pg_current_xact_id_if_assigned() is not null").fetchone()
            writes = bool(row and row[0])
            if writes:
                self._reaper.pass_by()
        if writes:
            self._reaper.pass_by()


class Phones:
    """A channel that counts rings; the process may die before and after each."""

    name = "email"
    deadline_s = 1.0
    concurrency = 1
    interrupts = True

    def __init__(self, rang: Counter[str], reaper: Reaper) -> None:
        self._rang = rang
        self._reaper = reaper

    def check(self, address: str) -> None:
        """Any address will do."""

    def send(self, message: Message) -> Receipt:
        self._reaper.pass_by()
        self._rang[message.address] += 1
        self._reaper.pass_by()
        return Receipt()


class Process:
    """One life of the process."""

    def __init__(self, url: str, clock: HandClock, rang: Counter[str], reaper: Reaper) -> None:
        self.reaper = reaper
        self.rang = rang
        self.db = MortalDatabase(url, reaper)
        self.db.open()
        self.clock = clock
        self.shell = shells.shell(self.db, clock)
        self.sender = Sender(self.shell, {"email": Phones(rang, reaper)})

    def settle(self) -> None:
        """Do all that is due now, or die."""
        for _ in range(200):
            done = tick.tick(self.shell)
            self.shell.sender_bell.clear()
            self.sender.turn()
            while self.sender.in_hand and not self.reaper.has_struck:
                self.shell.sender_bell.wait(0.01)
                self.shell.sender_bell.clear()
                self.sender.turn()
            if self.reaper.has_struck:
                raise Died
            due = notifications.next_due(self.shell)
            if not done and (due is None or due > self.clock.now()):
                return
        raise AssertionError("the engine does not come to rest")

    def pass_time(self, until: timedelta) -> None:
        """Let minutes pass."""
        end = self.clock.now() + until
        while self.clock.now() < end:
            self.clock.move(timedelta(minutes=1))
            self.settle()

    def live(self) -> None:
        """The night: the volunteer sleeps through it, the duty manager takes it."""
        self.settle()
        for _ in range(12):
            if not self.rang[MONAS]:
                self.pass_time(timedelta(minutes=1))
        with self.db.transaction() as tx:
            row = tx.execute("select id from incidents").fetchone()
        assert row is not None
        incidents.acknowledge(self.shell, row[0], by=MONA)
        self.settle()
        self.pass_time(timedelta(minutes=3))

    def close(self) -> None:
        """Leave nothing open, however it ended."""
        for pool in self.sender._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        self.db.close()


def store_event(process: Process) -> None:
    """What the intake does: on disk, then 202."""
    door = Door(
        integration_id=builders.INTEGRATION,
        service_id=builders.SERVICE,
        source="pagerduty_v2",
        settings={},
    )
    rows = events.rows(door, (builders.event(),), b"{}", now=process.clock.now())
    with (
        process.db.transaction() as tx,
        tx.cursor().copy(
            "copy inbox (service_id, integration_id, received_at, event, body) from stdin"
        ) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def night(url: str, point: int | None) -> int:
    """Live through the night, dying at `point`; return how many points were passed, 0 if it died."""
    clock = HandClock(builders.dublin("Sat 03:00"))
    rang: Counter[str] = Counter()
    born = Process(url, clock, rang, Reaper(None))
    bootstrap.prepare(born.shell, base_url="http://watchbill.test")
    with born.db.transaction() as tx:
        seeded.write(tx, builders.company())
    store_event(born)
    born.close()

    first = Process(url, clock, rang, Reaper(point))
    try:
        first.live()
    except Died:
        pass
    finally:
        first.close()
    if not first.reaper.has_struck:
        check(url, clock, rang, may_repeat=0)
        return first.reaper.passed

    second = Process(url, clock, rang, Reaper(None))
    second.live()
    second.close()
    check(url, clock, rang, may_repeat=1)
    return 0


def check(url: str, clock: HandClock, rang: Counter[str], *, may_repeat: int) -> None:
    """Nobody is left uncalled, nothing is lost, no owner of the service was called (NO1)."""
    process = Process(url, clock, rang, Reaper(None))
    try:
        with process.db.transaction() as tx:
            assert tx.execute("select count(*) from inbox").fetchone() == (0,)
            assert tx.execute("select count(*) from events").fetchone() == (1,)
            rows = tx.execute("select id from incidents").fetchall()
            assert len(rows) == 1
            incident, pages = incidents_store.get(tx, rows[0][0])
            waiting = tx.execute(
                "select count(*) from notifications where state in ('planned', 'claimed')"
            ).fetchone()
    finally:
        process.close()
    assert incident.state is IncidentState.ACKNOWLEDGED
    assert pages == ()
    assert waiting == (0,)
    assert rang[VERAS] >= 1
    assert rang[MONAS] >= 1
    assert set(rang) == {VERAS, MONAS}
    assert rang.total() <= 2 + may_repeat, rang


def test_no_crash_loses_a_page(fresh_database):
    """ALL: an event answered 202 is never lost; a page is answered, escalated, or repeated."""
    points = night(fresh_database(), None)
    assert points > 10, "the night has points to die at"
    for point in range(1, points + 1):
        assert night(fresh_database(), point) == 0, f"nothing died at point {point}"
