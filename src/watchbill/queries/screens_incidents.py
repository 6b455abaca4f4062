"""Lists of incidents for the screens: narrowed, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.store.database import Database, Tx

_ROW = """
select i.id, i.number, i.title, i.state, i.severity, i.service_id, i.team_id, i.opened_at, i.alerts,
       case i.state when 'held' then i.hold_until when 'snoozed' then i.snoozed_until end,
       coalesce(i.resolved_by, i.acknowledged_by),
       array(select p.person_id from pages p where p.incident_id = i.id and p.ended_at is null
             order by p.started_at, p.id)
from incidents i
"""
_LIST = """
where (%(text)s = '' or i.number::text = ltrim(%(text)s, '#') or i.title ilike %(like)s or i.alarm ilike %(like)s
       or i.service_id = any(%(services_called)s)
       or exists (select from alerts a where a.incident_id = i.id and a.dedup_key ilike %(like)s))
  and (%(state)s = '' or (%(state)s = 'open' and i.state <> 'resolved') or i.state = %(state)s)
  and (%(team)s = '' or i.team_id = %(team)s)
  and (%(service)s = '' or i.service_id = %(service)s)
  and (%(severity)s = '' or i.severity = %(severity)s)
  and (%(since)s::timestamptz is null or i.opened_at >= %(since)s)
  and (%(until)s::timestamptz is null or i.opened_at < %(until)s)
  and (%(calling)s = '' or exists (select from pages p where p.incident_id = i.id
       and p.person_id = %(calling)s and p.ended_at is null))
  and (%(cursor)s = '' or (i.opened_at, i.id) <
       (select c.opened_at, c.id from incidents c where c.id = %(cursor)s))
order by i.opened_at desc, i.id desc limit %(limit)s
"""
_OPEN = "where i.state in ('triggered', 'acknowledged', 'snoozed') "
_OPEN_NOW = _ROW + _OPEN + "order by i.opened_at desc, i.id desc limit %s"
_HELD_NOW = _ROW + "where i.state = 'held' order by i.hold_until, i.id limit %s"
_COUNTS = """
select count(*) filter (where state <> 'held'), count(*) filter (where state = 'held')
from incidents where state <> 'resolved'
"""
_MINE = (
    _ROW
    + """
join pages mine on mine.incident_id = i.id and mine.person_id = %s and mine.ended_at is null
order by array_position(array['critical', 'error', 'warning', 'info'], i.severity), mine.started_at
limit 1
"""
)
_NAMES = "select id, name from people where id = any(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One incident in a list, by ids."""

    id: str
    number: int
    title: str
    state: str
    severity: str
    service_id: str
    team_id: str
    opened_at: datetime
    alerts_count: int
    #: When a hold or a snooze ends.
    until_at: datetime | None
    #: Who resolved or acknowledged it.
    answered_by: str | None
    #: Who is being called, in order.
    calling: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; empty does not narrow."""

    text: str = ""
    #: Ids of services whose name has the text in it.
    services_called: tuple[str, ...] = ()
    #: `open`, a state, or empty.
    state: str = ""
    team: str = ""
    service: str = ""
    severity: str = ""
    since: datetime | None = None
    until: datetime | None = None
    #: A person who is being called about it.
    calling: str = ""
    #: The id of the last row of the page before.
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Incidents of this moment: the viewer's own, the open and the held."""

    mine: Row | None
    open: tuple[Row, ...]
    open_count: int
    held: tuple[Row, ...]
    held_count: int


def listed(db: Database, wanted: Wanted, *, limit: int) -> tuple[Row, ...]:
    """Return at most `limit` incidents, newest first."""
    values = {name: getattr(wanted, name) for name in Wanted.__slots__}
    values |= {"like": f"%{_escaped(wanted.text)}%", "limit": limit}
    values |= {"services_called": list(wanted.services_called)}
    with db.transaction() as tx:
        return tuple(_to_row(row) for row in tx.execute(_ROW + _LIST, values))


def board(tx: Tx, person_id: str, *, limit: int) -> Board:
    """Return the incidents of Tonight."""
    mine = tx.execute(_MINE, [person_id]).fetchone()
    open_count, held_count = tx.execute(_COUNTS).fetchone() or (0, 0)
    return Board(
        mine=_to_row(mine) if mine else None,
        open=tuple(_to_row(row) for row in tx.execute(_OPEN_NOW, [limit])),
        open_count=open_count,
        held=tuple(_to_row(row) for row in tx.execute(_HELD_NOW, [limit])),
        held_count=held_count,
    )


def names(tx: Tx, person_ids: Collection[str]) -> dict[str, str]:
    """Return what people are called, those who have left too."""
    return dict(tx.execute(_NAMES, [sorted(person_ids)]).fetchall())


def names_of(db: Database, person_ids: Collection[str]) -> dict[str, str]:
    """Return what people are called, those who have left too."""
    with db.transaction() as tx:
        return names(tx, person_ids)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _to_row(row: tuple[Any, ...]) -> Row:
    return Row(
        id=row[0],
        number=row[1],
        title=row[2],
        state=row[3],
        severity=row[4],
        service_id=row[5],
        team_id=row[6],
        opened_at=row[7],
        alerts_count=row[8],
        until_at=row[9],
        answered_by=row[10],
        calling=tuple(row[11]),
    )
