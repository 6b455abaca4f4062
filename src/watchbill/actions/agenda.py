"""Agenda: when each of the engine's timed steps has something to do next, in one look."""

from __future__ import annotations

from datetime import datetime

from watchbill.actions.housekeeping import EVERY
from watchbill.actions.shell import Shell
from watchbill.store import agenda as agenda_store

#: The soonest instant by the step's name; None for never, as far as is known.
Agenda = dict[str, datetime | None]


def read(shell: Shell) -> Agenda:
    """Return when each step is due. One that never ran is due since long ago."""
    with shell.db.transaction() as tx:
        advance, heartbeats, reminders, notices, tidied_at = agenda_store.read(tx)
    housekeeping = tidied_at + EVERY if tidied_at else shell.clock.now()
    return {
        "advance": advance,
        "heartbeats": heartbeats,
        "reminders": reminders,
        "notices": notices,
        "housekeeping": housekeeping,
    }
