"""Wishes: the weeks somebody would rather not stand, or would like to, as they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.queries import reading
from watchbill.store.database import Tx

_WISHES = """
select starts_at, weight from wishes where person_id = %s and starts_at >= %s order by starts_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WishRow:
    """A wish for one week."""

    starts_at: datetime
    #: -3 (really not) to 3 (gladly).
    weight: int


def ahead(tx: Tx, person_id: str, *, now: datetime) -> tuple[WishRow, ...]:
    """Return somebody's wishes for weeks to come."""
    return tuple(reading.many(tx, WishRow, _WISHES, [person_id, now]))
