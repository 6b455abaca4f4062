"""Bells: hear what other processes committed, and wake who waits for it in this one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import psycopg
import structlog

from watchbill.actions.shell import Shell
from watchbill.errors import WatchbillError
from watchbill.store import database

log = structlog.get_logger()

_REST = timedelta(seconds=1)
_LOOK_S = 5.0


class Bells(threading.Thread):
    """Listens to NOTIFY: `inbox`, `incidents`, `notifications`, `company`.

    `on_incidents` gets the ids that changed, or none when there were too many to name;
    `on_company` is told that integrations, tokens or people changed; `on_lost` that the database
    is away (it may be ours to start again). A lost connection is made again, and everybody is
    woken then, because something may have been missed.
    """

    def __init__(
        self,
        shell: Shell,
        *,
        on_incidents: Callable[[tuple[str, ...]], None],
        on_company: Callable[[], None],
        on_lost: Callable[[], object],
    ) -> None:
        super().__init__(name="bells", daemon=True)
        self._shell = shell
        self._on_incidents = on_incidents
        self._on_company = on_company
        self._on_lost = on_lost
        self._over = threading.Event()
        self._is_away = False

    def run(self) -> None:
        """Listen until told to stop."""
        while not self._over.is_set():
            try:
                self._listen()
            except psycopg.OperationalError as error:
                if self._over.is_set():
                    return
                if not self._is_away:
                    log.warning("bells.database_away", error=str(error))
                self._is_away = True
                self._start_again()
                self._shell.clock.wait(self._over, until=self._shell.clock.now() + _REST)

    def _start_again(self) -> None:
        try:
            self._on_lost()
        except WatchbillError as error:
            log.error("bells.database_does_not_start", error=str(error))

    def stop(self) -> None:
        """Stop listening, within a few seconds; nobody has to wait for it."""
        self._over.set()

    def _listen(self) -> None:
        url = self._shell.db.url
        with database.listen(url, "inbox", "incidents", "notifications", "company") as connection:
            if self._is_away:
                log.info("bells.database_back")
            self._is_away = False
            self._wake_all()
            while not self._over.is_set():
                for notice in connection.notifies(timeout=_LOOK_S, stop_after=1):
                    is_ours = notice.pid in self._shell.db.backends
                    self._hear(notice.channel, notice.payload, is_ours=is_ours)

    def _hear(self, channel: str, payload: str, *, is_ours: bool) -> None:
        """Wake who waits; engine and sender of this process know already what it did itself."""
        if channel == "notifications":
            if not is_ours:
                self._shell.sender_bell.set()
        elif channel == "inbox":
            self._shell.engine_bell.set()
        elif channel == "incidents":
            if not is_ours:
                self._shell.engine_bell.set()
            self._on_incidents(tuple(payload.split()))
        else:
            self._shell.ring()
            self._on_company()

    def _wake_all(self) -> None:
        self._shell.ring()
        self._on_company()
        self._on_incidents(())
