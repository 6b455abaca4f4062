"""Handoffs: what the next volunteer should know: what is open, held and changed; and how a shift was.

What is open and held is told as of an instant, so that a shift that ended without a note still says
what it left behind.

Source: requirement SH4.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.people import TeamId
from watchbill.queries import reading
from watchbill.store.database import Tx

_MOST = 50
#: What was resolved since is looked for among what was opened so long before.
_BACK = timedelta(days=92)
#: A shift is young, and its volunteer is shown the handoff, for so long.
YOUNG = timedelta(hours=24)
#: An older shift's note tells nothing any more.
_STALE = timedelta(days=8)

_NOW = """
select i.id, i.number, i.title, i.team_id, i.state from incidents i
where i.state <> 'resolved' order by i.opened_at, i.id limit 400
"""
_THEN = """
select i.id, i.number, i.title, i.team_id,
  case k.kind when 'held' then 'held' when 'acknowledged' then 'acknowledged'
    when 'snoozed' then 'snoozed' else 'triggered' end as state
from incidents i left join lateral (
  select t.kind from timeline t where t.incident_id = i.id and t.at < %(at)s
    and t.kind in ('held', 'paged', 'acknowledged', 'ack_expired', 'help_asked', 'snoozed', 'woke',
      'glass_broken')
  order by t.id desc limit 1) k on true
where i.opened_at < %(at)s and (i.state <> 'resolved'
  or (i.resolved_at >= %(at)s and i.opened_at > %(since)s))
order by i.opened_at, i.id limit 400
"""
_CHANGED = """
select id, text from (
  (select distinct on (a.id) a.id, a.title || ': ' || replace(s.state, '_', ' ') as text, s.at
   from alarm_steps s join alarms_now a on a.id = s.alarm_id
   where s.at >= %(start)s and s.at < %(end)s
     and s.state in ('accepted', 'returned', 'retired', 'declined', 'glass_broken', 'lapsed')
   order by a.id, s.at desc, s.id desc)
  union all
  (select distinct on (a.id) a.id, a.title || case when l.facts -> 'after' ->> 'muted_until' is null
     then ': no longer muted' else ': muted' end, l.at
   from audit l join alarms_now a on a.id = l.noun_id
   where l.noun = 'alarm' and l.action = 'alarm.changed' and l.at >= %(start)s and l.at < %(end)s
     and l.facts -> 'after' ? 'muted_until'
   order by a.id, l.id desc)
  union all
  (select w.id, b.name || ' took a shift of ' || a.name || ', or a part of it', w.accepted_at
   from swaps w join people a on a.id = w.asked_by join people b on b.id = w.accepted_by
   where w.accepted_at >= %(start)s and w.accepted_at < %(end)s)
  union all
  (select o.id, p.name || ' stands in as duty manager', o.created_at
   from rota_overrides o join people p on p.id = o.person_id
   where o.rota_kind = 'managers' and o.created_at >= %(start)s and o.created_at < %(end)s)
) c order by at, id limit %(most)s
"""
_OF_SHIFT = """
select s.id as shift_id, s.person_id, p.name as person, lower(s.during) as starts_at,
  upper(s.during) as ends_at, h.at, coalesce(h.note, '') as note, h.facts
from shifts s join people p on p.id = s.person_id left join handoffs h on h.shift_id = s.id
"""
_ONE = _OF_SHIFT + " where s.id = %s"
# The shift before the viewer's own, as long as the viewer's is young. A person's parts that follow one
# another are one stand: what counts is who stood before it.
_BEFORE = """
with mine as (
  select lower(during) as starts_at from shifts
  where person_id = %(me)s and not shadow and during @> %(now)s),
before as (
  select s.id, upper(s.during) as ended_at from shifts s, mine
  where not s.shadow and s.person_id <> %(me)s and s.during && tstzrange(%(stale)s, %(now)s)
    and upper(s.during) <= mine.starts_at
  order by upper(s.during) desc limit 1)
select before.id from before where %(young)s < (
  select min(lower(s.during)) from shifts s
  where s.person_id = %(me)s and not s.shadow and s.during && tstzrange(before.ended_at, %(now)s, '[]')
    and lower(s.during) >= before.ended_at)
"""
_PAGES = """
select g.id, g.incident_id, i.number, i.title, i.state, g.started_at, g.ended_at, g.outcome
from pages g join incidents i on i.id = g.incident_id
where g.person_id = %s and g.role = 'volunteer' and g.started_at >= %s and g.started_at < %s
order by g.started_at, g.id limit 200
"""
_NOTED = "select shift_id from handoffs where person_id = %s and at > %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One incident, alarm, swap or override, in a line."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffFacts:
    """What was open, held and changed."""

    #: Incidents that somebody is called for or has, of teams that are not at work.
    open: tuple[Item, ...]
    #: Incidents that wait for working hours.
    held: tuple[Item, ...]
    #: Alarms, swaps and duty managers that changed in the shift.
    changed: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRow:
    """A shift's handoff: its note, if one was written, with what stood at its end."""

    shift_id: str
    person_id: str
    person: str
    starts_at: datetime
    ends_at: datetime
    #: When the note was written; null if none was.
    at: datetime | None
    #: The note, in plain text; empty if none was written.
    note: str
    #: `open`, `held` and `changed`: lists of {id, text}. Of the note's instant; without a note, of the
    #: shift's end, or of now while it is stood.
    facts: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """One page of a shift, with its incident."""

    id: str
    incident_id: str
    number: int
    title: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Incident:
    """An incident as it stood at an instant."""

    id: str
    number: int
    title: str
    team_id: str
    state: str


def facts(
    tx: Tx, company: Company, *, start: datetime, end: datetime, now: datetime
) -> HandoffFacts:
    """Return what was open and held at the end of [start, end), or is now, and what changed in it.

    At most 50 each, the oldest first.
    """
    at = min(end, now)
    params = {"at": at, "since": at - _BACK}
    stood = reading.many(tx, _Incident, _NOW if at == now else _THEN, params)
    wanted = {"start": start, "end": end, "most": _MOST}
    return HandoffFacts(
        open=_items(i for i in stood if i.state != "held" and not _is_at_work(company, i, at)),
        held=_items(i for i in stood if i.state == "held"),
        changed=reading.many(tx, Item, _CHANGED, wanted),
    )


def _items(found: Any) -> tuple[Item, ...]:
    return tuple(
        Item(
            id=i.id, text=f"#{i.number} {i.title}" + ("" if i.state == "held" else f" ({i.state})")
        )
        for i in found
    )[:_MOST]


def _is_at_work(company: Company, incident: _Incident, at: datetime) -> bool:
    team = company.teams.get(TeamId(incident.team_id))
    return team is not None and hours.is_open(team.hours, at)


def of_shift(tx: Tx, company: Company, shift_id: str, *, now: datetime) -> HandoffRow:
    """Return a shift's handoff, its facts gathered if no note was written. Raises: NotThere."""
    return _with_facts(tx, company, reading.one(tx, HandoffRow, _ONE, [shift_id]), now=now)


def received(tx: Tx, company: Company, person_id: str, *, now: datetime) -> HandoffRow | None:
    """Return the handoff of the shift before somebody's own, while theirs is young; else None."""
    params = {"me": person_id, "now": now, "young": now - YOUNG, "stale": now - _STALE}
    row = tx.execute(_BEFORE, params).fetchone()
    return of_shift(tx, company, row[0], now=now) if row else None


def _with_facts(tx: Tx, company: Company, row: HandoffRow, *, now: datetime) -> HandoffRow:
    if row.facts is not None:
        return row
    found = facts(tx, company, start=row.starts_at, end=row.ends_at, now=now)
    return replace(row, facts=asdict(found))


def pages(tx: Tx, person_id: str, start: datetime, end: datetime) -> tuple[PageLine, ...]:
    """Return when somebody was paged as the volunteer in [start, end), at most 200 times."""
    return reading.many(tx, PageLine, _PAGES, [person_id, start, end])


def noted(tx: Tx, person_id: str, *, since: datetime) -> frozenset[str]:
    """Return the shifts for which somebody wrote a note since an instant."""
    return frozenset(row[0] for row in tx.execute(_NOTED, [person_id, since]))
