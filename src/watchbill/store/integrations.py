"""Integrations: the doors events come through, by the hash of their key."""

from __future__ import annotations

from typing import Any

from watchbill.store.database import Tx

_DOORS = """
select id, service_id, source, settings, key_hash from integrations where disabled_at is null
"""


def doors(tx: Tx) -> list[tuple[Any, ...]]:
    """Return every integration that takes events: id, service, source, settings, key hash."""
    return tx.execute(_DOORS).fetchall()
