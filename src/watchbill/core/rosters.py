"""Rosters: the case a planner is asked, made from what is known of the on-call team.

A week weighs 1, and for whoever lives where one of its days is a public holiday so many tenths more
as the holiday's hours weigh: on-call-practice §4.2 gives a weekday night 1, a weekend 1.5 and a
holiday 2. What somebody stood in earlier terms counts less with each half year.

Source: VO2, SH1-SH3; on-call-practice §4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from watchbill.core import hours
from watchbill.core.hours import Period
from watchbill.core.people import OfficeId, PersonId
from watchbill.core.rotas import Absence, Shift
from watchbill.core.volunteers import Seat, Week

#: A week is counted in tenths.
TENTHS = 10
_DAY = timedelta(days=1)
#: So long ago, what was stood has lost the share that decays.
_HALF_YEAR = timedelta(days=182)
#: Hours of an ordinary week that are stood, weighed: five nights of 15 h at 1, a weekend of 48 h at
#: 1.5 and the evening before it.
_ORDINARY = 5 * 15 * 1.0 + 48 * 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """Somebody the planner may ask, and what it must know of them."""

    person_id: PersonId
    office_id: OfficeId | None
    #: Terms they agreed to.
    seats: tuple[Seat, ...]
    zone: str
    #: Week starts they would rather not (below zero) or would like to stand (above).
    wishes: Mapping[datetime, int]
    #: Public holidays where they live.
    holidays: frozenset[date]
    #: When they are away.
    away: tuple[Absence, ...] = ()


def can_stand(volunteer: Volunteer, periods: Sequence[Period]) -> bool:
    """True if a term of theirs covers the periods, and they are not away in any (NO2)."""
    if not periods:
        return False
    start, end = periods[0].start, periods[-1].end
    return any(s.start <= start and end <= s.end for s in volunteer.seats) and not any(
        a.start < p.end and p.start < a.end for a in volunteer.away for p in periods
    )


def holiday_tenths(volunteer: Volunteer, week: Week) -> int:
    """Return how many tenths of a week its holidays weigh more for somebody."""
    zone = hours.known_zone(volunteer.zone)
    day, last = week.start.astimezone(zone).date(), week.end.astimezone(zone).date()
    more = 0.0
    while day <= last:
        if day in volunteer.holidays:
            # A working day's 9 hours, and its night at twice the weight; a weekend day's at 2 for 1.5.
            more += 24 * 2 - 24 * 1.5 if day.weekday() >= 5 else 24 * 2 - 15
        day += _DAY
    return round(TENTHS * more / _ORDINARY)


def past_tenths(
    person_id: PersonId, shifts: Collection[Shift], *, at: datetime, decay_percent: int
) -> int:
    """Return what somebody stood before `at`, in tenths of a week, the older the less.

    >>> from datetime import UTC
    >>> start = datetime(2026, 1, 2, 18, tzinfo=UTC)
    >>> stood = Shift(person_id=PersonId("a"), start=start, end=start + 7 * _DAY)
    >>> past_tenths(PersonId("a"), [stood], at=start + 30 * _DAY, decay_percent=50)
    10
    >>> past_tenths(PersonId("a"), [stood], at=start + 200 * _DAY, decay_percent=50)
    5
    """
    own = (shift for shift in shifts if shift.person_id == person_id)
    return round(TENTHS * sum(_worth(shift, at, decay_percent) for shift in own))


def shared_tenths(
    people: Sequence[Volunteer], shifts: Collection[Shift], *, at: datetime, decay_percent: int
) -> dict[PersonId, float]:
    """Return each one's even part of what was stood before `at`: of each shift, among who was there.

    In tenths of a week, the older the less. Who joins owes no part of what was stood before.
    """
    found = {each.person_id: 0.0 for each in people}
    for shift in shifts:
        period = Period(start=shift.start, end=shift.end)
        there = [
            p.person_id for p in people if p.person_id == shift.person_id or can_stand(p, [period])
        ]
        for person_id in there:
            found[person_id] += TENTHS * _worth(shift, at, decay_percent) / len(there)
    return found


def _worth(shift: Shift, at: datetime, decay_percent: int) -> float:
    """Return what a shift counts at `at`, in weeks: nothing for a shadow's, or what lies ahead."""
    if shift.is_shadow or shift.start >= at:
        return 0.0
    ended = min(shift.end, at)
    halves = (at - ended) // _HALF_YEAR
    return (ended - shift.start) / (7 * _DAY) * (1 - decay_percent / 100) ** halves


def had(volunteer: Volunteer, shifts: Collection[Shift], weeks: Sequence[Week]) -> frozenset[int]:
    """Return the weeks of a holiday that they stood when it came round the last time."""
    zone = volunteer.zone
    stood = {
        day
        for day in volunteer.holidays
        for shift in shifts
        if shift.person_id == volunteer.person_id
        and not shift.is_shadow
        and shift.start < hours.instant(day + _DAY, time(0), zone)
        and hours.instant(day, time(0), zone) < shift.end
    }
    return frozenset(
        number
        for number, week in enumerate(weeks)
        for day in _days(week) & volunteer.holidays
        if any(is_same_holiday(before, day) for before in stood)
    )


def is_same_holiday(one: date, other: date) -> bool:
    """True if `other` is the holiday `one` a year later: by its date, or by its weekday in the month.

    A holiday that moves with the moon, as Easter does, is not told from its date.

    >>> is_same_holiday(date(2026, 5, 4), date(2027, 5, 3))
    True
    """
    return one.month == other.month and (other - one).days in {364, 365, 366, 371}


def recurring(weeks: Sequence[Week], volunteers: Sequence[Volunteer]) -> list[tuple[int, int]]:
    """Return pairs of weeks a year apart in which the same holiday falls, by their place."""
    holidays = frozenset(day for volunteer in volunteers for day in volunteer.holidays)
    days = [_days(week) & holidays for week in weeks]
    return [
        (first, second)
        for first in range(len(weeks))
        for second in range(first + 51, min(first + 54, len(weeks)))
        if any(is_same_holiday(a, b) for a in days[first] for b in days[second])
    ]


def _days(week: Week) -> set[date]:
    return {
        week.start.date() + timedelta(days=n)
        for n in range((week.end.date() - week.start.date()).days + 1)
    }
