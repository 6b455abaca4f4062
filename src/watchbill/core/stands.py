"""Stands: what one person stands of a week, and what older shifts have made of it.

A stand is a week, or a watch of it: the same hours of every day. What was swapped in it stays with
whom it was given to, as long as they can stand it. If that is the greater part, the stand is theirs
who has the most of it; if not, the planner gives somebody what is open.

Source: requirements SH1, SH2, SH5; the issue's "moves as few published shifts as possible".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.core import watches
from watchbill.core.hours import Period
from watchbill.core.people import OfficeId, PersonId
from watchbill.core.volunteers import OnCallTeam, Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What one person stands of a week: disjoint periods in their order; one, unless watches are set."""

    week: Week
    #: Whose office's watch it is; None: the whole week, of anybody.
    office_id: OfficeId | None
    periods: tuple[Period, ...]

    @property
    def length(self) -> timedelta:
        """Return how long it is altogether."""
        return _length(self.periods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A shift as it is stored."""

    id: str
    person_id: PersonId
    start: datetime
    end: datetime
    is_shadow: bool = False
    #: The planner leaves it.
    is_fixed: bool = False
    #: The pieces of one stand share it.
    stand_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a stand that somebody has."""

    person_id: PersonId
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What older shifts have made of a stand."""

    #: Who has the most of what is planned anew; None: nobody.
    was: PersonId | None
    #: Whose it is whatever is planned; None: the planner says.
    fixed: PersonId | None
    #: Parts that stay.
    kept: tuple[Part, ...]
    #: What is to be given to somebody.
    open: tuple[Period, ...]
    #: Who shadows it by now.
    shadow: PersonId | None


#: Tells whether a person can stand a period: in a term of theirs and not away.
Can = Callable[[PersonId, Period], bool]


def of(team: OnCallTeam, zones: Mapping[OfficeId, str], weeks: Sequence[Week]) -> list[list[Stand]]:
    """Return the weeks' stands: a list of whole weeks, or a list for each watch.

    `zones` are the offices'; raises KeyError for a watch of an office without one.
    """
    if not team.watches:
        return [[Stand(week=w, office_id=None, periods=(_whole(w),)) for w in weeks]]
    cut = [watches.cut(team.watches, zones, w.start, w.end) for w in weeks]
    return [
        [
            Stand(week=week, office_id=watch.office_id, periods=tuple(pieces[number]))
            for week, pieces in zip(weeks, cut, strict=True)
        ]
        for number, watch in enumerate(team.watches)
    ]


def taken(stand: Stand, held: Iterable[Held], can: Can) -> Taken:
    """Return what stored shifts have made of a stand."""
    touching = [h for h in held if _meets(h, stand)]
    carried = [h for h in touching if not h.is_shadow]
    kept = [
        part
        for shift in carried
        if shift.is_fixed or not _is_piece(shift, stand)
        for part in _parts(shift, stand)
        if can(part.person_id, part.period)
    ]
    still_open = without(stand.periods, [part.period for part in kept])
    is_decided = 2 * _length(part.period for part in kept) > stand.length
    fixed = most(kept) if is_decided else None
    given = [Part(person_id=h.person_id, period=p) for h in carried for p in _within(h, still_open)]
    shadows = [part for h in touching if h.is_shadow for part in _parts(h, stand)]
    return Taken(
        was=fixed or most(given),
        fixed=fixed,
        kept=tuple(sorted(kept, key=lambda part: part.period.start)),
        open=tuple(still_open),
        shadow=most(shadows),
    )


def whose(stand: Stand, held: Iterable[Held]) -> PersonId | None:
    """Return who has the most of a stand by stored shifts; None: nobody."""
    carried = (h for h in held if not h.is_shadow and _meets(h, stand))
    return most([part for shift in carried for part in _parts(shift, stand)])


def most(parts: Sequence[Part]) -> PersonId | None:
    """Return who has the most of some parts; of two with as much, who begins first."""
    found: defaultdict[PersonId, timedelta] = defaultdict(timedelta)
    for part in sorted(parts, key=lambda part: part.period.start):
        found[part.person_id] += part.period.end - part.period.start
    return max(found, key=lambda person_id: found[person_id], default=None)


def without(periods: Sequence[Period], taken_out: Sequence[Period]) -> list[Period]:
    """Return what is left of periods when others are taken out of them.

    >>> from datetime import UTC
    >>> def hours(a, b): return Period(start=datetime(2026, 3, 1, a, tzinfo=UTC),
    ...                                end=datetime(2026, 3, 1, b, tzinfo=UTC))
    >>> without([hours(0, 10)], [hours(2, 4)]) == [hours(0, 2), hours(4, 10)]
    True
    """
    left = list(periods)
    for out in taken_out:
        left = [rest for period in left for rest in _less(period, out)]
    return left


def _less(period: Period, out: Period) -> Iterator[Period]:
    if out.end <= period.start or period.end <= out.start:
        yield period
        return
    if period.start < out.start:
        yield Period(start=period.start, end=out.start)
    if out.end < period.end:
        yield Period(start=out.end, end=period.end)


def _whole(week: Week) -> Period:
    return Period(start=week.start, end=week.end)


def _meets(shift: Held, stand: Stand) -> bool:
    return shift.start < stand.week.end and stand.week.start < shift.end


def _is_piece(shift: Held, stand: Stand) -> bool:
    """True if the shift is just what a plan would write."""
    return any((shift.start, shift.end) == (p.start, p.end) for p in stand.periods)


def _parts(shift: Held, stand: Stand) -> list[Part]:
    return [
        Part(person_id=shift.person_id, period=period) for period in _within(shift, stand.periods)
    ]


def _within(shift: Held, periods: Iterable[Period]) -> Iterator[Period]:
    for period in periods:
        start, end = max(shift.start, period.start), min(shift.end, period.end)
        if start < end:
            yield Period(start=start, end=end)


def _length(periods: Iterable[Period]) -> timedelta:
    return sum((period.end - period.start for period in periods), timedelta())
