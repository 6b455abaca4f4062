"""The engine's loop: tick until nothing is left, then wait for a bell or for the next due time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from watchbill.actions.shell import Shell
from watchbill.engine import tick
from watchbill.errors import Unavailable

log = structlog.get_logger()

#: How long the engine rests when the database is away.
_REST = timedelta(seconds=1)


class Engine(threading.Thread):
    """Runs the steps of `tick.STEPS` until told to stop."""

    def __init__(self, shell: Shell, *, steps: Sequence[tick.Step] = tick.STEPS) -> None:
        super().__init__(name="engine", daemon=True)
        self._shell = shell
        self._steps = steps
        self._stopping = False
        #: When a full cycle last finished; None before the first, and while the database is away.
        self.finished_at: datetime | None = None

    def run(self) -> None:
        """Tick, wait, tick; a database that goes away is waited for."""
        while not self._stopping:
            self._shell.engine_bell.clear()
            until = self._cycle()
            if not self._stopping:
                self._shell.clock.wait(self._shell.engine_bell, until=until)

    def stop(self) -> None:
        """Finish the batch under way and return."""
        self._stopping = True
        self._shell.engine_bell.set()
        if self.is_alive():
            self.join()

    def _cycle(self) -> datetime | None:
        try:
            while not self._stopping and tick.tick(self._shell, steps=self._steps):
                pass
            self.finished_at = self._shell.clock.now()
            return tick.next_due(self._shell)
        except Unavailable as error:
            if self.finished_at is not None:
                log.warning("engine.database_away", error=repr(error))
            self.finished_at = None
            return self._shell.clock.now() + _REST
