"""Audit: one row for each thing that somebody changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from watchbill.store import rows
from watchbill.store.database import Tx, as_json

_ADD = """
insert into audit (id, at, actor, action, noun, noun_id, facts) values (%s, %s, %s, %s, %s, %s, %s)
"""


def add(
    tx: Tx, entry: tuple[str, datetime, str], action: str, noun_id: str, facts: Mapping[str, object]
) -> None:
    """Write one line; `entry` is its id, instant and actor, `action` reads `team.changed`."""
    tx.execute(_ADD, [*entry, action, action.partition(".")[0], noun_id, as_json(facts)])


def add_many(
    tx: Tx, entries: Iterable[tuple[tuple[str, datetime, str], str, str, Mapping[str, object]]]
) -> None:
    """Write lines in one statement; each is what `add` takes, in its order."""
    lines: list[Mapping[str, object]] = [
        {
            "id": entry[0],
            "at": entry[1],
            "actor": entry[2],
            "action": action,
            "noun": action.partition(".")[0],
            "noun_id": noun_id,
            "facts": dict(facts),
        }
        for entry, action, noun_id, facts in entries
    ]
    rows.add_many(tx, "audit", lines)
