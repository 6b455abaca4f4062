"""iCalendar: a feed's events as RFC 5545 writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import icalendar

from watchbill.core.calendar_events import CalendarEvent, ClosedDay

#: How often a calendar program may ask again.
_AGAIN = timedelta(hours=1)
_DOMAIN = "watchbill"


def written(
    title: str, events: Sequence[CalendarEvent], days: Sequence[ClosedDay], *, now: datetime
) -> bytes:
    """Return a calendar of the events; `now` is when it was written.

    Source: RFC 5545; RFC 7986 (REFRESH-INTERVAL); X-WR-CALNAME as Apple and Google read it.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Watchbill//On call//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(title))
    calendar.add("refresh-interval", _AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(_event(event, now))
    for day in days:
        calendar.add_component(_day(day, now))
    content: bytes = calendar.to_ical()
    return content


def _event(event: CalendarEvent, now: datetime) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", f"{event.uid}@{_DOMAIN}")
    made.add("dtstamp", now)
    made.add("dtstart", event.start)
    made.add("dtend", event.end)
    made.add("summary", _line(event.summary))
    made.add("sequence", event.sequence)
    made.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    return made


def _day(day: ClosedDay, now: datetime) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", f"{day.uid}@{_DOMAIN}")
    made.add("dtstamp", now)
    made.add("dtstart", day.on)
    made.add("dtend", day.on + timedelta(days=1))
    made.add("summary", _line(day.summary))
    made.add("transp", "TRANSPARENT")
    return made


def _line(text: str) -> str:
    """Return a name as one line: what people typed may hold line ends and control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
