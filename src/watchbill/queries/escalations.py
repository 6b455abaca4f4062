"""Escalations: how often the duty manager was called, and why; it should be rare.

Source: requirements ES3, ES4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.queries import reading
from watchbill.store.database import Tx

# Why: what happened last before the manager was called. Whoever repeats a call in vain does not change it.
_ESCALATIONS = """
select to_char(p.started_at at time zone 'UTC', 'YYYY-MM') as month,
  case when p.reason in ('no_volunteer', 'team_unreachable', 'team_never_at_work')
      and coalesce(w.why, '') <> 'help' then 'uncovered'
    else coalesce(w.why, 'timeout') end as why,
  count(distinct p.incident_id) as incidents
from pages p left join lateral (
  select e.why from (
    select t.at, 'help' as why from timeline t
    where t.incident_id = p.incident_id and t.kind = 'help_asked' and t.at <= p.started_at
    union all
    select q.ended_at, case q.outcome when 'declined' then 'declined' else 'timeout' end from pages q
    where q.incident_id = p.incident_id and q.role <> 'manager' and q.ended_at <= p.started_at
      and q.outcome in ('declined', 'escalated', 'failed')
  ) e order by e.at desc limit 1) w on true
where p.role = 'manager' and p.started_at >= %s group by 1, 2 order by 1 desc, 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRow:
    """How often duty managers were called in a month (UTC), and why: incidents, not messages."""

    month: str
    #: `help`: "I need help"; `timeout`: nobody answered in time; `declined`; `uncovered`.
    why: str
    incidents: int


def since(tx: Tx, start: datetime) -> tuple[EscalationRow, ...]:
    """Return how often the duty manager was called since an instant, by month and reason (ES4)."""
    return reading.many(tx, EscalationRow, _ESCALATIONS, [start])
