"""Events: which door a request came through, and the row each event is stored as."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.actions.shell import Shell
from watchbill.core.events import Event
from watchbill.store import inbox
from watchbill.store import integrations as integrations_store

#: Where the intake's COPY goes; named here, because `store` is for actions alone.
TABLE, COLUMNS = inbox.TABLE, inbox.COLUMNS

#: What stands for a key in the request that is kept.
HIDDEN = b"(key)"

Row = tuple[str, str, datetime, str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An integration as the intake needs it."""

    integration_id: str
    service_id: str
    source: str
    settings: Mapping[str, Any]


def doors(shell: Shell) -> dict[str, Door]:
    """Return every door by the hash of its key."""
    with shell.db.transaction() as tx:
        return {
            row[4]: Door(integration_id=row[0], service_id=row[1], source=row[2], settings=row[3])
            for row in integrations_store.doors(tx)
        }


def hash_key(key: str) -> str:
    """Return what is stored of an integration's key or an API token: keys are long and random."""
    return hashlib.sha256(key.encode()).hexdigest()


def rows(door: Door, events: tuple[Event, ...], body: bytes, *, now: datetime) -> list[Row]:
    """Return the inbox rows of one request; the raw body goes with its first event."""
    text: str | None = body.decode("utf-8", "replace").replace("\x00", "")
    found: list[Row] = []
    for event in events:
        found.append(
            (door.service_id, door.integration_id, now, inbox.encode(event).decode(), text)
        )
        text = None
    return found


def store(shell: Shell, found: list[Row]) -> None:
    """Store events that did not come over HTTP, in one transaction (the demo's past)."""
    with shell.db.transaction() as tx:
        inbox.put(tx, found)
    shell.engine_bell.set()
