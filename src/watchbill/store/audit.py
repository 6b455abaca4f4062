"""Audit: one row for each thing that somebody changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from watchbill.store.database import Tx, as_json

_ADD = """
insert into audit (id, at, actor, action, noun, noun_id, facts) values (%s, %s, %s, %s, %s, %s, %s)
"""


def add(
    tx: Tx, entry: tuple[str, datetime, str], action: str, noun_id: str, facts: Mapping[str, object]
) -> None:
    """Write one line; `entry` is its id, instant and actor, `action` reads `team.changed`."""
    tx.execute(_ADD, [*entry, action, action.partition(".")[0], noun_id, as_json(facts)])
