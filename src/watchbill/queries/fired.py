"""Fired: which alarms' names came in of late, by team and by door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.queries import reading
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A name by which incidents of a service were opened, and how many; "" if events gave none."""

    service_id: str
    alarm: str
    count: int
    last_at: datetime


_UNREGISTERED = """
select i.service_id, a.alarm, count(distinct i.id) as count, max(i.opened_at) as last_at
from incidents i join alerts a on a.incident_id = i.id
where i.team_id = %s and i.opened_at > %s and i.alarm = '' and i.group_key not like 'hand:%%'
group by i.service_id, a.alarm order by count(distinct i.id) desc, max(i.opened_at) desc limit %s
"""
_BY_DOOR = """
select distinct on (integration_id) integration_id, alarm from alerts where first_at > %s
order by integration_id, first_at desc, id desc
"""


def unregistered(tx: Tx, team_id: str, *, since: datetime, limit: int) -> tuple[Fired, ...]:
    """Return the names events gave that are of no alarm, the most frequent first."""
    return reading.many(tx, Fired, _UNREGISTERED, [team_id, since, limit])


def by_door(tx: Tx, *, since: datetime) -> dict[str, str]:
    """Return by integration the alarm's name of its newest alert; "" if it named none."""
    return dict(tx.execute(_BY_DOOR, [since]).fetchall())
