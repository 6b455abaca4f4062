"""People's own calendars, read in as time away: replaced as a whole, and failing in plain sight.

Issue part 8; SH3.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import busy_calendars
from watchbill.actions.audit import SYSTEM, OnlyThemselves, person
from watchbill.actions.busy_calendars import Fetched, NotSecure, TooManyCalendars
from watchbill.engine import calendar_child
from watchbill.queries import busy_calendars as queries
from watchbill.queries.busy_calendars import BusyRow

URL = "https://calendar.example.com/private-abcd/basic.ics"
CHRISTMAS = "DTSTART;VALUE=DATE:20261221\nDTEND;VALUE=DATE:20261228"
MEETING = "DTSTART:20260310T100000Z\nDTEND:20260310T110000Z"


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "SUMMARY:Surgery", *event.split("\n")]
        lines += ["END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


class FarSide:
    """Answers what it is told to, and notes what it was asked."""

    def __init__(self, *events: str) -> None:
        self.answer = Fetched(status=200, body=calendar(*events), etag='"1"')
        self.asked: list[tuple[str, str]] = []

    def __call__(self, url: str, etag: str) -> Fetched:
        self.asked.append((url, etag))
        return self.answer


def add(seeded: seed.Seeded, *, counts_all: bool = False) -> str:
    values = {"url": URL, "counts_all": counts_all}
    return busy_calendars.add(seeded.shell, values, by=person(seeded.ids["vera"]))


def read(seeded: seed.Seeded, far: FarSide) -> int:
    return busy_calendars.read_due(seeded.shell, far, calendar_child.read)


def away(seeded: seed.Seeded) -> list[str]:
    query = "select starts_at, ends_at from absences where source = 'calendar' order by 1"
    with seeded.shell.db.transaction() as tx:
        return [f"{a:%m-%dT%H}/{b:%m-%dT%H}" for a, b in tx.execute(query)]


def row(seeded: seed.Seeded) -> BusyRow:
    with seeded.shell.db.transaction() as tx:
        (found,) = queries.own(tx, seeded.ids["vera"])
    return found


def test_whole_days_become_time_away_and_are_replaced_as_a_whole(seeded: seed.Seeded) -> None:
    add(seeded)
    far = FarSide(CHRISTMAS, MEETING)
    assert seeded.shell.calendar_bell.is_set(), "it is read at once"
    assert read(seeded, far) == 1
    assert away(seeded) == ["12-21T00/12-28T00"]
    assert read(seeded, far) == 0, "for an hour"
    seeded.clock.move(timedelta(hours=1))
    earlier = CHRISTMAS.replace("20261221", "20261219")
    far.answer = Fetched(status=200, body=calendar(earlier), etag='"2"')
    assert read(seeded, far) == 1
    assert away(seeded) == ["12-19T00/12-28T00"], "an earlier start with the same end counts"
    assert far.asked == [(URL, ""), (URL, '"1"')]


def test_whoever_wants_it_is_away_in_meetings_too(seeded: seed.Seeded) -> None:
    add(seeded, counts_all=True)
    read(seeded, FarSide(MEETING))
    assert away(seeded) == ["03-10T10/03-10T11"]
    assert row(seeded).counts_all


def test_what_failed_is_said_and_the_last_good_state_stays(seeded: seed.Seeded) -> None:
    add(seeded)
    far = FarSide(CHRISTMAS)
    read(seeded, far)
    waits: list[timedelta] = []
    for answer in (
        Fetched(status=503),
        Fetched(error="The other side did not answer properly in time."),
        Fetched(status=200, body=b"<html>sign in</html>"),
    ):
        far.answer = answer
        due = busy_calendars.next_due(seeded.shell)
        assert due is not None
        seeded.clock.move(due - seeded.clock.now())
        assert read(seeded, far) == 1
        assert row(seeded).error, answer
        assert away(seeded) == ["12-21T00/12-28T00"]
        due = busy_calendars.next_due(seeded.shell)
        assert due is not None
        waits.append(due - seeded.clock.now())
    assert waits == [timedelta(hours=h) for h in (2, 4, 8)]
    far.answer = Fetched(status=304)
    seeded.clock.move(timedelta(hours=8))
    read(seeded, far)
    assert (row(seeded).error, row(seeded).absences) == ("", 1)


def test_neither_titles_nor_the_address_are_told(seeded: seed.Seeded) -> None:
    add(seeded)
    read(seeded, FarSide(CHRISTMAS))
    with seeded.shell.db.transaction() as tx:
        kept = tx.execute("select absences::text from absences where source = 'calendar'")
        assert "Surgery" not in str(kept.fetchall())
        audit = tx.execute("select audit::text from audit where action like 'busy_calendar%'")
        assert "private-abcd" not in str(audit.fetchall())
    assert "private-abcd" not in repr(row(seeded))


def test_what_was_removed_while_it_was_read_leaves_nothing(seeded: seed.Seeded) -> None:
    calendar_id = add(seeded)

    def slow(url: str, etag: str) -> Fetched:
        busy_calendars.remove(seeded.shell, calendar_id, by=person(seeded.ids["vera"]))
        return Fetched(status=200, body=calendar(CHRISTMAS))

    busy_calendars.read_due(seeded.shell, slow, calendar_child.read)
    assert away(seeded) == []


def test_one_adds_ones_own_alone_over_https_and_five_at_most(seeded: seed.Seeded) -> None:
    with pytest.raises(OnlyThemselves):
        busy_calendars.add(seeded.shell, {"url": URL}, by=SYSTEM)
    plain = {"url": "http://calendar.example.com/basic.ics"}
    with pytest.raises(NotSecure):
        busy_calendars.add(seeded.shell, plain, by=person(seeded.ids["vera"]))
    calendar_id, *_ = [add(seeded) for _ in range(5)]
    with pytest.raises(TooManyCalendars):
        add(seeded)
    with pytest.raises(OnlyThemselves):
        busy_calendars.remove(seeded.shell, calendar_id, by=person(seeded.ids["ben"]))


def test_a_calendar_that_unfolds_for_ever_is_ended() -> None:
    seconds = ",".join(str(n) for n in range(60))
    bomb = (
        "DTSTART:20200101T000000Z\nDTEND:20200101T000001Z\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n"
        f"RRULE:FREQ=DAILY;BYHOUR={','.join(str(n) for n in range(24))};BYMINUTE={seconds};BYSECOND={seconds}"
    )
    start = datetime(2026, 3, 2, tzinfo=UTC)
    end = start + timedelta(weeks=60)
    body = calendar(*[bomb] * 50)
    with pytest.raises(calendar_child.BadCalendar):
        calendar_child.read(body, start=start, end=end, zone="UTC", is_all=False, within_s=3)


def test_a_hint_is_short_whatever_the_address(seeded: seed.Seeded) -> None:
    url = f"https://{'a' * 900}.example.com/private-abcd/basic.ics"
    busy_calendars.add(seeded.shell, {"url": url}, by=person(seeded.vera))
    with seeded.shell.db.transaction() as tx:
        (row,) = queries.own(tx, seeded.vera)
    assert len(row.hint) < 80
    assert row.hint.endswith(".example.com …abcd")
