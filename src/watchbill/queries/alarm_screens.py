"""What the screens of alarms show besides the alarms themselves: lists, counts, history, duties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import sql

from watchbill.core.bar import runbooks
from watchbill.queries import reading
from watchbill.store.database import Tx

#: One transaction, for a screen that asks several things of one moment.
Reader = Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One alarm in the catalogue: its newest version, and what is in force."""

    id: str
    key: str
    title: str
    service_id: str
    service: str
    team_id: str
    team: str
    author_id: str | None
    state: str
    state_at: datetime
    severity: str
    version: int
    in_force: int | None
    lapses_at: datetime | None
    review_by: date | None
    has_runbook: bool
    is_drift: bool
    #: What is in force was never reviewed.
    is_glass: bool
    #: Out-of-hours pages since the asked instant.
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many alarms there are of each kind."""

    alarms: int
    accepted: int
    in_force: int
    waiting: int
    declined: int
    returned: int
    drafts: int
    overdue: int
    without_runbook: int
    glass: int
    drift: int
    retired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the catalogue is narrowed to; empty does not narrow."""

    text: str = ""
    team_id: str = ""
    #: A state, or `waiting` for proposed and in review; "" for all but retired ones.
    state: str = ""
    #: `overdue`, `without_runbook`, `glass`, `drift`.
    only: str = ""
    #: Those with the most out-of-hours pages first.
    is_noisy_first: bool = False
    is_oldest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What one alarm did in a calendar month."""

    on: date
    incidents: int
    night_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """One incident of an alarm."""

    id: str
    number: int
    title: str
    state: str
    opened_at: datetime
    night_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What was said of an alarm's incidents afterwards."""

    reviews: int
    needed: int
    acted: int
    helped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Glass:
    """An alarm that applies although nobody of the on-call team reviewed it (AL2)."""

    alarm_id: str
    title: str
    service: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsing:
    """An alarm whose acceptance runs out soon, or has run out (AL5)."""

    alarm_id: str
    title: str
    team: str
    lapses_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one person said of an incident afterwards."""

    needed: bool
    action: str
    runbook: str
    note: str


_LISTED = """
select a.id, a.key, v.title, a.service_id, s.name as service, t.id as team_id, t.name as team,
  v.author_id, a.state, a.state_at,
  v.severity, a.version, a.in_force, a.lapses_at, v.review_by,
  (v.runbook <> '' or v.runbook_url <> '') as has_runbook,
  (a.managed_by <> 'hand' and v.managed_by = 'hand') as is_drift,
  coalesce(f.glass_at is not null and f.accepted_at is null, false) as is_glass,
  (select count(*) from pages p join incidents i on i.id = p.incident_id
   where i.service_id = a.service_id and i.alarm = a.key and p.out_of_hours
     and p.started_at > %(since)s) as pages
from alarms a join services s on s.id = a.service_id join teams t on t.id = s.team_id
join alarm_versions v on v.alarm_id = a.id and v.number = a.version
left join alarm_versions f on f.alarm_id = a.id and f.number = a.in_force
where (%(team)s = '' or t.id = %(team)s)
  and case %(state)s when '' then a.state <> 'retired'
      when 'waiting' then a.state in ('proposed', 'in_review') else a.state = %(state)s end
  and case %(only)s when 'overdue' then a.lapses_at <= %(now)s
      when 'without_runbook' then v.runbook = '' and v.runbook_url = ''
      when 'glass' then f.glass_at is not null and f.accepted_at is null
      when 'drift' then a.managed_by <> 'hand' and v.managed_by = 'hand' else true end
  and (%(text)s = '' or strpos(lower(a.key || ' ' || v.title || ' ' || s.name || ' ' || s.slug), %(text)s) > 0)
"""
_ORDERS = {
    "named": "team, service, key, id",
    "noisy": "pages desc, title, id",
    "oldest": "state_at, id",
}
_TOTALS = """
select count(*) filter (where a.state <> 'retired') as alarms,
  count(*) filter (where a.state = 'accepted') as accepted,
  count(*) filter (where a.in_force is not null) as in_force,
  count(*) filter (where a.state in ('proposed', 'in_review')) as waiting,
  count(*) filter (where a.state = 'declined') as declined,
  count(*) filter (where a.state = 'returned') as returned,
  count(*) filter (where a.state = 'draft') as drafts,
  count(*) filter (where a.lapses_at <= %(now)s) as overdue,
  count(*) filter (where a.state <> 'retired' and v.runbook = '' and v.runbook_url = '') as without_runbook,
  count(*) filter (where f.glass_at is not null and f.accepted_at is null) as glass,
  count(*) filter (where a.state <> 'retired' and a.managed_by <> 'hand' and v.managed_by = 'hand') as drift,
  count(*) filter (where a.state = 'retired') as retired
from alarms a join alarm_versions v on v.alarm_id = a.id and v.number = a.version
left join alarm_versions f on f.alarm_id = a.id and f.number = a.in_force
"""
_MONTHS = """
select date_trunc('month', i.opened_at at time zone %(zone)s)::date as on, count(*) as incidents,
  coalesce(sum((select count(*) from pages p where p.incident_id = i.id and p.out_of_hours)), 0)::int as night_pages
from incidents i where i.service_id = %(service)s and i.alarm = %(key)s and i.opened_at > %(since)s
group by 1 order by 1
"""
_INCIDENTS = """
select i.id, i.number, i.title, i.state, i.opened_at,
  (select count(*) from pages p where p.incident_id = i.id and p.out_of_hours) as night_pages
from incidents i where i.service_id = %(service)s and i.alarm = %(key)s and i.opened_at > %(since)s
order by i.opened_at desc, i.id desc limit %(limit)s
"""
_VERDICTS = """
select count(*) as reviews, count(*) filter (where r.needed) as needed,
  count(*) filter (where r.action <> 'nothing') as acted,
  count(*) filter (where r.runbook = 'helped') as helped
from reviews r join incidents i on i.id = r.incident_id
where i.service_id = %(service)s and i.alarm = %(key)s and i.opened_at > %(since)s
"""
_GLASS = """
select a.id as alarm_id, v.title, s.name as service, p.name as by, v.glass_at as at, v.glass_reason as reason
from alarms a join alarm_versions v on v.alarm_id = a.id and v.number = a.in_force
join services s on s.id = a.service_id join people p on p.id = v.glass_by
where v.glass_at is not null and v.accepted_at is null
order by v.glass_at, a.id
"""
_LAPSING = """
select a.id as alarm_id, v.title, t.name as team, a.lapses_at
from alarms a join alarm_versions v on v.alarm_id = a.id and v.number = a.in_force
join services s on s.id = a.service_id join teams t on t.id = s.team_id
where a.lapses_at is not null and a.lapses_at <= %s
order by a.lapses_at, a.id
"""
_VERDICT = """
select needed, action, runbook, note from reviews where incident_id = %s and person_id = %s
"""
_WAS_CALLED = "select 1 from pages where incident_id = %s and person_id = %s limit 1"
_RUNBOOKS = """
select distinct v.runbook from alarms a join alarm_versions v on v.alarm_id = a.id
  and v.number in (a.version, coalesce(a.in_force, a.version))
where a.state not in ('retired', 'draft') and v.runbook <> ''
"""


def listed(
    tx: Tx, wanted: Wanted, *, now: datetime, since: datetime, limit: int, offset: int = 0
) -> tuple[Listed, ...]:
    """Return one part of the catalogue; `since` bounds which pages are counted."""
    order = "noisy" if wanted.is_noisy_first else "oldest" if wanted.is_oldest_first else "named"
    query = sql.SQL(
        "select * from ({}) found order by {} limit %(limit)s offset %(offset)s"
    ).format(sql.SQL(_LISTED), sql.SQL(_ORDERS[order]))
    values = {
        "text": wanted.text.lower(),
        "team": wanted.team_id,
        "state": wanted.state,
        "only": wanted.only,
        "now": now,
        "since": since,
        "limit": limit,
        "offset": offset,
    }
    return reading.many(tx, Listed, query, values)


def totals(tx: Tx, *, now: datetime) -> Totals:
    """Return how many alarms there are of each kind."""
    return reading.one(tx, Totals, _TOTALS, {"now": now})


def months(tx: Tx, place: tuple[str, str], *, since: datetime, zone: str) -> tuple[Month, ...]:
    """Return by month, in `zone`, what the alarm of a service id and key did, oldest first."""
    return reading.many(tx, Month, _MONTHS, {**_placed(place, since), "zone": zone})


def incidents(tx: Tx, place: tuple[str, str], *, since: datetime, limit: int) -> tuple[Fired, ...]:
    """Return the newest incidents of an alarm."""
    return reading.many(tx, Fired, _INCIDENTS, {**_placed(place, since), "limit": limit})


def verdicts(tx: Tx, place: tuple[str, str], *, since: datetime) -> Verdicts:
    """Return what was said of an alarm's incidents."""
    return reading.one(tx, Verdicts, _VERDICTS, _placed(place, since))


def glass(tx: Tx) -> tuple[Glass, ...]:
    """Return the alarms that apply without review, longest first."""
    return reading.many(tx, Glass, _GLASS)


def lapsing(tx: Tx, *, until: datetime) -> tuple[Lapsing, ...]:
    """Return the alarms whose acceptance ends by an instant, or has ended."""
    return reading.many(tx, Lapsing, _LAPSING, [until])


def verdict(tx: Tx, incident_id: str, person_id: str) -> Verdict | None:
    """Return what a person said of an incident, or None."""
    found = reading.many(tx, Verdict, _VERDICT, [incident_id, person_id])
    return found[0] if found else None


def was_called(tx: Tx, incident_id: str, person_id: str) -> bool:
    """True if the person was ever called about the incident."""
    return tx.execute(_WAS_CALLED, [incident_id, person_id]).fetchone() is not None


def systems(tx: Tx) -> tuple[str, ...]:
    """Return every system that a runbook names as one its reader must get into, by name."""
    texts = [str(row[0]) for row in tx.execute(_RUNBOOKS)]
    found = {system for text in texts for system in runbooks.systems(text)}
    return tuple(sorted(found, key=str.casefold))


def _placed(place: tuple[str, str], since: datetime) -> Mapping[str, Any]:
    return {"service": place[0], "key": place[1], "since": since}
