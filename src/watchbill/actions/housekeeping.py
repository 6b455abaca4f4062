"""Housekeeping: what is past its time goes, a little at every turn."""

from __future__ import annotations

from datetime import timedelta

from watchbill.actions import swaps
from watchbill.actions.shell import Shell
from watchbill.store import inbox
from watchbill.store import sessions as sessions_store

#: How often.
EVERY = timedelta(hours=1)
_DAY = timedelta(days=1)


def sweep(shell: Shell) -> None:
    """Clean the inbox after a crowd, sooner than the database would by itself."""
    inbox.sweep(shell.db)


def tidy(shell: Shell) -> int:
    """Delete sessions, codes and sign-in attempts whose time is over; once an hour.

    Questions about shifts end with their time, too.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        swaps.close_over(tx, now=now)
        return sessions_store.drop_old(tx, now=now, hour_ago=now - EVERY, day_ago=now - _DAY)
