"""Incidents: the list with its filters, those of this moment, and one with all that belongs to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.core.incidents import Incident
from watchbill.queries import alerts, pages, people, reading
from watchbill.queries.alerts import AlertRow
from watchbill.queries.pages import PageRow
from watchbill.queries.reading import Part
from watchbill.store import incidents as incidents_store
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One incident in a list."""

    id: str
    number: int
    title: str
    state: str
    severity: str
    #: Who has to answer: `nobody`, `team`, `volunteers` or `hold`; and why.
    side: str
    reason: str
    #: The alarm's key, or "".
    alarm: str
    service_id: str
    service: str
    team_id: str
    team: str
    opened_at: datetime
    #: Things firing now, and alerts that ever belonged to it.
    firing: int
    alerts: int
    #: People being called now.
    calling: list[str]
    acknowledged_by: str | None
    acknowledged_by_name: str | None
    acknowledged_at: datetime | None
    hold_until: datetime | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str
    #: Nobody could be reached since then.
    stuck_at: datetime | None
    #: The engine failed on it then.
    failed_at: datetime | None

    @property
    def answered_by(self) -> str | None:
        """Return who resolved it, or has it."""
        return self.resolved_by or self.acknowledged_by

    @property
    def until_at(self) -> datetime | None:
        """Return when the hold or the snooze ends that it is in."""
        return {"held": self.hold_until, "snoozed": self.snoozed_until}.get(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One line of an incident's timeline."""

    id: str
    at: datetime
    kind: str
    person_id: str | None
    person: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmText:
    """What the incident's alarm says to a stranger at 3 a.m."""

    id: str
    key: str
    title: str
    state: str
    severity: str
    customer_impact: str
    required_action: str
    runbook: str
    runbook_url: str
    muted_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDetail:
    """One incident with all that belongs to it."""

    incident: IncidentRow
    #: What the decision about it was made from: pairs of name and value.
    facts: list[list[str]]
    step: int
    step_ends_at: datetime | None
    boundary_at: datetime | None
    ack_until: datetime | None
    help_asked_by: str | None
    glass_by: str | None
    glass_reason: str
    close_at: datetime | None
    alarm: AlarmText | None
    #: Firing ones first, at most 50.
    alerts: tuple[AlertRow, ...]
    #: Newest first, at most 200.
    pages: tuple[PageRow, ...]
    #: Newest first, at most 200.
    timeline: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One incident as the core knows it, with what its screen tells."""

    incident: Incident
    alarm: AlarmText | None
    #: Newest first, at most 50.
    pages: tuple[PageRow, ...]
    #: Firing ones first.
    alerts: tuple[AlertRow, ...]
    #: Newest first, at most 200.
    timeline: tuple[EntryRow, ...]
    #: What the people in it are called.
    names: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Incidents of this moment: a person's own, the open ones and the held."""

    mine: IncidentRow | None
    #: Newest first.
    open: tuple[IncidentRow, ...]
    open_count: int
    #: In the order in which their hold ends.
    held: tuple[IncidentRow, ...]
    held_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the list is narrowed to; None or "" does not narrow."""

    #: `open` is everything but resolved; else one state.
    state: str = ""
    team_id: str = ""
    service_id: str = ""
    severity: str = ""
    #: Words of the title or alarm, a number, or a dedup key.
    text: str = ""
    #: Services that the text names too.
    services_called: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    #: The person who is being called about it, or has it.
    mine: str = ""
    #: The person who is being called about it.
    calling: str = ""


_LIST = """
select i.id, i.number, i.title, i.state, i.severity, i.side, i.reason, i.alarm, i.service_id,
  s.name as service, i.team_id, t.name as team, i.opened_at, i.firing, i.alerts,
  array(select p.person_id from pages p where p.incident_id = i.id and p.ended_at is null
        order by p.started_at) as calling,
  i.acknowledged_by, a.name as acknowledged_by_name, i.acknowledged_at, i.hold_until,
  i.snoozed_until, i.resolved_at, i.resolved_by, i.resolution, i.stuck_at, i.failed_at
from incidents i join services s on s.id = i.service_id join teams t on t.id = i.team_id
left join people a on a.id = i.acknowledged_by
"""
_ALARM = """
select id, key, title, state, severity, customer_impact, required_action, runbook, runbook_url,
       muted_until
from alarms where service_id = %s and key = %s
"""
_TIMELINE = """
select e.id, e.at, e.kind, e.person_id, p.name as person, e.facts
from timeline e left join people p on p.id = e.person_id
"""
_OPEN_NOW = (
    _LIST
    + "where i.state in ('triggered', 'acknowledged', 'snoozed') "
    + "order by i.opened_at desc, i.id desc limit %s"
)
_HELD_NOW = _LIST + "where i.state = 'held' order by i.hold_until, i.id limit %s"
_MINE_NOW = (
    _LIST
    + """
join pages mine on mine.incident_id = i.id and mine.person_id = %s and mine.ended_at is null
order by array_position(array['critical', 'error', 'warning', 'info'], i.severity), mine.started_at
limit 1
"""
)
_OPEN_COUNTS = """
select count(*) filter (where state <> 'held'), count(*) filter (where state = 'held')
from incidents where state <> 'resolved'
"""
_MATCHES = """
i.id in (select id from incidents where to_tsvector('simple', title || ' ' || alarm) @@ to_tsquery('simple', %s)
         union all select incident_id from alerts where dedup_key = %s
         union all select id from incidents where number = %s
         union all select id from incidents where service_id = any(%s))
"""
_CALLING = """
i.id in (select incident_id from pages where person_id = %s and ended_at is null)
"""
_MINE = """
(i.state <> 'resolved' and (i.acknowledged_by = %s or i.id in (
   select incident_id from pages where person_id = %s and ended_at is null)))
"""


def listed(
    tx: Tx, wanted: Filter, *, limit: int = 50, cursor: str | None = None
) -> Part[IncidentRow]:
    """Return one part of the incidents that pass the filter, newest first."""
    return reading.listed(
        tx,
        IncidentRow,
        _LIST,
        _conditions(wanted),
        order=("i.opened_at", "i.id"),
        page=(limit, cursor),
    )


def get(tx: Tx, incident_id: str) -> IncidentRow:
    """Return one incident as a row of the list.

    Raises: NotThere.
    """
    return reading.one(tx, IncidentRow, _LIST + "where i.id = %s", [incident_id])


def detail(tx: Tx, incident_id: str) -> IncidentDetail:
    """Return one incident with all that belongs to it.

    Raises: NotThere.
    """
    row, incident = get(tx, incident_id), incidents_store.look(tx, incident_id)
    return IncidentDetail(
        incident=row,
        facts=[list(fact) for fact in incident.facts],
        step=incident.step,
        step_ends_at=incident.step_ends_at,
        boundary_at=incident.boundary_at,
        ack_until=incident.ack_until,
        help_asked_by=incident.help_asked_by,
        glass_by=incident.glass_by,
        glass_reason=incident.glass_reason,
        close_at=incident.close_at,
        alarm=_alarm(tx, incident),
        alerts=alerts.of_incident(tx, incident_id, limit=50),
        pages=pages.of_incident(tx, incident_id, limit=reading.MOST),
        timeline=timeline(tx, incident_id, limit=reading.MOST).items,
    )


def story(tx: Tx, incident_id: str, *, alerts_limit: int) -> Story:
    """Return one incident with what its screen tells.

    Raises: NoSuchIncident.
    """
    incident = incidents_store.look(tx, incident_id)
    called = pages.of_incident(tx, incident_id, limit=50)
    told = timeline(tx, incident_id, limit=reading.MOST).items
    return Story(
        incident=incident,
        alarm=_alarm(tx, incident),
        pages=called,
        alerts=alerts.of_incident(tx, incident_id, limit=alerts_limit),
        timeline=told,
        names=people.names(tx, _people(incident, called, told)),
    )


def board(tx: Tx, person_id: str, *, limit: int) -> Board:
    """Return the incidents of this moment."""
    mine = reading.many(tx, IncidentRow, _MINE_NOW, [person_id])
    open_count, held_count = tx.execute(_OPEN_COUNTS).fetchone() or (0, 0)
    return Board(
        mine=mine[0] if mine else None,
        open=reading.many(tx, IncidentRow, _OPEN_NOW, [limit]),
        open_count=open_count,
        held=reading.many(tx, IncidentRow, _HELD_NOW, [limit]),
        held_count=held_count,
    )


def timeline(
    tx: Tx, incident_id: str, *, limit: int = 50, cursor: str | None = None
) -> Part[EntryRow]:
    """Return one part of the incident's history, newest first."""
    return reading.listed(
        tx,
        EntryRow,
        _TIMELINE,
        {"e.incident_id = %s": incident_id},
        order=("e.id",),
        page=(limit, cursor),
    )


def _alarm(tx: Tx, incident: Incident) -> AlarmText | None:
    found = reading.many(tx, AlarmText, _ALARM, [incident.service_id, incident.alarm])
    return found[0] if found else None


def _people(
    incident: Incident, called: tuple[PageRow, ...], told: tuple[EntryRow, ...]
) -> set[str]:
    found = {page.person_id for page in called}
    found |= {entry.person_id for entry in told if entry.person_id}
    found |= {str(p) for entry in told for p in entry.facts.get("people", ())}
    own = (incident.acknowledged_by, incident.resolved_by, incident.glass_by)
    return found | {person_id for person_id in own if person_id}


def _conditions(wanted: Filter) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if wanted.state == "open":
        found["i.state <> 'resolved'"] = _NOTHING
    elif wanted.state:
        found["i.state = %s"] = wanted.state
        if wanted.state != "resolved":
            found["i.state <> 'resolved'"] = _NOTHING
    plain: dict[str, Any] = {
        "i.team_id = %s": wanted.team_id,
        "i.service_id = %s": wanted.service_id,
        "i.severity = %s": wanted.severity,
        "i.opened_at >= %s": wanted.since,
        "i.opened_at < %s": wanted.until,
    }
    found |= {condition: value for condition, value in plain.items() if value}
    if wanted.mine:
        found[_MINE] = (wanted.mine, wanted.mine)
    if wanted.calling:
        found[_CALLING] = wanted.calling
    if wanted.text.strip():
        found[_MATCHES] = (*_search(wanted.text), list(wanted.services_called))
    return found


#: The value of a condition without a placeholder.
_NOTHING: tuple[object, ...] = ()


def _search(text: str) -> tuple[object, ...]:
    """Return what is looked for: words that begin so, a dedup key, a number."""
    words = re.findall(r"\w+", text)[:10]
    query = " & ".join(f"{word}:*" for word in words)
    digits = text.strip().lstrip("#")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else -1
    return (query, text.strip()[:255], number)
