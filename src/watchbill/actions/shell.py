"""Shell: what every action needs from the world, handed in once by `app.py`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from watchbill import ids
from watchbill.clock import Clock
from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.planner import work
from watchbill.planner.work import Found, Task
from watchbill.store import companies, company_alarms
from watchbill.store.company_alarms import Known
from watchbill.store.database import Database, Tx

#: Says of addresses what their server answers: the status; 0: none, -1: not allowed to ask.
Links = Callable[[Sequence[str]], Mapping[str, int]]
#: Returns the plans of some cases.
Solve = Callable[[Sequence[Task]], list[Found]]


class Companies:
    """Keeps the company as last loaded, and loads it again when its version has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._company = Company(version=-1)
        self._alarms = Known()

    def get(self, tx: Tx) -> Company:
        """Return the company as of this transaction.

        What the transaction itself has changed is not kept: it may yet be rolled back, and the
        next change would then have the same number.
        """
        number = companies.version(tx)
        if self._company.version == number:
            return self._company
        if companies.is_changed_by(tx):
            return companies.load(tx, number=number, alarms=company_alarms.load(tx, self._alarms))
        with self._lock:
            if self._company.version != number:
                self._alarms = company_alarms.load(tx, self._alarms)
                self._company = companies.load(tx, number=number, alarms=self._alarms)
            return self._company


@dataclass(slots=True)
class Traffic:
    """What comes in through this process's intake, for the engine to give way to.

    The intake counts up `taken`; the engine, between two batches, judges `is_dense`.
    """

    #: Requests and events stored so far, counted together.
    taken: int = 0
    #: True while so much comes in that other work is done in small pieces.
    is_dense: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Database, clock, ids, and the bells that wake engine, sender and calendar reader here."""

    db: Database
    clock: Clock
    new_id: NewId
    companies: Companies = field(default_factory=Companies)
    engine_bell: threading.Event = field(default_factory=threading.Event)
    sender_bell: threading.Event = field(default_factory=threading.Event)
    calendar_bell: threading.Event = field(default_factory=threading.Event)
    traffic: Traffic = field(default_factory=Traffic)
    links: Links | None = None
    #: Solves cases of the planner; in a process of its own, because it takes memory and time.
    solve: Solve = work.apart
    #: Held while this process makes a plan of shifts.
    planning: threading.Lock = field(default_factory=threading.Lock)

    def company(self, tx: Tx) -> Company:
        """Return the company as of this transaction."""
        return self.companies.get(tx)

    def ring(self) -> None:
        """Wake engine and sender: something was committed that they wait for."""
        self.engine_bell.set()
        self.sender_bell.set()


def shell(db: Database, clock: Clock, *, links: Links | None = None) -> Shell:
    """Return a shell whose ids sort by `clock`."""
    return Shell(db=db, clock=clock, new_id=ids.Maker(clock), links=links)
