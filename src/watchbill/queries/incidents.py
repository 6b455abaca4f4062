"""Incidents: the list with its filters, and those of this moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.queries import reading
from watchbill.queries.reading import Part
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
    #: Who has it and asked for help; while it is triggered, `calling` are called to help them.
    help_asked_by: str | None
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
    def asking(self) -> str | None:
        """Return who has it and waits for the help that is being called."""
        return self.help_asked_by if self.state == "triggered" else None

    @property
    def until_at(self) -> datetime | None:
        """Return when the hold or the snooze ends that it is in."""
        return {"held": self.hold_until, "snoozed": self.snoozed_until}.get(self.state)


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
  i.acknowledged_by, a.name as acknowledged_by_name, i.acknowledged_at,
  i.help_asked_by, i.hold_until, i.snoozed_until, i.resolved_at, i.resolved_by, i.resolution, i.stuck_at, i.failed_at
from incidents i join services s on s.id = i.service_id join teams t on t.id = i.team_id
left join people a on a.id = i.acknowledged_by
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
         union all select id from incidents where number = %s)
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
        called = list(wanted.services_called)
        condition = f"({_MATCHES} or i.service_id = any(%s))" if called else _MATCHES
        found[condition] = (*_search(wanted.text), *([called] if called else []))
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
