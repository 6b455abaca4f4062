"""Feeds: whose calendar link it is, what it shows, and the shifts in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.core import calendar_events
from watchbill.core.calendar_events import CalendarEvent, ClosedDay
from watchbill.core.company import Company
from watchbill.core.people import PersonId, TeamId
from watchbill.queries import reading
from watchbill.store.database import Tx

#: A feed shows so much of the past and of what lies ahead.
BACK, AHEAD = timedelta(weeks=8), timedelta(weeks=26)

FEEDS = """
select f.id, f.person_id, f.kind, f.subject_id, f.hint, f.created_at, f.seen_at, f.revoked_at
from feeds f
"""
_BY_HASH = (
    FEEDS
    + """
join people p on p.id = f.person_id
where f.hash = %s and f.revoked_at is null and p.disabled_at is null
"""
)
_OWN = FEEDS + " where f.person_id = %s and f.revoked_at is null order by f.created_at, f.id"
_SHIFTS = """
select s.id, s.person_id, p.name, lower(s.during), upper(s.during), s.shadow, s.sequence
from shifts s join people p on p.id = s.person_id
where s.during && tstzrange(%(start)s, %(end)s)
  and (%(person)s::text is null or s.person_id = %(person)s)
order by lower(s.during), s.id
"""
_GONE = """
select g.shift_id, g.person_id, p.name, lower(g.during), upper(g.during), g.shadow, g.sequence
from shifts_gone g join people p on p.id = g.person_id
where g.during && tstzrange(%(start)s, %(end)s)
  and (%(person)s::text is null or g.person_id = %(person)s)
  and not exists (select 1 from shifts s where s.id = g.shift_id
    and (%(person)s::text is null or s.person_id = %(person)s))
order by lower(g.during), g.shift_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A calendar link."""

    id: str
    person_id: str
    #: `person`, `team`, `volunteers`, `managers`.
    kind: str
    #: The person or team it shows; "" for the two rotas.
    subject_id: str
    #: The end of its token.
    hint: str
    created_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None


def by_hash(tx: Tx, token_hash: str) -> FeedRow:
    """Return the feed of a token that was not revoked. Raises: NotThere."""
    return reading.one(tx, FeedRow, _BY_HASH, [token_hash])


def own(tx: Tx, person_id: str) -> tuple[FeedRow, ...]:
    """Return somebody's feeds."""
    return reading.many(tx, FeedRow, _OWN, [person_id])


def base_url(tx: Tx) -> str:
    """Return how people and programs reach this server."""
    row = tx.execute("select base_url from organization").fetchone()
    return str(row[0]) if row else ""


def title(company: Company, feed: FeedRow) -> str:
    """Return what a feed is called."""
    if feed.kind == "person":
        return "My shifts"
    if feed.kind == "team":
        team = company.teams.get(TeamId(feed.subject_id))
        return f"Rota of {team.name if team else 'a team that is gone'}"
    return "Volunteers' rota" if feed.kind == "volunteers" else "Duty managers"


def events(
    tx: Tx, company: Company, feed: FeedRow, *, now: datetime
) -> tuple[list[CalendarEvent], list[ClosedDay]]:
    """Return what a feed shows: events, and whole days."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = today - BACK, today + AHEAD  # by whole days, so that an hour later is the same
    if feed.kind == "volunteers":
        return _shifts(tx, start, end, None), []
    if feed.kind == "managers":
        return calendar_events.managers(company, start=start, end=end), []
    if feed.kind == "team":
        team_id = TeamId(feed.subject_id)
        closed = calendar_events.closed_days(company, team_id, first=start.date(), last=end.date())
        return calendar_events.team(company, team_id, start=start, end=end), closed
    who = PersonId(feed.subject_id)
    person = company.people.get(who)
    mine = _shifts(tx, start, end, who) + calendar_events.managers(
        company, start=start, end=end, only=who
    )
    if person is not None and person.team_id is not None:
        mine += calendar_events.team(company, person.team_id, start=start, end=end, only=who)
    return mine, []


def _shifts(tx: Tx, start: datetime, end: datetime, who: str | None) -> list[CalendarEvent]:
    asked = {"start": start, "end": end, "person": who}
    found = [(row, False) for row in tx.execute(_SHIFTS, asked)]
    found += [(row, True) for row in tx.execute(_GONE, asked)]
    return [
        CalendarEvent(
            uid=row[0],
            start=row[3],
            end=row[4],
            summary=_summary(row[2], is_shadow=row[5], is_own=who is not None),
            sequence=row[6],
            is_cancelled=is_gone,
        )
        for row, is_gone in found
    ]


def _summary(name: str, *, is_shadow: bool, is_own: bool) -> str:
    what = "On call as a shadow" if is_shadow else "On call"
    return what if is_own else f"{what}: {name}"
