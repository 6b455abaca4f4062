"""Incidents, their pages, timeline entries and notifications, as one unit of locking.

Whoever changes anything of an incident holds its row (`get`, `claim_due`, `lock`), and writes
through `save`: one statement a table, however many decisions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from watchbill.core.events import Severity
from watchbill.core.incidents import Decision, Incident, IncidentState
from watchbill.core.notifications import Notification
from watchbill.core.pages import Outcome, Page
from watchbill.core.people import PersonId, ServiceId, TeamId
from watchbill.core.routing import Facts, Reason, Side, StepRole
from watchbill.errors import NotFound
from watchbill.store.database import Tx, as_json


class NoSuchIncident(NotFound):
    """There is no incident with this id."""


_LOAD = """
select id, number, service_id, team_id, alarm, group_key, title, severity, state, side, reason,
       facts, opened_at, firing, alerts, announced, announced_at, step, step_ends_at, boundary_at,
       hold_until, snoozed_until, acknowledged_by, acknowledged_at, ack_until, help_asked_by,
       glass_by, glass_reason, close_at, resolved_at, resolved_by, resolution, stuck_at, due_at
from incidents
"""
_GET = _LOAD + "where id = %s for update"
_LOOK = _LOAD + "where id = %s"
_LOCK = _LOAD + "where id = any(%s) order by id for update"
_CLAIM = _LOAD + "where due_at <= %s order by due_at limit %s for update skip locked"
_DUE = "select id from incidents where due_at <= %s order by due_at limit %s"
# Locked in the order of their ids, as everybody locks them, so that no two wait crosswise. Those
# that are due already are no exception: the engine may have them in hand, as of before.
_OPEN_OF_TEAM = """
update incidents set due_at = least(due_at, %s)
where id in (
  select id from incidents
  where state <> 'resolved' and (%s::text is null or team_id = %s)
  order by id for update)
"""
# The share lock makes a change of the company wait until what was decided as of before is
# committed, so that its `look_again` sees it. A change that is under way is not waited for.
_UNLESS_STANDING = """
update incidents set due_at = least(due_at, %s)
where id = any(%s) and state <> 'resolved'
  and not exists (select from organization where version = %s for share skip locked)
"""
_IN_GROUPS = """
select i.id from incidents i
join json_to_recordset(%s) as k(s text, g text) on i.service_id = k.s and i.group_key = k.g
where i.state <> 'resolved'
"""
_OPEN_PAGES = """
select id, incident_id, person_id, role, reason, facts, step, out_of_hours, started_at, ended_at,
       outcome
from pages where incident_id = any(%s) and ended_at is null order by started_at, id
"""
_WAS_CALLED = "select 1 from pages where incident_id = %s and person_id = %s limit 1"
_SOON = timedelta(seconds=1)
_NEXT_DUE = "select min(due_at) from incidents where due_at is not null"

_INSERT = """
insert into incidents (id, service_id, team_id, alarm, group_key, title, severity, state, side,
  reason, facts, opened_at, firing, alerts, announced, announced_at, step, step_ends_at,
  boundary_at, hold_until, snoozed_until, acknowledged_by, acknowledged_at, ack_until,
  help_asked_by, glass_by, glass_reason, close_at, resolved_at, resolved_by, resolution, stuck_at,
  due_at)
select id, service_id, team_id, alarm, group_key, title, severity, state, side,
  reason, facts, opened_at, firing, alerts, announced, announced_at, step, step_ends_at,
  boundary_at, hold_until, snoozed_until, acknowledged_by, acknowledged_at, ack_until,
  help_asked_by, glass_by, glass_reason, close_at, resolved_at, resolved_by, resolution, stuck_at,
  due_at
from json_populate_recordset(null::incidents, %s)
"""
_UPDATE = """
update incidents i set
  team_id = r.team_id, alarm = r.alarm, title = r.title, severity = r.severity, state = r.state, side = r.side,
  reason = r.reason, facts = r.facts, firing = r.firing, alerts = r.alerts,
  announced = r.announced, announced_at = r.announced_at, step = r.step,
  step_ends_at = r.step_ends_at, boundary_at = r.boundary_at, hold_until = r.hold_until,
  snoozed_until = r.snoozed_until, acknowledged_by = r.acknowledged_by,
  acknowledged_at = r.acknowledged_at, ack_until = r.ack_until, help_asked_by = r.help_asked_by,
  glass_by = r.glass_by, glass_reason = r.glass_reason, close_at = r.close_at,
  resolved_at = r.resolved_at, resolved_by = r.resolved_by, resolution = r.resolution,
  stuck_at = r.stuck_at, due_at = r.due_at, failed_at = null, error = null
from json_populate_recordset(null::incidents, %s) r
where i.id = r.id
"""
_SAVE_PAGES = """
insert into pages (id, incident_id, person_id, role, reason, facts, step, out_of_hours,
  started_at, ended_at, outcome)
select id, incident_id, person_id, role, reason, facts, step, out_of_hours, started_at, ended_at,
  outcome
from json_populate_recordset(null::pages, %s)
on conflict (id) do update set
  role = excluded.role, reason = excluded.reason, facts = excluded.facts, step = excluded.step,
  ended_at = excluded.ended_at, outcome = excluded.outcome
where pages.ended_at is null
"""
_SAVE_NOTIFICATIONS = """
insert into notifications (id, kind, incident_id, page_id, person_id, method_id, webhook_id,
  channel, data, state, due_at, claimed_until, attempts, created_at, sent_at, provider_id, error,
  turn)
select id, kind, incident_id, page_id, person_id, method_id, webhook_id, channel, data, state,
  due_at, claimed_until, attempts, created_at, sent_at, provider_id, error, turn
from json_populate_recordset(null::notifications, %s)
"""
_CANCEL = """
update notifications set state = 'cancelled', claimed_until = null
where page_id = any(%s) and state in ('planned', 'claimed')
"""
_SAVE_ENTRIES = """
insert into timeline (id, incident_id, at, kind, person_id, facts)
select id, incident_id, at, kind, person_id, facts from json_populate_recordset(null::timeline, %s)
"""
_SET_ASIDE = "update incidents set failed_at = %s, error = %s, due_at = %s where id = %s"
#: More ids than this in one NOTIFY, and listeners are told to look at everything.
_NOTIFY_LIMIT = 40


def get(tx: Tx, incident_id: str) -> tuple[Incident, tuple[Page, ...]]:
    """Return the incident, locked, with its open pages.

    Raises: NoSuchIncident.
    """
    row = tx.execute(_GET, [incident_id]).fetchone()
    if row is None:
        raise NoSuchIncident(incident_id=incident_id)
    incident = _to_incident(row)
    return incident, open_pages(tx, [incident.id]).get(incident.id, ())


def look(tx: Tx, incident_id: str) -> Incident:
    """Return the incident for reading only, without locking it.

    Raises: NoSuchIncident.
    """
    row = tx.execute(_LOOK, [incident_id]).fetchone()
    if row is None:
        raise NoSuchIncident(incident_id=incident_id)
    return _to_incident(row)


def lock(tx: Tx, incident_ids: Iterable[str]) -> dict[str, Incident]:
    """Return the incidents by id, locked in the order of their ids, so that no two wait crosswise."""
    rows = tx.execute(_LOCK, [sorted(incident_ids)])
    return {row[0]: _to_incident(row) for row in rows}


def in_groups(tx: Tx, keys: Iterable[tuple[str, str]]) -> list[str]:
    """Return the ids of the open incidents of these (service, group key) pairs."""
    found = tx.execute(_IN_GROUPS, [as_json([{"s": s, "g": g} for s, g in keys])])
    return [row[0] for row in found]


def claim_due(tx: Tx, *, now: datetime, limit: int) -> list[Incident]:
    """Return incidents that are due, longest overdue first, locked; others' claims are skipped."""
    return [_to_incident(row) for row in tx.execute(_CLAIM, [now, limit])]


def due(tx: Tx, *, now: datetime, limit: int) -> list[str]:
    """Return the ids of what `claim_due` would take, whatever state their contents are in."""
    return [row[0] for row in tx.execute(_DUE, [now, limit])]


def look_again(tx: Tx, *, team_id: TeamId | None, now: datetime) -> None:
    """Make every open incident (of one team) due now, because what decides about it changed."""
    tx.execute(_OPEN_OF_TEAM, [now, team_id, team_id])


def look_again_if_changed(
    tx: Tx, decisions: Sequence[Decision], *, version: int, now: datetime
) -> None:
    """Make what was just decided due again in a second if the company may not be of that version.

    For the end of a transaction that decides: whoever changes the company at the same time looks
    only at the incidents that are there to be seen.
    """
    ids = [decision.incident.id for decision in decisions]
    tx.execute(_UNLESS_STANDING, [now + _SOON, ids, version])


def next_due(tx: Tx) -> datetime | None:
    """Return the soonest instant at which any incident is due."""
    row = tx.execute(_NEXT_DUE).fetchone()
    return row[0] if row else None


def open_pages(tx: Tx, incident_ids: Sequence[str]) -> dict[str, tuple[Page, ...]]:
    """Return the open pages by incident, oldest first."""
    found: dict[str, tuple[Page, ...]] = {}
    for row in tx.execute(_OPEN_PAGES, [list(incident_ids)]):
        page = _to_page(row)
        found[page.incident_id] = (*found.get(page.incident_id, ()), page)
    return found


def was_called(tx: Tx, incident_id: str, person_id: PersonId) -> bool:
    """True if the person was ever called about the incident."""
    return tx.execute(_WAS_CALLED, [incident_id, person_id]).fetchone() is not None


def set_aside(tx: Tx, incident_id: str, *, error: str, now: datetime, again_at: datetime) -> None:
    """Remember that the engine failed on this incident, visibly, and when it tries again."""
    tx.execute(_SET_ASIDE, [now, error[:2000], again_at, incident_id])


def save(tx: Tx, decisions: Sequence[Decision]) -> None:
    """Write decisions, at most one an incident: one statement for each table they touch.

    Pages may be new, changed (a call that rings on over a boundary) or ended, even both new and
    ended; the notifications of those that ended are cancelled. Sender and screens are woken at
    the commit.
    """
    new = [d.incident for d in decisions if d.incident.number == 0]
    old = [d.incident for d in decisions if d.incident.number != 0]
    pages = [page for d in decisions for page in d.pages]
    begun = [page for page in pages if page.is_open]
    ended = [page for page in pages if not page.is_open]
    entries = [entry for d in decisions for entry in d.entries]
    notes = list(_in_turn(decisions))
    with tx.pipeline():
        _run(tx, _UPDATE, old)  # first: what ends here makes room for a new one of its group
        _run(tx, _INSERT, new)
        _run(tx, _SAVE_PAGES, ended)  # first: a person has one open page of an incident
        _run(tx, _SAVE_PAGES, begun)
        _run(tx, _SAVE_NOTIFICATIONS, notes)
        if ended:
            tx.execute(_CANCEL, [[page.id for page in ended]])
        _run(tx, _SAVE_ENTRIES, entries)
        if notes:
            tx.execute("select pg_notify('notifications', '')")
        ids = [d.incident.id for d in decisions]
        changed = " ".join(ids) if len(ids) <= _NOTIFY_LIMIT else ""
        tx.execute("select pg_notify('incidents', %s)", [changed])


def _run(tx: Tx, statement: Any, rows: Sequence[object]) -> None:
    if rows:
        tx.execute(statement, [as_json(rows)])


def _in_turn(decisions: Sequence[Decision]) -> Iterable[dict[str, Any]]:
    """Give each notification its turn: the first incident of a service goes before the next's second."""
    turns: Counter[str] = Counter()
    for decision in decisions:
        if not decision.notifications:
            continue
        turn = turns[decision.incident.service_id]
        turns[decision.incident.service_id] += 1
        for note in decision.notifications:
            yield _with_turn(note, turn)


def _with_turn(note: Notification, turn: int) -> dict[str, Any]:
    return {**{name: getattr(note, name) for name in Notification.__slots__}, "turn": turn}


def _to_incident(row: tuple[Any, ...]) -> Incident:
    return Incident(
        id=row[0],
        number=row[1],
        service_id=ServiceId(row[2]),
        team_id=TeamId(row[3]),
        alarm=row[4],
        group_key=row[5],
        title=row[6],
        severity=Severity(row[7]),
        state=IncidentState(row[8]),
        side=Side(row[9]),
        reason=Reason(row[10]),
        facts=_facts(row[11]),
        opened_at=row[12],
        firing=row[13],
        alerts=row[14],
        announced=row[15],
        announced_at=row[16],
        step=row[17],
        step_ends_at=row[18],
        boundary_at=row[19],
        hold_until=row[20],
        snoozed_until=row[21],
        acknowledged_by=_person(row[22]),
        acknowledged_at=row[23],
        ack_until=row[24],
        help_asked_by=_person(row[25]),
        glass_by=_person(row[26]),
        glass_reason=row[27],
        close_at=row[28],
        resolved_at=row[29],
        resolved_by=_person(row[30]),
        resolution=row[31],
        stuck_at=row[32],
        due_at=row[33],
    )


def _to_page(row: tuple[Any, ...]) -> Page:
    return Page(
        id=row[0],
        incident_id=row[1],
        person_id=PersonId(row[2]),
        role=StepRole(row[3]),
        reason=Reason(row[4]),
        facts=_facts(row[5]),
        step=row[6],
        out_of_hours=row[7],
        started_at=row[8],
        ended_at=row[9],
        outcome=Outcome(row[10]) if row[10] else None,
    )


def _person(value: str | None) -> PersonId | None:
    return PersonId(value) if value is not None else None


def _facts(value: list[list[str]]) -> Facts:
    return tuple((name, text) for name, text in value)
