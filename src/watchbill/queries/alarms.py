"""Alarms: the catalogue, one alarm with its versions, the handover board, the unregistered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from watchbill.queries import reading
from watchbill.queries.reading import Part
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """An alarm with its newest version's definition, and what is in force."""

    id: str
    service_id: str
    service: str
    team_id: str
    #: The owner's slug.
    team: str
    key: str
    title: str
    description: str
    severity: str
    match: dict[str, list[str]]
    impact_kind: str
    impact_within_minutes: int | None
    customer_impact: str
    required_action: str
    cannot_wait: str
    respond_within_minutes: int | None
    expression: str
    threshold: str
    for_minutes: float | None
    rationale: str
    expected_pages_per_month: float | None
    auto_resolve: str
    dedup_key: str
    escalation: str
    runbook: str
    runbook_url: str
    runbook_slug: str
    review_by: date | None
    waivers: list[dict[str, Any]]
    state: str
    state_reason: str
    state_at: datetime
    version: int
    #: The version that routing obeys; null: it wakes nobody.
    in_force: int | None
    covered_out_of_hours: bool
    lapses_at: datetime | None
    managed_by: str
    #: True if its newest version was made by hand although it is written in code.
    is_drift: bool
    source: dict[str, str]
    content_hash: str
    evidence: dict[str, Any]
    author_id: str | None
    #: Who accepted the newest version, and when.
    accepted_by: str | None
    accepted_at: datetime | None
    glass_by: str | None
    glass_at: datetime | None
    glass_reason: str
    muted_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version of an alarm, as it was written."""

    number: int
    definition: dict[str, Any]
    runbook: str
    content_hash: str
    managed_by: str
    evidence: dict[str, Any]
    author_id: str | None
    author: str | None
    actor: str
    created_at: datetime
    accepted_by: str | None
    accepted_by_name: str | None
    accepted_at: datetime | None
    bar_version: int | None
    findings: list[dict[str, Any]] | None
    glass_by: str | None
    glass_at: datetime | None
    glass_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of a handover."""

    id: str
    version: int
    at: datetime
    state: str
    person_id: str | None
    person: str | None
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """How far a team is with its alarms (ME7)."""

    team_id: str
    team: str
    name: str
    alarms: int
    in_code: int
    with_runbook: int
    #: Newest version accepted, and any version in force.
    accepted: int
    in_force: int
    waiting: int
    returned: int
    overdue: int
    glass: int
    drift: int
    #: Deleting an alarm is a success.
    retired: int
    unregistered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """A name that events give and that is of no alarm."""

    service_id: str
    service: str
    team_id: str
    alarm: str
    incidents: int
    held: int
    last_at: datetime


#: A definition's field is read from its JSON; what is missing has its default.
ALARMS = """
select a.id, a.service_id, s.slug as service, s.team_id, t.slug as team, a.key, v.title,
  coalesce(d->>'description', '') as description, v.severity, v.match,
  coalesce(d->>'impact_kind', '') as impact_kind,
  (d->>'impact_within_minutes')::int as impact_within_minutes,
  coalesce(d->>'customer_impact', '') as customer_impact,
  coalesce(d->>'required_action', '') as required_action,
  coalesce(d->>'cannot_wait', '') as cannot_wait,
  (d->>'respond_within_minutes')::int as respond_within_minutes,
  coalesce(d->>'expression', '') as expression, coalesce(d->>'threshold', '') as threshold,
  (d->>'for_minutes')::float8 as for_minutes, coalesce(d->>'rationale', '') as rationale,
  (d->>'expected_pages_per_month')::float8 as expected_pages_per_month,
  coalesce(d->>'auto_resolve', '') as auto_resolve, coalesce(d->>'dedup_key', '') as dedup_key,
  coalesce(d->>'escalation', '') as escalation, v.runbook, v.runbook_url,
  coalesce(d->>'runbook_slug', '') as runbook_slug, v.review_by,
  coalesce(d->'waivers', '[]') as waivers, a.state, a.state_reason, a.state_at, a.version,
  a.in_force, coalesce(a.in_force is not null and f.severity = 'critical', false) as covered_out_of_hours,
  a.lapses_at, a.managed_by, (a.managed_by <> 'hand' and v.managed_by = 'hand') as is_drift,
  jsonb_build_object('repository', a.repository, 'path', a.path, 'revision', a.revision) as source,
  v.content_hash, v.evidence, v.author_id, v.accepted_by, v.accepted_at, v.glass_by, v.glass_at,
  v.glass_reason, a.muted_until, a.created_at
from alarms a join services s on s.id = a.service_id join teams t on t.id = s.team_id
join alarm_versions v on v.alarm_id = a.id and v.number = a.version
left join alarm_versions f on f.alarm_id = a.id and f.number = a.in_force
cross join lateral (select v.definition as d) x
"""
VERSIONS = """
select v.number, v.definition, v.runbook, v.content_hash, v.managed_by, v.evidence, v.author_id,
  w.name as author, v.actor, v.created_at, v.accepted_by, b.name as accepted_by_name,
  v.accepted_at, v.bar_version, v.findings, v.glass_by, v.glass_at, v.glass_reason
from alarm_versions v left join people w on w.id = v.author_id
left join people b on b.id = v.accepted_by
"""
_STEPS = """
select e.id, e.version, e.at, e.state, e.person_id, p.name as person, e.actor, e.reason
from alarm_steps e left join people p on p.id = e.person_id
"""
_BOARD = """
select t.id as team_id, t.slug as team, t.name,
  count(a.id) filter (where a.state <> 'retired') as alarms,
  count(a.id) filter (where a.state <> 'retired' and a.managed_by in ('yaml', 'terraform')) as in_code,
  count(a.id) filter (where a.state <> 'retired' and (v.runbook ~ '\\S' or v.runbook_url ~ '\\S')) as with_runbook,
  count(a.id) filter (where a.state = 'accepted') as accepted,
  count(a.id) filter (where a.in_force is not null) as in_force,
  count(a.id) filter (where a.state in ('proposed', 'in_review')) as waiting,
  count(a.id) filter (where a.state = 'returned') as returned,
  count(a.id) filter (where a.lapses_at <= %(now)s) as overdue,
  count(a.id) filter (where f.glass_at is not null and f.accepted_at is null) as glass,
  count(a.id) filter (where a.state <> 'retired' and a.managed_by <> 'hand' and v.managed_by = 'hand') as drift,
  count(a.id) filter (where a.state = 'retired') as retired,
  (select count(distinct (i.service_id, l.alarm)) from incidents i join alerts l on l.incident_id = i.id
   where i.team_id = t.id and i.alarm = '' and i.opened_at > %(since)s
     and i.group_key not like 'hand:%%') as unregistered
from teams t left join services s on s.team_id = t.id
left join alarms a on a.service_id = s.id
left join alarm_versions v on v.alarm_id = a.id and v.number = a.version
left join alarm_versions f on f.alarm_id = a.id and f.number = a.in_force
group by t.id order by t.name, t.id
"""
_UNREGISTERED = """
select i.service_id, s.slug as service, i.team_id, l.alarm, count(distinct i.id) as incidents,
  count(distinct i.id) filter (where i.state = 'held') as held, max(i.opened_at) as last_at
from incidents i join alerts l on l.incident_id = i.id join services s on s.id = i.service_id
where i.alarm = '' and i.opened_at > %(since)s and i.group_key not like 'hand:%%'
  and (%(team)s::text is null or i.team_id = %(team)s)
group by i.service_id, s.slug, i.team_id, l.alarm
order by count(distinct i.id) desc, max(i.opened_at) desc, l.alarm limit %(limit)s
"""


def get(tx: Tx, alarm_id: str, *, now: datetime) -> AlarmRow:
    """Return one alarm, a retired one too. Raises: NotThere."""
    return as_of(reading.one(tx, AlarmRow, f"{ALARMS} where a.id = %s", [alarm_id]), now)


def listed(
    tx: Tx, where: Mapping[str, object], *, page: tuple[int, str | None], now: datetime
) -> Part[AlarmRow]:
    """Return one part of the alarms, newest first, narrowed by conditions."""
    found = reading.listed(tx, AlarmRow, ALARMS, where, order=("a.id",), page=page)
    return Part(items=tuple(as_of(r, now) for r in found.items), next_cursor=found.next_cursor)


def as_of(row: AlarmRow, now: datetime) -> AlarmRow:
    """Return a row as it reads at an instant: an acceptance that has run out covers nothing."""
    if row.lapses_at is None or row.lapses_at > now:
        return row
    return replace(row, covered_out_of_hours=False)


def versions(tx: Tx, alarm_id: str) -> tuple[VersionRow, ...]:
    """Return the newest 200 versions of an alarm, newest first."""
    query = f"{VERSIONS} where v.alarm_id = %s order by v.number desc limit 200"
    return reading.many(tx, VersionRow, query, [alarm_id])


def version(tx: Tx, alarm_id: str, number: int) -> VersionRow:
    """Return one version. Raises: NotThere."""
    query = f"{VERSIONS} where v.alarm_id = %s and v.number = %s"
    return reading.one(tx, VersionRow, query, [alarm_id, number])


def steps(tx: Tx, alarm_id: str) -> tuple[StepRow, ...]:
    """Return the newest 200 steps of an alarm's handover, newest first."""
    query = f"{_STEPS} where e.alarm_id = %s order by e.id desc limit 200"
    return reading.many(tx, StepRow, query, [alarm_id])


def board(tx: Tx, *, now: datetime, since: datetime) -> tuple[BoardRow, ...]:
    """Return how far each team is; `since` bounds which unregistered names count."""
    return reading.many(tx, BoardRow, _BOARD, {"now": now, "since": since})


def unregistered(
    tx: Tx, *, since: datetime, team_id: str | None = None, limit: int = 100
) -> tuple[Unregistered, ...]:
    """Return names of no alarm, the most frequent first."""
    values = {"since": since, "team": team_id, "limit": limit}
    return reading.many(tx, Unregistered, _UNREGISTERED, values)
