"""Who is being called about what a dedup key names, just now."""

from __future__ import annotations

from dataclasses import dataclass

from watchbill.core.incidents import IncidentState
from watchbill.core.people import PersonId
from watchbill.store.database import Database

_FIND = """
select i.id, i.state, i.acknowledged_by,
  coalesce((select array_agg(p.person_id order by p.started_at, p.id) from pages p
            where p.incident_id = i.id and p.ended_at is null), '{}')
from alerts a join incidents i on i.id = a.incident_id
where a.integration_id = %s and a.dedup_key = %s
order by a.first_at desc limit 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """An incident and the people whose pages are open, the longest first."""

    incident_id: str
    state: IncidentState
    acknowledged_by: PersonId | None
    people: tuple[PersonId, ...]


def find(db: Database, *, integration_id: str, dedup_key: str) -> Ringing | None:
    """Return the incident of the newest alert with this key, or None."""
    with db.transaction() as tx:
        row = tx.execute(_FIND, [integration_id, dedup_key]).fetchone()
    if row is None:
        return None
    return Ringing(
        incident_id=row[0],
        state=IncidentState(row[1]),
        acknowledged_by=row[2],
        people=tuple(row[3]),
    )
