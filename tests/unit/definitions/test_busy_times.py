"""People's own calendars: what counts as away, and what must not hold anybody up."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.definitions import busy_times
from watchbill.definitions.busy_times import BadCalendar, BusyTime

START = datetime(2026, 3, 2, tzinfo=UTC)
END = START + timedelta(weeks=60)
ZONE = "Europe/Dublin"


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(*events: str) -> list[BusyTime]:
    return busy_times.read(calendar(*events), start=START, end=END, zone=ZONE)


def spans(*events: str) -> list[str]:
    return [f"{t.start:%m-%dT%H:%M}/{t.end:%m-%dT%H:%M}" for t in read(*events)]


def test_a_whole_busy_day_is_time_away_by_the_persons_clocks() -> None:
    summer = "DTSTART;VALUE=DATE:20260401\nDTEND;VALUE=DATE:20260403"
    over_dst = "DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330"
    assert spans(summer) == ["03-31T23:00/04-02T23:00"]
    assert spans(over_dst) == ["03-28T00:00/03-29T23:00"]


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:20260401\nDTEND;VALUE=DATE:20260403\nTRANSP:TRANSPARENT",
        "DTSTART;VALUE=DATE:20260401\nDTEND;VALUE=DATE:20260403\nSTATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20260401\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "DTSTART:20260401T100000Z\nDTEND:20260401T110000Z",
    ],
)
def test_what_is_free_cancelled_or_a_meeting_is_not(event: str) -> None:
    assert read(event) == []


def test_out_of_office_counts_to_the_minute_and_titles_are_not_kept() -> None:
    event = "DTSTART;TZID=America/New_York:20260310T090000\nDTEND;TZID=America/New_York:20260310T170000\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\nSUMMARY:Dentist"
    (found,) = read(event)
    assert (found.start, found.end) == (
        datetime(2026, 3, 10, 13, tzinfo=UTC),
        datetime(2026, 3, 10, 21, tzinfo=UTC),
    )
    assert "Dentist" not in repr(found)


def test_what_repeats_is_unfolded_within_the_window() -> None:
    every_friday = "DTSTART;VALUE=DATE:20250103\nRRULE:FREQ=WEEKLY\nEXDATE;VALUE=DATE:20260313"
    found = read(every_friday)
    assert len(found) == 59
    assert found[0].start == datetime(2026, 3, 6, tzinfo=UTC)
    assert datetime(2026, 3, 13, tzinfo=UTC) not in {t.start for t in found}


def test_a_rule_that_never_ends_holds_nobody_up() -> None:
    every_second = "DTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY\nX-MICROSOFT-CDO-BUSYSTATUS:OOF"
    never = "DTSTART:20200101T000000Z\nRRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30"
    daily = "DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY"
    assert read(every_second, never) == []
    assert len(read(daily)) == 60 * 7 + 1, "the last hour, which is another day in summer"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"BEGIN:VCALENDAR", b"\xff\xfe\x00", b"BEGIN:VEVENT"]
)
def test_what_is_no_calendar_is_refused(body: bytes) -> None:
    with contextlib.suppress(BadCalendar):
        assert busy_times.read(body, start=START, end=END, zone=ZONE) == []


@given(st.lists(st.sampled_from([
    b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT", b"UID:1",
    b"DTSTART;VALUE=DATE:20260401", b"DTSTART:20260401T100000", b"DTEND:20200401T100000Z",
    b"RRULE:FREQ=YEARLY;COUNT=x", b"RRULE:FREQ=WEEKLY;UNTIL=20260101", b"EXDATE:x", b"DTSTART:99999999",
    b"RECURRENCE-ID:20260401", b"DURATION:P1D", b"DTSTART;TZID=No/Where:20260401T100000", b"\xff",
]), max_size=14))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_no_calendar_breaks_the_reader(lines: list[bytes]) -> None:
    try:
        found = busy_times.read(b"\r\n".join(lines), start=START, end=END, zone=ZONE)
    except BadCalendar:
        return
    assert all(START < t.end <= END and t.start < t.end for t in found)


def test_control_characters_in_a_uid_are_dropped() -> None:
    body = calendar("DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260311")
    body = body.replace(b"UID:0", b"UID:a\x00b\x1f")
    found = busy_times.read(body, start=START, end=END, zone=ZONE)
    assert [time.uid for time in found] == ["ab"], "a database refuses a NUL"
