"""Handoffs: what the next volunteer should know: what is open, held and changed; and how a shift was.

Source: requirements SH4, ES4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.queries import reading
from watchbill.store.database import Tx

_MOST = 50
_OPEN = """
select i.id, '#' || i.number || ' ' || i.title || ' (' || i.state || ')' as text from incidents i
where i.state in ('triggered', 'acknowledged', 'snoozed') order by i.opened_at, i.id limit %s
"""
_HELD = """
select i.id, '#' || i.number || ' ' || i.title as text from incidents i
where i.state = 'held' order by i.opened_at, i.id limit %s
"""
_CHANGED = """
select distinct on (a.id) a.id, a.title || ': ' || replace(s.state, '_', ' ') as text
from alarm_steps s join alarms_now a on a.id = s.alarm_id
where s.at >= %s and s.at < %s
  and s.state in ('accepted', 'returned', 'retired', 'declined', 'glass_broken', 'lapsed')
order by a.id, s.at desc, s.id desc limit %s
"""
_NEWEST = """
select h.id, h.shift_id, h.person_id, p.name as person, h.at, h.note, h.facts
from handoffs h join people p on p.id = h.person_id
"""
_PAGES = """
select count(*) from pages where person_id = %s and role = 'volunteer'
  and started_at >= %s and started_at < %s
"""
_ESCALATIONS = """
select to_char(p.started_at at time zone 'UTC', 'YYYY-MM') as month,
  case when p.reason in ('no_volunteer', 'team_unreachable', 'team_never_at_work') then 'uncovered'
    when exists (select 1 from timeline t where t.incident_id = p.incident_id
      and t.kind = 'help_asked' and t.at <= p.started_at) then 'help'
    when exists (select 1 from pages q where q.incident_id = p.incident_id
      and q.outcome = 'declined' and q.ended_at <= p.started_at) then 'declined'
    else 'timeout' end as why,
  count(distinct p.incident_id) as incidents
from pages p where p.role = 'manager' and p.started_at >= %s group by 1, 2 order by 1 desc, 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One incident or alarm, in a line."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffFacts:
    """What was open, held and changed."""

    open: tuple[Item, ...]
    held: tuple[Item, ...]
    changed: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRow:
    """A handoff note with what stood then."""

    id: str
    shift_id: str
    person_id: str
    person: str
    at: datetime
    note: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRow:
    """How often duty managers were called in a month (UTC), and why: incidents, not messages."""

    month: str
    #: `help`: "I need help"; `timeout`: nobody answered in time; `declined`; `uncovered`.
    why: str
    incidents: int


def facts(tx: Tx, start: datetime, end: datetime) -> HandoffFacts:
    """Return what is open and held now, and which alarms changed in [start, end); at most 50 each."""
    return HandoffFacts(
        open=reading.many(tx, Item, _OPEN, [_MOST]),
        held=reading.many(tx, Item, _HELD, [_MOST]),
        changed=reading.many(tx, Item, _CHANGED, [start, end, _MOST]),
    )


def of_shift(tx: Tx, shift_id: str) -> HandoffRow | None:
    """Return the note of a shift, or None."""
    found = reading.many(tx, HandoffRow, f"{_NEWEST} where h.shift_id = %s", [shift_id])
    return found[0] if found else None


def newest(tx: Tx, *, since: datetime) -> HandoffRow | None:
    """Return the newest note since an instant, or None."""
    query = f"{_NEWEST} where h.at >= %s order by h.at desc, h.id desc limit 1"
    found = reading.many(tx, HandoffRow, query, [since])
    return found[0] if found else None


def pages(tx: Tx, person_id: str, start: datetime, end: datetime) -> int:
    """Return how often somebody was paged as the volunteer in [start, end)."""
    row = tx.execute(_PAGES, [person_id, start, end]).fetchone()
    return row[0] if row else 0


def escalations(tx: Tx, *, since: datetime) -> tuple[EscalationRow, ...]:
    """Return how often the duty manager was called since an instant, by month and reason (ES4)."""
    return reading.many(tx, EscalationRow, _ESCALATIONS, [since])
