"""Busy times: when somebody is away, as their own calendar says; titles are not even read.

Away is what a calendar marks as out of office, and whole days it shows as busy. A repeating event
is unfolded within the window only. Rules finer than a day are left out: nobody is away every
second, and unfolding such a rule can take for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import icalendar
import recurring_ical_events

from watchbill.core import hours
from watchbill.errors import Invalid

#: Times away that are kept of one calendar, and events that are looked at.
MOST, _EVENTS = 500, 5000
_COARSE = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_OUT_OF_OFFICE = frozenset({"OOF"})


class BadCalendar(Invalid):
    """This is no iCalendar that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class BusyTime:
    """A time somebody is away, [start, end), aware UTC."""

    start: datetime
    end: datetime
    uid: str


def read(
    body: bytes, *, start: datetime, end: datetime, zone: str, is_all: bool = False
) -> list[BusyTime]:
    """Return the times away that touch [start, end), sorted; whole days are days in `zone`.

    With `is_all`, whatever the calendar shows as busy counts, meetings too.
    Raises: BadCalendar.
    """
    try:
        calendar = icalendar.Calendar.from_ical(body)
        _keep_coarse(calendar)
        found = recurring_ical_events.of(calendar, skip_bad_series=True).after(start)
        times = list(_away(islice(found, _EVENTS), start, end, zone, is_all=is_all))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise BadCalendar(kind=type(error).__name__) from error
    return sorted(times)[:MOST]


def _keep_coarse(calendar: Any) -> None:
    """Drop events that repeat more often than daily."""
    calendar.subcomponents = [
        event
        for event in calendar.subcomponents
        if all(
            str(each).upper() in _COARSE for rule in _rules(event) for each in rule.get("FREQ", ())
        )
    ]


def _rules(event: Any) -> list[Any]:
    rule = event.get("RRULE")
    return rule if isinstance(rule, list) else [rule] if rule is not None else []


def _away(
    events: Iterator[Any], start: datetime, end: datetime, zone: str, *, is_all: bool
) -> Iterator[BusyTime]:
    for event in events:
        first, last = _instants(event, zone)
        if first >= end:
            return
        if start < last and first < last and _is_away(event, is_all=is_all):
            uid = "".join(c for c in str(event.get("UID", "")) if c.isprintable())[:200]
            yield BusyTime(start=first, end=min(last, end), uid=uid)


def _is_away(event: Any, *, is_all: bool) -> bool:
    said = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    if said in _OUT_OF_OFFICE:
        return True
    is_whole_day = not isinstance(event["DTSTART"].dt, datetime)
    is_free = str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT" or said == "FREE"
    return (is_whole_day or is_all) and not is_free


def _instants(event: Any, zone: str) -> tuple[datetime, datetime]:
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start
    if not isinstance(start, datetime) and end == start:
        end = start + timedelta(days=1)
    return _instant(start, zone), _instant(end, zone)


def _instant(at: date | datetime, zone: str) -> datetime:
    if not isinstance(at, datetime):
        return hours.instant(at, time(0), zone)
    if at.tzinfo is None:
        return hours.instant(at.date(), at.time(), zone)
    return at.astimezone(UTC)
