"""Who is being called just now."""

from __future__ import annotations

from watchbill.core.people import PersonId
from watchbill.store.database import Database

_COUNT = "select count(*) from pages where person_id = %s and ended_at is null"


def paged_count(db: Database, person_id: PersonId) -> int:
    """Return about how many incidents the person is being called now."""
    with db.transaction() as tx:
        row = tx.execute(_COUNT, [person_id]).fetchone()
    return row[0] if row else 0
