"""The demo's calendar: weeks of shifts counted from the one under way when its clock starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchbill.core import hours
from watchbill.demo.people import VOLUNTEERS

ZONE = "Europe/Dublin"
_HANDOFF = time(18)
_FRIDAY = 4

#: Half a year back and, whenever the demo starts, more than half a year ahead.
FIRST_SHIFT, LAST_SHIFT = -27, 31
#: Two terms before the present one's end, so that nobody's first shift precedes their consent.
FOUNDED = -50
#: A term is six months.
TERM = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """Week 0 is the shift under way at the start; each begins on a Friday, 18:00 in Dublin."""

    friday: date

    def begin(self, week: int) -> datetime:
        """Return when a week's shift begins, aware UTC."""
        return hours.instant(self.friday + timedelta(weeks=week), _HANDOFF, ZONE)


def weeks(start: datetime) -> Weeks:
    """Return the calendar of a demo whose clock starts at `start`."""
    today = start.astimezone(ZoneInfo(ZONE)).date()
    friday = today - timedelta(days=(today.weekday() - _FRIDAY) % 7)
    if hours.instant(friday, _HANDOFF, ZONE) > start:
        friday -= timedelta(weeks=1)
    return Weeks(friday=friday)


def carrier(week: int) -> str:
    """Return the name of the volunteer who stands a week."""
    return VOLUNTEERS[week % len(VOLUNTEERS)]


def terms(volunteer: str) -> tuple[tuple[int, int], ...]:
    """Return a volunteer's three terms as weeks [from, to): the past, the present, the next one.

    They end at different weeks, so that the team never changes all at once.
    """
    change = 3 * VOLUNTEERS.index(volunteer) - 22
    return tuple((change + TERM * n, change + TERM * (n + 1)) for n in (-1, 0, 1))
