"""Notice moments: everything that is to be told of the coming weeks, each with its moment.

Shifts and duties are told a week and a day before at nine o'clock by the person's clock, and when
they begin; a term's end four weeks and one week before; what goes on is told again, weekly or daily.

Source: requirements VO2, VO3, VO6, SH1, SH4, NO8; issue 4, parts 2 and 5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from watchbill.core import hours, notices, people_on_call, rotas, uncovered, volunteers
from watchbill.core.company import Company
from watchbill.core.hours import Period
from watchbill.core.notices import HORIZON, LATEST, Notice, Watch, Word
from watchbill.core.people import Person, PersonId
from watchbill.core.volunteers import Concern, Seat

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
#: Pieces of one person's shift belong together if less than this lies between them…
_NEAR = timedelta(days=1)
#: …and if they begin so long after the first: a week, on whichever side of a clock change.
_ONE_STAND = timedelta(hours=166)
#: Until so long after its beginning somebody is told that their shift has begun.
_STALE = _DAY
#: Days before a first shift on which somebody hears that they are not ready.
_READY_DAYS = (7, 3, 2, 1)
#: What of the team is mailed; that a team or office is heavy stands on its page.
_TOLD = (Concern.TOO_FEW, Concern.TOO_OFTEN, Concern.SHADOWS_TOO_FEW, Concern.END_TOGETHER)
#: Terms that end together are told of so long before.
_TOGETHER_AHEAD = timedelta(weeks=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stand:
    person_id: PersonId
    period: Period
    is_shadow: bool = False


def every(watch: Watch, *, now: datetime) -> list[Notice]:
    """Return all notices that are or come due within a week of `now`, and some of later."""
    return [
        *_shifts(watch, now),
        *_duties(watch, now),
        *_renewals(watch, now),
        *_not_ready(watch, now),
        *_asked(watch, now),
        *_drafts(watch),
        *_uncovered(watch, now),
        *_concerns(watch, now),
        *_too_many(watch, now),
    ]


def turns(watch: Watch, *, now: datetime) -> Iterator[datetime]:
    """Yield the moments at which other people are in a term, or its end comes into sight."""
    for term in watch.terms:
        day = datetime.combine(term.end.astimezone(UTC).date(), time(), UTC)
        yield from (at for at in (term.start, term.end, day - _TOGETHER_AHEAD) if at > now)


def _shifts(watch: Watch, now: datetime) -> Iterator[Notice]:
    for stand, person in _stands_near(watch.company, now):
        start, end = stand.period.start, stand.period.end
        told = Notice(
            word=Word.SHIFT_WEEK,
            person_id=person.id,
            about=start.isoformat(),
            due_at=notices.morning(person, start, days=-7),
            until=notices.morning(person, start, days=-1),
            period=stand.period,
            is_shadow=stand.is_shadow,
        )
        yield told
        yield replace(told, word=Word.SHIFT_DAY, due_at=told.until, until=start)
        until = min(end, start + _STALE)
        yield replace(told, word=Word.SHIFT_BEGINS, due_at=start, until=until)


def _stands_near(company: Company, now: datetime) -> Iterator[tuple[_Stand, Person]]:
    rows = [
        _Stand(
            person_id=shift.person_id,
            period=Period(start=shift.start, end=shift.end),
            is_shadow=shift.is_shadow,
        )
        for shift in company.shifts
    ]
    for stand in _joined(rows, within=_ONE_STAND):
        person = company.people.get(stand.person_id)
        if person and now - _STALE < stand.period.start < now + 3 * _WEEK:
            yield stand, person


def _joined(rows: Iterable[_Stand], *, within: timedelta) -> list[_Stand]:
    """Return what one person stands with short breaks as one; `rows` are sorted by start."""
    found: defaultdict[tuple[PersonId, bool], list[_Stand]] = defaultdict(list)
    for row in rows:
        mine = found[row.person_id, row.is_shadow]
        last = mine[-1].period if mine else None
        if last and row.period.start - last.end < _NEAR and row.period.start - last.start < within:
            end = max(last.end, row.period.end)
            mine[-1] = replace(row, period=Period(start=last.start, end=end))
        else:
            mine.append(row)
    return [stand for mine in found.values() for stand in mine]


def _duties(watch: Watch, now: datetime) -> Iterator[Notice]:
    company = watch.company
    if company.managers is None:
        return
    ahead = rotas.stretches(
        company.managers, company.absences, start=now - 2 * _WEEK, end=now + 5 * _WEEK
    )
    rows = [
        _Stand(person_id=s.person_id, period=Period(start=s.start, end=s.end))
        for s in ahead
        if s.person_id
    ]
    for stand in _joined(rows, within=timedelta.max):
        person = company.people.get(stand.person_id)
        if person and now < stand.period.start < now + 3 * _WEEK:
            yield Notice(
                word=Word.DUTY_WEEK,
                person_id=person.id,
                about=stand.period.start.isoformat(),
                due_at=notices.morning(person, stand.period.start, days=-7),
                until=stand.period.start,
                period=stand.period,
            )


def _renewals(watch: Watch, now: datetime) -> Iterator[Notice]:
    for term in watch.terms:
        person = watch.company.people.get(term.person_id)
        if person is None or term.is_answered or not term.start <= now < term.end:
            continue
        first = notices.morning(person, term.end, days=-28)
        again = notices.morning(person, term.end, days=-7)
        told = Notice(
            word=Word.RENEWAL,
            person_id=person.id,
            about=f"{term.id} {term.end.isoformat()}",
            due_at=first,
            until=again,
            period=Period(start=term.start, end=term.end),
            subject_id=term.id,
        )
        # A term so short that its end was near when it began is not asked about twice.
        if first >= term.start:
            yield told
        if again >= term.start:
            yield replace(told, word=Word.RENEWAL_AGAIN, due_at=again, until=term.end)


def _not_ready(watch: Watch, now: datetime) -> Iterator[Notice]:
    first: dict[PersonId, rotas.Shift] = {}
    for shift in watch.company.shifts:
        if not shift.is_shadow:
            first.setdefault(shift.person_id, shift)
    for person_id, shift in first.items():
        person = watch.company.people.get(person_id)
        if person is None or person_id not in watch.unready or shift.start <= now:
            continue
        mornings = [notices.morning(person, shift.start, days=-n) for n in _READY_DAYS]
        for days, due_at, until in zip(
            _READY_DAYS, mornings, [*mornings[1:], shift.start], strict=True
        ):
            yield Notice(
                word=Word.NOT_READY,
                person_id=person_id,
                about=f"{shift.start.isoformat()} -{days}",
                due_at=due_at,
                until=until,
                period=Period(start=shift.start, end=shift.end),
            )


def _asked(watch: Watch, now: datetime) -> Iterator[Notice]:
    for swap in watch.asked:
        asked = [swap.to] if swap.to else watch.members(now)
        for person in _people(watch.company, asked):
            due_at = notices.morning(person, swap.start, days=-1)
            if person.id != swap.asked_by and swap.asked_at < due_at:
                yield Notice(
                    word=Word.SWAP_WAITS,
                    person_id=person.id,
                    about=swap.id,
                    due_at=due_at,
                    until=swap.start,
                    period=Period(start=swap.start, end=swap.start),
                    subject_id=swap.id,
                )


def _drafts(watch: Watch) -> Iterator[Notice]:
    for draft in watch.drafts:
        yield Notice(
            word=Word.DRAFT_WAITS,
            person_id=draft.made_by,
            about=draft.id,
            due_at=draft.made_at + _WEEK,
            until=draft.made_at + 2 * _WEEK,
            subject_id=draft.id,
        )


def _uncovered(watch: Watch, now: datetime) -> Iterator[Notice]:
    """Yield a warning for everybody concerned: weekly from four weeks before, daily in the last."""
    company = watch.company
    found = uncovered.stretches(company, start=now, end=now + HORIZON + LATEST)
    if not found:
        return
    concerned: defaultdict[PersonId, list[Period]] = defaultdict(list)
    for manager, period in uncovered.falls_to(company, found):
        # With nobody on the managers' rota either, those hear of it who can do something.
        for person_id in [manager] if manager else _admins(company):
            concerned[person_id].append(period)
    concerned |= dict.fromkeys(watch.members(now), found)
    for person in _people(company, concerned):
        periods = concerned[person.id]
        start = periods[0].start
        weekly = _again(watch, person, Word.UNCOVERED, start - HORIZON, days=7)
        daily = _again(watch, person, Word.UNCOVERED, start - _WEEK, days=1)
        due_at = min(weekly, daily)
        yield Notice(
            word=Word.UNCOVERED,
            person_id=person.id,
            about=_day(person, due_at, now),
            due_at=due_at,
            until=periods[-1].end,
            periods=tuple(p for p in periods if p.start <= now + HORIZON),
        )


def _concerns(watch: Watch, now: datetime) -> Iterator[Notice]:
    """Yield the weekly word to the members while something of the team is worth one (VO3)."""
    facts = tuple(_sentences(watch, now))
    if not facts:
        return
    for person in _people(watch.company, watch.members(now)):
        due_at = _again(watch, person, Word.CONCERNS, now, days=7)
        yield Notice(
            word=Word.CONCERNS,
            person_id=person.id,
            about=_day(person, due_at, now),
            due_at=due_at,
            until=due_at + 2 * _WEEK,
            facts=facts,
        )


def _seats(watch: Watch) -> list[Seat]:
    """Return the seats, a renewed one as one: it does not end where the next begins."""
    found: list[Seat] = []
    for seat in sorted(watch.seats, key=lambda seat: (seat.person_id, seat.start)):
        if found and found[-1].person_id == seat.person_id and seat.start <= found[-1].end:
            found[-1] = replace(found[-1], end=seat.end)
        else:
            found.append(seat)
    return found


def _sentences(watch: Watch, at: datetime) -> Iterator[str]:
    for concern, facts in volunteers.concerns(watch.team, _seats(watch), at=at):
        if concern not in _TOLD:
            continue
        if concern is Concern.TOO_FEW:
            yield f"There are {facts['people']} volunteers; the rotation needs {facts['least']}."
        elif concern is Concern.TOO_OFTEN:
            yield f"Each is on call {facts['share']} of the time; a quarter is too much."
        elif concern is Concern.SHADOWS_TOO_FEW:
            yield f"Shadow shifts need at least {facts['least']} people."
        elif date.fromisoformat(facts["from"]) <= (at + _TOGETHER_AHEAD).date():
            yield f"{facts['terms']} terms end within four weeks, the first on {facts['from']}."


def _too_many(watch: Watch, now: datetime) -> Iterator[Notice]:
    company = watch.company
    for crowd in people_on_call.too_many(company, start=now, end=now + LATEST):
        names = tuple(sorted(p.name for p in _people(company, crowd.people)))
        for person in _people(company, _admins(company)):
            due_at = _again(watch, person, Word.TOO_MANY, crowd.period.start, days=1)
            yield Notice(
                word=Word.TOO_MANY,
                person_id=person.id,
                about=_day(person, due_at, now),
                due_at=due_at,
                until=crowd.period.end,
                period=crowd.period,
                facts=names,
            )


def _again(watch: Watch, person: Person, word: Word, at: datetime, *, days: int) -> datetime:
    """Return `at`, or the morning so many days after somebody last heard of it, if that is later."""
    last = watch.last_told(person.id, word)
    if last is None:
        return at
    return max(at, hours.instant(last + timedelta(days=days), notices.MORNING, person.zone))


def _day(person: Person, due_at: datetime, now: datetime) -> str:
    """Return what marks a notice that comes again: the person's day on which it is told."""
    return notices.today(person, max(due_at, now)).isoformat()


def _people(company: Company, ids: Iterable[PersonId]) -> Sequence[Person]:
    return [company.people[person_id] for person_id in ids if person_id in company.people]


def _admins(company: Company) -> list[PersonId]:
    return sorted(person.id for person in company.people.values() if person.is_admin)
