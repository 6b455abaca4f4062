"""Time away: one's own absences and wishes, as only oneself sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.core import volunteers
from watchbill.core.volunteers import Week
from watchbill.queries import reading
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

_OWN = """
select a.id, a.starts_at, a.ends_at, a.source,
  (select s.id from shifts s where s.person_id = a.person_id and not s.shadow
    and s.during && tstzrange(greatest(a.starts_at, %(now)s), a.ends_at)
    order by lower(s.during) limit 1) as shift_id
from absences a where a.person_id = %(person)s and a.ends_at > %(now)s order by a.starts_at, a.id limit 200
"""
_WISHES = "select starts_at, weight from wishes where person_id = %s and starts_at > %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAbsence:
    """A time one is away, with a shift of one's own that lies in it."""

    id: str
    starts_at: datetime
    ends_at: datetime
    source: str
    shift_id: str | None


def own(tx: Tx, person_id: str, *, now: datetime) -> tuple[OwnAbsence, ...]:
    """Return one's absences that are not over."""
    return reading.many(tx, OwnAbsence, _OWN, {"person": person_id, "now": now})


def wishes(tx: Tx, person_id: str, *, now: datetime, weeks: int) -> list[tuple[Week, int]]:
    """Return the weeks ahead with what one wishes for each; 0 for nothing."""
    said: dict[datetime, int] = dict(tx.execute(_WISHES, [person_id, now]).fetchall())
    ahead = volunteers.weeks(volunteers_store.team(tx), start=now, count=weeks)
    return [(week, said.get(week.start, 0)) for week in ahead]
