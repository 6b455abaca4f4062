"""Roster cases: what the planner is asked, from all that is stored of the on-call team.

One case for the whole weeks, or one for each watch: its people are its office's.

Source: requirements VO2, SH1-SH3, NO2; on-call-practice §4.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from watchbill.actions.shell import Shell
from watchbill.core import rest, rosters, stands, volunteers
from watchbill.core.company import Company
from watchbill.core.hours import Period
from watchbill.core.people import OfficeId, PersonId
from watchbill.core.rosters import Volunteer
from watchbill.core.rotas import Absence, Shift
from watchbill.core.shadows import Learner
from watchbill.core.stands import Held, Stand, Taken
from watchbill.core.volunteers import WEEK, OnCallTeam, Seat, Week
from watchbill.errors import Conflict
from watchbill.planner.cases import Candidate, Case, Limit
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

#: Shares are whole numbers; of a tenth of a week, so many make one.
_FINE = 100
#: How far back what somebody stood still counts, a little.
_PAST = timedelta(days=4 * 182)


class NobodyToAsk(Conflict):
    """The on-call team has nobody whose term reaches into these weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A case with what its numbers stand for: whole weeks, or one watch of each."""

    case: Case
    office_id: OfficeId | None
    stands: tuple[Stand, ...]
    taken: tuple[Taken, ...]
    volunteers: tuple[Volunteer, ...]
    learners: tuple[Learner, ...]

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Return who the case's people are."""
        return tuple(volunteer.person_id for volunteer in self.volunteers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be planned."""

    weeks: tuple[Week, ...]
    parts: tuple[Part, ...]
    has_shadows: bool
    #: Tells whether anything it was made from has changed.
    base: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is stored."""

    company: Company
    team: OnCallTeam
    limits: tuple[Limit, ...]
    decay_percent: int
    held: tuple[Held, ...]
    wishes: dict[PersonId, dict[datetime, int]]
    called: dict[PersonId, list[datetime]]


def ask(
    shell: Shell, tx: Tx, *, count: int, start: datetime | None = None, keep: bool = False
) -> Asked:
    """Return the cases of `count` weeks as of this transaction. Raises: NobodyToAsk."""
    team, company = volunteers_store.team(tx), shell.company(tx)
    weeks = volunteers.weeks(team, start=start or shell.clock.now(), count=count)
    seats = volunteers_store.seats(tx, after=weeks[0].start - _PAST)
    people = _volunteers(company, seats, after=weeks[0].start)
    if not people:
        raise NobodyToAsk
    known = _known(tx, company, team, weeks)
    zones = {office_id: office.hours.zone for office_id, office in company.offices.items()}
    around = _around(team, weeks, max(26, *(limit.weeks for limit in known.limits), 0))
    parts = []
    for row in stands.of(team, zones, [*around[0], *weeks, *around[1]]):
        own = [p for p in people if row[0].office_id in (None, p.office_id)]
        first = len(around[0])
        parts.append(_part(known, own, row, (first, first + count), keep=keep))
    return Asked(
        weeks=tuple(weeks),
        parts=tuple(parts),
        has_shadows=team.has_shadows,
        base=_base(team, weeks, parts),
    )


def _known(tx: Tx, company: Company, team: OnCallTeam, weeks: Sequence[Week]) -> _Known:
    start, end = weeks[0].start, weeks[-1].end
    limits, decay = volunteers_store.limits(tx)
    wishes: defaultdict[PersonId, dict[datetime, int]] = defaultdict(dict)
    for person_id, at, weight in volunteers_store.wishes(tx, start=start):
        wishes[person_id][at] = weight
    called: defaultdict[PersonId, list[datetime]] = defaultdict(list)
    for person_id, at in volunteers_store.called(tx, start=start - 60 * WEEK, end=start):
        called[person_id].append(at)
    return _Known(
        company=company,
        team=team,
        limits=tuple(Limit(**each) for each in limits),
        decay_percent=decay,
        held=tuple(volunteers_store.shifts(tx, start=start - _PAST, end=end + 27 * WEEK)),
        wishes=dict(wishes),
        called=dict(called),
    )


def _around(team: OnCallTeam, weeks: Sequence[Week], count: int) -> tuple[list[Week], list[Week]]:
    """Return so many weeks just before, and just after."""
    early = weeks[0].start - count * WEEK - timedelta(hours=12)
    before = [
        w for w in volunteers.weeks(team, start=early, count=count) if w.end <= weeks[0].start
    ]
    return before, volunteers.weeks(team, start=weeks[-1].end, count=count)


def _volunteers(company: Company, seats: Iterable[Seat], *, after: datetime) -> list[Volunteer]:
    """Return whose term is not over at `after`, with all their terms."""
    by_person: defaultdict[PersonId, list[Seat]] = defaultdict(list)
    for seat in seats:
        if seat.person_id in company.people:
            by_person[seat.person_id].append(seat)
    away: defaultdict[PersonId, list[Absence]] = defaultdict(list)
    for absence in company.absences:
        away[absence.person_id].append(absence)
    return [
        Volunteer(
            person_id=person_id,
            office_id=own[0].office_id,
            seats=tuple(own),
            zone=company.people[person_id].zone,
            wishes={},
            holidays=_holidays(company, own[0]),
            away=tuple(away[person_id]),
        )
        for person_id, own in sorted(by_person.items())
        if any(seat.end > after for seat in own)
    ]


def _holidays(company: Company, seat: Seat) -> frozenset[Any]:
    office = company.offices.get(seat.office_id) if seat.office_id else None
    return office.hours.closed_on if office else frozenset()


def _part(
    known: _Known,
    people: Sequence[Volunteer],
    row: Sequence[Stand],
    bounds: tuple[int, int],
    *,
    keep: bool,
) -> Part:
    """Return the case of stands `bounds` of a row that reaches some weeks further on both sides."""
    first, last = bounds
    by_id = {volunteer.person_id: volunteer for volunteer in people}

    def can(person_id: PersonId, period: Period) -> bool:
        return person_id in by_id and rosters.can_stand(by_id[person_id], [period])

    own = tuple(row[first:last])
    taken = tuple(stands.taken(stand, known.held, can) for stand in own)
    around = {n - first: stands.whose(stand, known.held) for n, stand in enumerate(row)}
    places = {person_id: who for who, person_id in enumerate(by_id)}
    candidates = [_candidate(known, each, own, taken, around) for each in people]
    case = Case(
        loads=tuple(_load(stand) for stand in own),
        people=_with_shares(known, people, candidates, own),
        gap=known.team.gap_weeks,
        limits=known.limits,
        fixed={n: places[t.fixed] for n, t in enumerate(taken) if t.fixed is not None},
        published={n: places[t.was] for n, t in enumerate(taken) if t.was in places},
        recurring=tuple(rosters.recurring([stand.week for stand in own], people)),
        keep=keep,
    )
    return Part(
        case=case,
        office_id=row[0].office_id,
        stands=own,
        taken=taken,
        volunteers=tuple(people),
        learners=tuple(_learner(known, each, own) for each in people),
    )


def _load(stand: Stand) -> int:
    """Return a stand's load in tenths of a week: a watch is the part of the day it takes."""
    return max(1, round(rosters.TENTHS * stand.length / (stand.week.end - stand.week.start)))


def _candidate(
    known: _Known,
    volunteer: Volunteer,
    own: Sequence[Stand],
    taken: Sequence[Taken],
    around: dict[int, PersonId | None],
) -> Candidate:
    person_id = volunteer.person_id
    free = frozenset(
        number
        for number, made in enumerate(taken)
        if made.fixed == person_id
        or (made.fixed is None and rosters.can_stand(volunteer, made.open))
    )
    count = len(own)
    stood = frozenset(n for n, who in around.items() if who == person_id and not 0 <= n < count)
    weeks = [stand.week for stand in own]
    past = _past(known, person_id)
    wishes = known.wishes.get(person_id, {})
    extra = {
        n: round(rosters.holiday_tenths(volunteer, weeks[n]) * _load(own[n]) / rosters.TENTHS)
        for n in free
    }
    return Candidate(
        id=person_id,
        office=volunteer.office_id or "",
        weeks=free,
        past=rosters.past_tenths(
            person_id, past, at=weeks[0].start, decay_percent=known.decay_percent
        ),
        share=0,  # against the others', once all are known
        extra={n: more for n, more in extra.items() if more},
        wishes={n: wishes[week.start] for n, week in enumerate(weeks) if week.start in wishes},
        had=rosters.had(volunteer, [s for s in past if s.start < weeks[0].start], weeks),
        tired=_tired(known, volunteer, stood, weeks),
        stood=stood,
    )


def _with_shares(
    known: _Known,
    people: Sequence[Volunteer],
    candidates: Sequence[Candidate],
    own: Sequence[Stand],
) -> tuple[Candidate, ...]:
    """Return the candidates with what each owes.

    Of what was stood while they were there an even part, of what is planned by the weeks they are free.
    """
    past = [shift for each in people for shift in _past(known, each.person_id)]
    shared = rosters.shared_tenths(
        people, past, at=own[0].week.start, decay_percent=known.decay_percent
    )
    ahead, free = sum(map(_load, own)), sum(len(each.weeks) for each in candidates)
    return tuple(
        replace(
            each,
            share=round(
                _FINE * (shared[PersonId(each.id)] + ahead * len(each.weeks) / max(free, 1))
            ),
        )
        for each in candidates
    )


def _past(known: _Known, person_id: PersonId) -> list[Shift]:
    return [
        Shift(person_id=person_id, start=held.start, end=held.end, is_shadow=held.is_shadow)
        for held in known.held
        if held.person_id == person_id
    ]


def _tired(
    known: _Known, volunteer: Volunteer, stood: Iterable[int], weeks: Sequence[Week]
) -> frozenset[int]:
    """Return the weeks that come too soon after one in which they were called at night."""
    called = known.called.get(volunteer.person_id, [])
    start = weeks[0].start
    bad = [
        week
        for week in stood
        if week < 0
        and rest.is_bad(
            Week(start=start + week * WEEK, end=start + (week + 1) * WEEK), called, volunteer.zone
        )
    ]
    return rest.tired(bad, len(weeks), gap_weeks=known.team.gap_weeks)


def _learner(known: _Known, volunteer: Volunteer, own: Sequence[Stand]) -> Learner:
    start = own[0].week.start
    before = [s for s in _past(known, volunteer.person_id) if s.start < start]
    return Learner(
        person_id=volunteer.person_id,
        weeks=frozenset(
            n for n, stand in enumerate(own) if rosters.can_stand(volunteer, stand.periods)
        ),
        is_new=all(shift.is_shadow for shift in before),
        before=sum(1 for shift in before if shift.is_shadow),
    )


def _base(team: OnCallTeam, weeks: Sequence[Week], parts: Sequence[Part]) -> str:
    """Return what a plan rests on, in short: who can stand when, what is stood, and the rules.

    Wishes and bad weeks are left out: a plan does not become wrong by them.
    """
    said: list[object] = [team.gap_weeks, team.has_shadows]
    said += [week.start.isoformat() for week in weeks]
    for part in parts:
        said += [part.office_id or "", sorted(part.case.published.items())]
        said += [str(part.taken), str(part.case.limits)]
        said += [
            [p.id, sorted(p.weeks), p.past, p.share, sorted(p.extra.items()), sorted(p.stood)]
            for p in part.case.people
        ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
