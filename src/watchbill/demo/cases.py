"""What breaks in the demo's half year, when, and how people answer: thrown with fixed dice.

Only what the outside does is decided here. Who is called, what is held, who is escalated to is
the engine's to say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.hours import WorkingHours
from watchbill.demo import services
from watchbill.demo.services import AlarmData, ServiceData

_SEED = 20_180_913
_BY_DAY = 78
_HELD = 30
#: Pages that wake somebody: whole months have this many, at most three more by escalation.
_BY_NIGHT = (4, 4, 5, 5)
_MONTH = timedelta(days=30.4)

_NOTES = (
    "Rolled back the last deployment; errors fell at once.",
    "One zone only. Drained it, the others carry on.",
    "The provider has an incident of its own. Switched to the second one.",
    "A customer's import filled the queue. Parked it, they know.",
    "Restarted the consumer. It stood on one record since the certificate changed.",
    "Threshold is too tight for the month's end. To be changed.",
    "Nothing to do: it mended itself before the laptop was open.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that breaks."""

    service: ServiceData
    alarm: AlarmData
    at: datetime
    #: How long whoever is called by then takes to answer; counted from the opening if it is held.
    answer_after: timedelta
    #: True if the first who is called says that they cannot.
    is_declined: bool = False
    #: From the answer to the end.
    mended_after: timedelta
    #: True if the monitoring system says that it is over; else a person does.
    is_mended_by_source: bool = True
    note: str = ""


def throw(company: Company, *, start: datetime, end: datetime) -> list[Case]:
    """Return the half year's cases in [start, end), in order. The same dice every time."""
    dice = random.Random(_SEED)  # noqa: S311 - a demo's past, not a secret
    calendars = {t.slug: t.hours for t in company.teams.values()}
    cases = [_by_day(dice, calendars, start, end) for _ in range(_BY_DAY)]
    cases += [case for _ in range(_HELD) for case in _held(dice, calendars, start, end)]
    cases += _by_night(dice, calendars, start, end)
    cases += _of_late(dice, calendars, end)
    return sorted(cases, key=lambda case: case.at)


def _of_late(
    dice: random.Random, calendars: dict[str, WorkingHours], end: datetime
) -> Iterator[Case]:
    """What nobody has written down fires a few times in the last weeks, so that somebody will."""
    for service in services.SERVICES:
        for alarm in service.unregistered:
            for _ in range(dice.randint(2, 4)):
                found = _by_day(dice, calendars, end - timedelta(days=24), end, service)
                yield replace(found, alarm=alarm, note="", is_declined=False)


def _by_day(
    dice: random.Random,
    calendars: dict[str, WorkingHours],
    start: datetime,
    end: datetime,
    service: ServiceData | None = None,
) -> Case:
    """Most things break while people work, because people change things."""
    service = service or dice.choice(services.SERVICES)
    calendar = calendars[service.team]
    spans = [
        span
        for span in hours.periods(calendar, start=start, end=end)
        if span.end - span.start > timedelta(hours=3.4)
    ]
    span = dice.choice(spans)
    at = span.start + dice.random() * (span.end - span.start - timedelta(hours=3))
    alarm = dice.choice(_there(service, at, end) or service.alarms)
    slow = dice.random() < 0.12
    return Case(
        service=service,
        alarm=alarm,
        at=at,
        answer_after=_minutes(dice, 6, 9) if slow else _minutes(dice, 0.5, 4),
        is_declined=dice.random() < 0.05,
        mended_after=_minutes(dice, 6, 90),
        is_mended_by_source=dice.random() < 0.6,
        note=dice.choice(_NOTES) if dice.random() < 0.35 else "",
    )


def _held(
    dice: random.Random, calendars: dict[str, WorkingHours], start: datetime, end: datetime
) -> Iterator[Case]:
    """What breaks at night and may not wake anybody waits for the team."""
    service = dice.choice(services.SERVICES)
    at = _night(dice, calendars[service.team], start, end - timedelta(days=4))
    quiet = [a for a in _there(service, at, end) if not (a.may_wake or a.is_muted)]
    if not quiet:
        return
    yield Case(
        service=service,
        alarm=dice.choice(quiet),
        at=at,
        answer_after=_minutes(dice, 1, 4),
        mended_after=_minutes(dice, 10, 60),
        is_mended_by_source=dice.random() < 0.4,
        note=dice.choice(_NOTES) if dice.random() < 0.3 else "",
    )


def _by_night(
    dice: random.Random, calendars: dict[str, WorkingHours], start: datetime, end: datetime
) -> Iterator[Case]:
    """What wakes a volunteer: a handful a month, one of them slow to answer, few declined."""
    pairs = [(s, a) for s in services.SERVICES for a in s.alarms if a.wakes]
    for first, last in _months(start, end):
        count = round(dice.choice(_BY_NIGHT) * ((last - first) / _MONTH))
        slow, declined = dice.randrange(6), dice.randrange(12)
        for number in range(count):
            service, alarm = dice.choice(pairs)
            yield Case(
                service=service,
                alarm=alarm,
                at=_night(dice, calendars[service.team], first, last),
                answer_after=_minutes(dice, 6, 8) if number == slow else _minutes(dice, 1, 4),
                is_declined=number == declined,
                mended_after=_minutes(dice, 8, 70),
                is_mended_by_source=dice.random() < 0.5,
                note=dice.choice(_NOTES) if dice.random() < 0.7 else "",
            )


def _there(service: ServiceData, at: datetime, end: datetime) -> list[AlarmData]:
    """Return what fires at an instant: alarms that are written by then, and names of none."""
    day = (at - end) / timedelta(days=1) - 2
    known = [a for a in service.alarms if a.since < day and a.state != "retired"]
    return [*known, *service.unregistered]


def _months(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Return the calendar months of [start, end), the first and last cut short."""
    first = start
    while first < end:
        later = first.replace(day=1, hour=0, minute=0, second=0) + timedelta(days=32)
        last = min(later.replace(day=1), end)
        yield first, last
        first = last


def _night(dice: random.Random, calendar: WorkingHours, start: datetime, end: datetime) -> datetime:
    """Return an instant of [start, end) at which the team is not at work, nor will be soon."""
    room = end - start - timedelta(hours=3)
    for _ in range(200):
        at = start + dice.random() * room
        opening = hours.next_opening(calendar, at)
        if not hours.is_open(calendar, at) and opening and opening - at > timedelta(hours=3):
            return at
    return start


def _minutes(dice: random.Random, least: float, most: float) -> timedelta:
    return timedelta(seconds=round(60 * dice.uniform(least, most)))
