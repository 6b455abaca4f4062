"""Heartbeats: a dead-man's switch that falls silent is an event like any other."""

from __future__ import annotations

from datetime import datetime

from watchbill.actions.shell import Shell
from watchbill.core.alerts import HEARTBEAT_KEY
from watchbill.core.events import Event, EventAction, Severity
from watchbill.store import heartbeats as heartbeats_store
from watchbill.store import inbox


def check(shell: Shell) -> int:
    """Store one trigger for each heartbeat that is overdue; its next ping resolves it."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        missing = heartbeats_store.missing(tx, now=now)
        for integration_id, service_id, name, every_s, seen_at in missing:
            event = Event(
                action=EventAction.TRIGGER,
                dedup_key=HEARTBEAT_KEY,
                summary=f"{name} has not been heard of since {seen_at:%Y-%m-%d %H:%M} UTC",
                severity=Severity.CRITICAL,
                source=name,
                alarm=name,
                fields=(("expected_every_s", str(every_s)),),
            )
            inbox.add(tx, now, service_id, integration_id, event)
    if missing:
        shell.engine_bell.set()
    return len(missing)


def next_due(shell: Shell) -> datetime | None:
    """Return when the next heartbeat is overdue."""
    with shell.db.transaction() as tx:
        return heartbeats_store.next_due(tx)
