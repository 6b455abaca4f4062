"""Offices: the days on which one stays closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from watchbill.store.database import Tx

_FORGET = "delete from closing_days where office_id = %s"
_ADD = "insert into closing_days (office_id, day, name) values (%s, %s, %s)"


def close_on(tx: Tx, office_id: str, days: Mapping[date, str]) -> None:
    """Replace the office's own closing days."""
    tx.execute(_FORGET, [office_id])
    with tx.cursor() as cursor:
        cursor.executemany(_ADD, [(office_id, day, name) for day, name in days.items()])
