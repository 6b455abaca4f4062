"""Calendar reader: reads people's own calendars in when they are due, apart from the engine.

A thread of its own, because a calendar's server may be slow, and no page waits for one.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import structlog

from watchbill.actions import busy_calendars
from watchbill.actions.busy_calendars import Fetch
from watchbill.actions.shell import Shell
from watchbill.engine import calendar_child
from watchbill.errors import Unavailable

log = structlog.get_logger()
#: How long to rest when something went wrong that nobody foresaw.
_REST = timedelta(minutes=1)


class CalendarReader(threading.Thread):
    """Reads what is due, and waits for the next or for a calendar that is added."""

    def __init__(self, shell: Shell, fetch: Fetch) -> None:
        super().__init__(name="calendars", daemon=True)
        self._shell, self._fetch = shell, fetch
        self._stopped = threading.Event()

    def run(self) -> None:
        """Read, wait, read; a database that goes away is waited for."""
        while not self._stopped.is_set():
            self._shell.calendar_bell.clear()
            until = self._cycle()
            if not self._stopped.is_set():
                self._shell.clock.wait(self._shell.calendar_bell, until=until)

    def stop(self) -> None:
        """Finish the calendar under way and return."""
        self._stopped.set()
        self._shell.calendar_bell.set()
        if self.is_alive():
            self.join()

    def _cycle(self) -> datetime | None:
        try:
            while not self._stopped.is_set() and busy_calendars.read_due(
                self._shell, self._fetch, calendar_child.read
            ):
                pass
            return busy_calendars.next_due(self._shell)
        except Unavailable:
            return self._shell.clock.now() + _REST
        except Exception as error:  # noqa: BLE001 - a thread that ends would read nothing again
            log.error("calendars.cycle_failed", error=type(error).__name__)
            return self._shell.clock.now() + _REST
