"""Volunteers: the on-call team's settings, its terms, and what a plan is made from."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from watchbill.core.people import OfficeId, PersonId, TeamId
from watchbill.core.stands import Held
from watchbill.core.volunteers import OnCallTeam, Seat, Watch
from watchbill.store.database import Tx

_TEAM = """
select name, zone, boundary_weekday, boundary_time, seats, least, term_days, gap_weeks, shadows,
       watches
from on_call_team
"""
_SEATS = """
select t.person_id, p.team_id, p.office_id, lower(t.during), upper(t.during)
from terms t join people p on p.id = t.person_id
where p.disabled_at is null and upper(t.during) > %s order by t.person_id, lower(t.during)
"""
_UNTIL = """
select greatest((select max(upper(during)) from shifts where not shadow),
                (select max(ends_at) from plans where state = 'published'))
"""
_LIMITS = "select limits, decay_percent from on_call_team"
_SHIFTS = """
select id, person_id, lower(during), upper(during), shadow, fixed, stand_id from shifts
where upper(during) > %s and lower(during) < %s order by lower(during), id
"""
_WISHES = "select person_id, starts_at, weight from wishes where starts_at >= %s"
_CALLED = """
select person_id, started_at from pages
where out_of_hours and role = 'volunteer' and started_at >= %s and started_at < %s
"""


def team(tx: Tx) -> OnCallTeam:
    """Return how the on-call team is set up."""
    row = tx.execute(_TEAM).fetchone()
    if row is None:
        return OnCallTeam()
    return OnCallTeam(
        name=row[0],
        zone=row[1],
        boundary_weekday=row[2],
        boundary_time=row[3],
        seats=row[4],
        least=row[5],
        term_days=row[6],
        gap_weeks=row[7],
        has_shadows=row[8],
        watches=tuple(_watch(each) for each in row[9]),
    )


def limits(tx: Tx) -> tuple[list[dict[str, Any]], int]:
    """Return the legal packs' limits, and what of a former half year still counts, in percent."""
    row = tx.execute(_LIMITS).fetchone()
    return (row[0], row[1]) if row else ([], 50)


def seats(tx: Tx, *, after: datetime) -> list[Seat]:
    """Return the terms that are not over at `after`, with whose they are."""
    return [
        Seat(
            person_id=PersonId(row[0]),
            team_id=TeamId(row[1]) if row[1] else None,
            office_id=OfficeId(row[2]) if row[2] else None,
            start=row[3],
            end=row[4],
        )
        for row in tx.execute(_SEATS, [after])
    ]


def shifts(tx: Tx, *, start: datetime, end: datetime) -> list[Held]:
    """Return shifts that touch [start, end), sorted by start."""
    return [
        Held(
            id=row[0],
            person_id=PersonId(row[1]),
            start=row[2],
            end=row[3],
            is_shadow=row[4],
            is_fixed=row[5],
            stand_id=row[6],
        )
        for row in tx.execute(_SHIFTS, [start, end])
    ]


def wishes(tx: Tx, *, start: datetime) -> list[tuple[PersonId, datetime, int]]:
    """Return wishes for weeks from `start` on: whose, the week's start, the weight."""
    return [(PersonId(p), at, weight) for p, at, weight in tx.execute(_WISHES, [start])]


def called(tx: Tx, *, start: datetime, end: datetime) -> list[tuple[PersonId, datetime]]:
    """Return when volunteers were called in [start, end), and who."""
    return [(PersonId(p), at) for p, at in tx.execute(_CALLED, [start, end])]


def published_until(tx: Tx) -> datetime | None:
    """Return how far shifts are published; None without any."""
    row = tx.execute(_UNTIL).fetchone()
    return row[0] if row else None


def _watch(data: dict[str, Any]) -> Watch:
    return Watch(
        office_id=OfficeId(data["office_id"]),
        starts=time.fromisoformat(data["starts"]),
        ends=time.fromisoformat(data["ends"]),
    )
