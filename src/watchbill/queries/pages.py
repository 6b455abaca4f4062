"""Pages: who was called about what, why, and over which notifications."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from watchbill.queries import reading
from watchbill.queries.reading import Part
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow:
    """One message over one contact method, or to one webhook; what it says is not shown."""

    id: str
    kind: str
    channel: str
    state: str
    incident_id: str | None
    page_id: str | None
    person_id: str | None
    webhook_id: str | None
    due_at: datetime
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """The calling of one person about one incident."""

    id: str
    incident_id: str
    person_id: str
    person: str
    #: In which capacity: `rota`, `team`, `person`, `volunteer` or `manager`; and why.
    role: str
    reason: str
    #: What the decision was made from: pairs of name and value.
    facts: list[list[str]]
    step: int
    out_of_hours: bool
    started_at: datetime
    ended_at: datetime | None
    #: None while the person is being called.
    outcome: str | None
    notifications: tuple[NotificationRow, ...] = ()


_LIST = """
select p.id, p.incident_id, p.person_id, w.name as person, p.role, p.reason, p.facts, p.step,
  p.out_of_hours, p.started_at, p.ended_at, p.outcome
from pages p join people w on w.id = p.person_id
"""
_NOTIFICATIONS = """
select n.id, n.kind, n.channel, n.state, n.incident_id, n.page_id, n.person_id, n.webhook_id,
  n.due_at, n.created_at, n.sent_at, n.attempts, n.error
from notifications n
"""
_CALLED = "select count(*) from pages where person_id = %s and ended_at is null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the list is narrowed to; None or "" does not narrow."""

    incident_id: str = ""
    person_id: str = ""
    out_of_hours: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


def listed(tx: Tx, asked: Filter, *, limit: int = 50, cursor: str | None = None) -> Part[PageRow]:
    """Return one part of the pages with their notifications, newest first."""
    wanted: dict[str, object] = {
        "p.incident_id = %s": asked.incident_id,
        "p.person_id = %s": asked.person_id,
        "p.started_at >= %s": asked.since,
        "p.started_at < %s": asked.until,
    }
    where = {condition: value for condition, value in wanted.items() if value}
    if asked.out_of_hours is not None:
        where["p.out_of_hours" if asked.out_of_hours else "not p.out_of_hours"] = ()
    part = reading.listed(
        tx, PageRow, _LIST, where, order=("p.started_at", "p.id"), page=(limit, cursor)
    )
    return Part(items=_with_notifications(tx, part.items), next_cursor=part.next_cursor)


def get(tx: Tx, page_id: str) -> PageRow:
    """Return one page with its notifications.

    Raises: NotThere.
    """
    found = reading.one(tx, PageRow, _LIST + "where p.id = %s", [page_id])
    return _with_notifications(tx, (found,))[0]


def of_incident(tx: Tx, incident_id: str, *, limit: int) -> tuple[PageRow, ...]:
    """Return an incident's newest pages, newest first."""
    return listed(tx, Filter(incident_id=incident_id), limit=limit).items


def paged_count(tx: Tx, person_id: str) -> int:
    """Return about how many incidents the person is being called now."""
    row = tx.execute(_CALLED, [person_id]).fetchone()
    return row[0] if row else 0


def notifications(
    tx: Tx,
    *,
    incident_id: str = "",
    page_id: str = "",
    person_id: str = "",
    state: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> Part[NotificationRow]:
    """Return one part of the notifications, newest first."""
    wanted = {
        "n.incident_id = %s": incident_id,
        "n.page_id = %s": page_id,
        "n.person_id = %s": person_id,
        "n.state = %s": state,
    }
    where = {condition: value for condition, value in wanted.items() if value}
    return reading.listed(
        tx, NotificationRow, _NOTIFICATIONS, where, order=("n.id",), page=(limit, cursor)
    )


def _with_notifications(tx: Tx, pages: tuple[PageRow, ...]) -> tuple[PageRow, ...]:
    if not pages:
        return pages
    found: defaultdict[str | None, list[NotificationRow]] = defaultdict(list)
    query = _NOTIFICATIONS + "where n.page_id = any(%s) order by n.id"
    for note in reading.many(tx, NotificationRow, query, [[page.id for page in pages]]):
        found[note.page_id].append(note)
    return tuple(replace(page, notifications=tuple(found[page.id])) for page in pages)
