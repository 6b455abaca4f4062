"""Swaps: who asked for a shift to be taken, who may, and what it would do to both."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbill.core import fairness, volunteers
from watchbill.core.volunteers import OnCallTeam
from watchbill.queries import reading
from watchbill.store import terms as terms_store
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

SWAPS = """
select w.id, w.shift_id, s.person_id as stands, w.asked_by, a.name as asker, w.asked_at,
  w.to_person_id, o.name as to_person, w.starts_at, w.ends_at, w.return_shift_id, w.note, w.urgent,
  w.state, w.accepted_by, c.name as acceptor, w.accepted_at
from swaps w join shifts s on s.id = w.shift_id join people a on a.id = w.asked_by
left join people o on o.id = w.to_person_id left join people c on c.id = w.accepted_by
"""
_WEEKS = """
select lower(during), upper(during) from shifts
where person_id = %s and not shadow and upper(during) > %s and lower(during) < %s
order by lower(during)
"""
#: Rest and load are looked at so far around a swap.
_HALF = 26 * volunteers.WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRow:
    """A question whether somebody takes a shift, or a part of it."""

    id: str
    shift_id: str
    #: Who stands the shift now.
    stands: str
    asked_by: str
    asker: str
    asked_at: datetime
    to_person_id: str | None
    to_person: str | None
    starts_at: datetime
    ends_at: datetime
    return_shift_id: str | None
    note: str
    urgent: bool
    state: str
    accepted_by: str | None
    acceptor: str | None
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What somebody carries around the time of a swap."""

    hours: float
    #: Free weeks between two shifts, the fewest; None with fewer than two.
    smallest_gap_weeks: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a swap would do to one person."""

    person_id: str
    before: Carried
    after: Carried
    #: True if less free time would lie between two of their shifts than the team wants.
    is_too_close: bool


def effect(
    tx: Tx,
    person_id: str,
    *,
    gives: tuple[datetime, datetime] | None,
    takes: tuple[datetime, datetime] | None,
) -> Effect:
    """Return what giving one stretch away and taking another would do to somebody."""
    team = volunteers_store.team(tx)
    around = [at for span in (gives, takes) if span for at in span]
    rows = tx.execute(_WEEKS, [person_id, min(around) - _HALF, max(around) + _HALF]).fetchall()
    before = [(row[0], row[1]) for row in rows]
    after = _without(before, gives) + ([takes] if takes else [])
    was, becomes = _carried(team, before), _carried(team, after)
    gap = becomes.smallest_gap_weeks
    return Effect(
        person_id=person_id,
        before=was,
        after=becomes,
        is_too_close=gap is not None and gap < team.gap_weeks,
    )


def _without(
    spans: list[tuple[datetime, datetime]], gone: tuple[datetime, datetime] | None
) -> list[tuple[datetime, datetime]]:
    if gone is None:
        return list(spans)
    kept = []
    for start, end in spans:
        kept += [
            (a, b) for a, b in ((start, min(end, gone[0])), (max(start, gone[1]), end)) if a < b
        ]
    return kept


def _carried(team: OnCallTeam, spans: list[tuple[datetime, datetime]]) -> Carried:
    hours = sum((end - start).total_seconds() / 3600 for start, end in spans)
    weeks = {volunteers.week_of(team, start).start for start, _ in spans}
    first = min(weeks, default=None)
    numbers = [round((at - first) / volunteers.WEEK) for at in weeks] if first else []
    gaps = fairness.gaps(numbers)
    return Carried(hours=round(hours, 2), smallest_gap_weeks=min(gaps) if gaps else None)


_OPEN_AT = (
    SWAPS
    + """
where w.state = 'open' and w.ends_at > %(now)s and s.person_id = w.asked_by
  and s.during @> tstzrange(least(greatest(w.starts_at, %(now)s), w.ends_at), w.ends_at)
"""
)
_TIMES = "select lower(during), upper(during) from shifts where id = %s"
_TERM = "(select range_agg(t.during) from terms t where t.person_id = %(person)s)"
# Asking everyone asks whoever's terms cover it.
_OPEN = (
    _OPEN_AT
    + "and (w.to_person_id = %(person)s or w.asked_by = %(person)s or w.to_person_id is null and "
    + _TERM
    + """
    @> tstzrange(least(greatest(w.starts_at, %(now)s), w.ends_at), w.ends_at))
order by w.urgent desc, w.starts_at, w.id limit 100
"""
)
_LATELY = (
    SWAPS
    + """
where w.state <> 'open' or w.ends_at <= %s order by w.asked_at desc, w.id desc limit 20
"""
)
_CANDIDATES = """
select p.id as person_id, p.name, o.name as office,
  exists (select 1 from absences a where a.person_id = p.id
    and a.starts_at < %(end)s and a.ends_at > %(start)s) as is_away,
  exists (select 1 from shifts s where s.person_id = p.id
    and s.during && tstzrange(%(start)s, %(end)s)) as is_standing
from terms t join people p on p.id = t.person_id left join offices o on o.id = p.office_id
where p.disabled_at is null and p.id <> %(asking)s
group by p.id, o.name having range_agg(t.during) @> tstzrange(%(start)s, %(end)s)
order by p.name, p.id
"""
_THEIRS = """
select id, person_id, lower(during) as starts_at, upper(during) as ends_at from shifts
where person_id = any(%s) and not shadow and lower(during) > %s order by lower(during) limit 200
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody whose term covers the time, and who could be asked."""

    person_id: str
    name: str
    office: str | None
    is_away: bool
    #: They stand a shift of their own then.
    is_standing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirShift:
    """A shift that could come back in return."""

    id: str
    person_id: str
    starts_at: datetime
    ends_at: datetime


def one(tx: Tx, swap_id: str) -> SwapRow:
    """Return a swap. Raises: NotThere."""
    return reading.one(tx, SwapRow, f"{SWAPS} where w.id = %s", [swap_id])


def times(tx: Tx, shift_id: str) -> tuple[datetime, datetime] | None:
    """Return from when to when a shift is; None if it is gone."""
    row = tx.execute(_TIMES, [shift_id]).fetchone()
    return (row[0], row[1]) if row else None


def is_open(tx: Tx, swap_id: str, *, now: datetime) -> bool:
    """True if a question can still be answered: its time is not over, and the asker still has it."""
    wanted = {"now": now, "swap": swap_id}
    return bool(reading.many(tx, SwapRow, f"{_OPEN_AT} and w.id = %(swap)s", wanted))


def veiled(tx: Tx, found: Sequence[SwapRow], person_id: str, *, now: datetime) -> list[SwapRow]:
    """Return swaps with the notes that somebody may read: their own, and the on-call team's."""
    if terms_store.is_volunteer(tx, person_id, at=now):
        return list(found)
    return [
        row
        if person_id in (row.asked_by, row.to_person_id, row.accepted_by)
        else dataclasses.replace(row, note="")
        for row in found
    ]


def open_for(tx: Tx, person_id: str, *, now: datetime) -> tuple[SwapRow, ...]:
    """Return the open questions that somebody asked, or may answer; urgent ones first."""
    return reading.many(tx, SwapRow, _OPEN, {"now": now, "person": person_id})


def lately(tx: Tx, *, now: datetime) -> tuple[SwapRow, ...]:
    """Return the last questions that are not open any more."""
    return reading.many(tx, SwapRow, _LATELY, [now])


def candidates(tx: Tx, *, asking: str, start: datetime, end: datetime) -> tuple[Candidate, ...]:
    """Return who could take [start, end): whose own term covers it (NO2)."""
    return reading.many(tx, Candidate, _CANDIDATES, {"asking": asking, "start": start, "end": end})


def theirs(tx: Tx, people: Sequence[str], *, after: datetime) -> tuple[TheirShift, ...]:
    """Return the shifts of people that begin after an instant."""
    return reading.many(tx, TheirShift, _THEIRS, [list(people), after])


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTerm:
    """A term of one's own."""

    starts_at: datetime
    ends_at: datetime


_TERMS = """
select lower(during) as starts_at, upper(during) as ends_at from terms
where person_id = %s and upper(during) > %s order by lower(during)
"""


def terms(tx: Tx, person_id: str, *, now: datetime) -> tuple[OwnTerm, ...]:
    """Return somebody's terms that are not over."""
    return reading.many(tx, OwnTerm, _TERMS, [person_id, now])
