"""Integrations: the doors events come through, by the hash of their key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from watchbill.store.database import Tx, as_json

_DOORS = """
select id, service_id, source, settings, key_hash from integrations where disabled_at is null
"""
_ADD = """
insert into integrations (id, service_id, source, name, key_hash, key_hint, settings,
                          close_after_s, created_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def doors(tx: Tx) -> list[tuple[Any, ...]]:
    """Return every integration that takes events: id, service, source, settings, key hash."""
    return tx.execute(_DOORS).fetchall()


def add(
    tx: Tx,
    integration_id: str,
    *,
    service_id: str,
    source: str,
    name: str,
    key_hash: str,
    key_hint: str,
    settings: dict[str, Any],
    close_after_s: int | None,
    now: datetime,
) -> None:
    """Store a new door; of its key only the hash and the last characters are kept."""
    tx.execute(
        _ADD,
        [
            integration_id,
            service_id,
            source,
            name,
            key_hash,
            key_hint,
            as_json(settings),
            close_after_s,
            now,
        ],
    )
