"""The engine's loop: tick until nothing is left, then wait for a bell or for the next due time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from watchbill import clock
from watchbill.actions import agenda, housekeeping
from watchbill.actions.shell import Shell, Traffic
from watchbill.engine import tick
from watchbill.errors import Unavailable

log = structlog.get_logger()

#: How long the engine rests when the database is away, or what is due cannot be done.
_REST = timedelta(seconds=1)
#: So many items done, and the inbox is swept once little is left.
_SWEEP = 20_000
#: Requests and events a second, counted together, at which the intake needs all it can get.
_CROWD = 20_000
#: The share of its time the engine works even then.
_LEAST_SHARE = 0.07
#: Its longest rest, in seconds: the page behind a crowd has to come within the second.
_LONGEST_REST_S = 0.2
#: From this share down it works in small batches, so that its turns are short, too.
_DENSE_SHARE = 0.7


class Manners:
    """How the engine gives way while the intake is busy.

    Intake and engine share one interpreter, and answering 202 goes first: what is stored can be
    folded a moment later, what is not stored can be lost. So the engine rests after each batch, the
    longer the more comes in, and works without a pause when little does.

    Source: ADR the-engine-gives-way.
    """

    def __init__(
        self, traffic: Traffic, *, steady: Callable[[], float] = clock.real_monotonic
    ) -> None:
        self._traffic = traffic
        self._steady = steady
        self._taken = traffic.taken
        self._at = steady()

    def rest_s(self, worked_s: float) -> float:
        """Return how long to rest after working for `worked_s`, and note how dense the traffic is."""
        taken, at = self._traffic.taken, self._steady()
        rate = (taken - self._taken) / max(at - self._at, 0.001)
        self._taken, self._at = taken, at
        share = max(1 - rate / _CROWD, _LEAST_SHARE)
        self._traffic.is_dense = share < _DENSE_SHARE
        return min(worked_s * (1 / share - 1), _LONGEST_REST_S)


class Engine(threading.Thread):
    """Runs the steps of `tick.STEPS` until told to stop."""

    def __init__(self, shell: Shell, *, steps: Sequence[tick.Step] = tick.STEPS) -> None:
        super().__init__(name="engine", daemon=True)
        self._shell = shell
        self._steps = steps
        self._stopped = threading.Event()
        self._manners = Manners(shell.traffic)
        self._agenda: agenda.Agenda = {}
        self._done = 0
        self._is_away = False
        #: When a full cycle last finished; None before the first, and while the database is away.
        self.finished_at: datetime | None = None

    def run(self) -> None:
        """Tick, wait, tick; a database that goes away is waited for."""
        while not self._stopped.is_set():
            self._shell.engine_bell.clear()
            until = self._cycle()
            if not self._stopped.is_set():
                self._shell.clock.wait(self._shell.engine_bell, until=until)

    def stop(self) -> None:
        """Finish the batch under way and return."""
        self._stopped.set()
        self._shell.engine_bell.set()
        if self.is_alive():
            self.join()

    def _cycle(self) -> datetime | None:
        """Work until nothing is left; return when there is more to do."""
        try:
            return self._work()
        except Unavailable as error:
            if not self._is_away:
                log.warning("engine.database_away", error=type(error).__name__)
            self._is_away, self.finished_at = True, None
            return self._shell.clock.now() + _REST
        except Exception as error:  # noqa: BLE001 - a thread that ends would page nobody again
            log.error("engine.cycle_failed", error=type(error).__name__)
            return self._shell.clock.now() + _REST

    def _work(self) -> datetime | None:
        """Tick until little is done and nothing is due.

        What somebody else has in hand just now stays due, and is looked at again after a rest.
        """
        until = None
        while not self._stopped.is_set():
            done = self._tick()
            self._agenda = agenda.read(self._shell)
            until = min((at for at in self._agenda.values() if at is not None), default=None)
            is_due = until is not None and until <= self._shell.clock.now()
            if is_due and not done:
                return self._shell.clock.now() + _REST
            if not is_due and done < tick.FEW:
                self._sweep()
                break
        return until

    def _sweep(self) -> None:
        if self._done >= _SWEEP:
            self._done = 0
            housekeeping.sweep(self._shell)

    def _tick(self) -> int:
        """Do a batch of every step that is due, rest as manners ask, and return how much was done.

        The agenda is the last cycle's: an event's page waits for no question about the time.
        """
        began = clock.real_monotonic()
        now = self._shell.clock.now()
        due = [step for step in self._steps if _is_due(self._agenda.get(step.name, now), now)]
        done = tick.tick(self._shell, steps=due)
        self._done += done
        self._is_away, self.finished_at = False, self._shell.clock.now()
        rest_s = self._manners.rest_s(clock.real_monotonic() - began)
        if rest_s > 0.001:
            self._stopped.wait(rest_s)
        return done


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now
