"""Calendar feeds, read by a real iCalendar parser: right hours on both sides of a change of clocks.

Issue part 8; SH1, RO1.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from tests.integration.actions import seed
from tests.integration.api.client import Client
from watchbill.actions import feeds, rotas, shifts
from watchbill.actions.audit import SYSTEM, OnlyThemselves, person
from watchbill.queries import feeds as queries
from watchbill.web import icalendars

DUBLIN = ZoneInfo("Europe/Dublin")


def calendar(seeded: seed.Seeded, name: str, kind: str, subject: str = "") -> icalendar.Calendar:
    """Return a new feed of somebody's, as a calendar program parses it."""
    values = {"kind": kind, "subject_id": subject}
    made, _ = feeds.create(seeded.shell, values, by=person(seeded.ids[name]))
    now = seeded.clock.now()
    with seeded.shell.db.transaction() as tx:
        company = seeded.shell.company(tx)
        (feed,) = [f for f in queries.own(tx, seeded.ids[name]) if f.id == made]
        events, days = queries.events(tx, company, feed, now=now)
    body = icalendars.written(queries.title(company, feed), events, days, now=now)
    return icalendar.Calendar.from_ical(body)


def at(found: icalendar.Calendar, instant: datetime) -> list[Any]:
    """Return the confirmed, timed events under way at an instant."""
    events = recurring_ical_events.of(found).at(instant)
    timed = [event for event in events if isinstance(event["DTSTART"].dt, datetime)]
    return [
        event
        for event in timed
        if event["STATUS"] != "CANCELLED" and event["DTSTART"].dt <= instant < event["DTEND"].dt
    ]


def shift_of(seeded: seed.Seeded, start: datetime, end: datetime) -> str:
    values = {"person_id": seeded.vera, "starts_at": start, "ends_at": end}
    return shifts.plan(seeded.shell, values, by=SYSTEM)


def test_a_shift_over_the_change_of_clocks_has_the_right_hours(seeded: seed.Seeded) -> None:
    start = datetime(2026, 3, 27, 18, tzinfo=DUBLIN)
    shift_of(seeded, start, datetime(2026, 4, 3, 18, tzinfo=DUBLIN))
    found = calendar(seeded, "vera", "person")
    (event,) = [e for e in found.walk("VEVENT") if e["DTSTART"].dt == start]
    length = event["DTEND"].dt - event["DTSTART"].dt
    assert length == timedelta(hours=167), "the clocks go forward in it"
    assert event["DTEND"].dt.astimezone(DUBLIN).hour == 18
    assert found["X-WR-CALNAME"] == "My shifts"


def test_a_feed_says_at_any_instant_who_is_on_call(seeded: seed.Seeded) -> None:
    """The turns of both rotas, over all four changes of clocks that a year has for two zones."""
    for kind in ("team_rota", "managers_rota"):
        values = {"turn": "day", "turn_length": 1, "zone": "America/Los_Angeles"}
        rotas.change(seeded.shell, seeded.ids[kind], values, by=SYSTEM)
    chance = random.Random(4)
    with seeded.shell.db.transaction() as tx:
        company = seeded.shell.company(tx)
    team, managers = seeded.payments, calendar(seeded, "mona", "managers")
    found = calendar(seeded, "ann", "team", team)
    volunteers = calendar(seeded, "ann", "volunteers")
    start = seeded.clock.now() - timedelta(weeks=7)
    for _ in range(60):
        instant = start + timedelta(minutes=chance.randrange(32 * 7 * 24 * 60))
        for feed, who in (
            (found, company.on_rota(team, instant)),
            (managers, company.duty_manager(instant)),
            (volunteers, company.volunteer(instant)),
        ):
            names = [str(e["SUMMARY"]).partition(": ")[2] for e in at(feed, instant)]
            assert names == ([company.people[who].name] if who else []), instant


def test_a_moved_shift_keeps_its_identity_and_one_taken_away_is_cancelled(
    seeded: seed.Seeded,
) -> None:
    start = datetime(2026, 3, 13, 18, tzinfo=UTC)
    shift_id = shift_of(seeded, start, start + timedelta(days=7))

    def event() -> Any:
        (found,) = [
            e
            for e in calendar(seeded, "vera", "person").walk("VEVENT")
            if e["UID"] == f"{shift_id}@watchbill"
        ]
        return found

    assert (event()["SEQUENCE"], event()["STATUS"]) == (0, "CONFIRMED")
    moved = {"starts_at": start + timedelta(hours=1)}
    shifts.change(seeded.shell, shift_id, moved, by=SYSTEM)
    assert (event()["SEQUENCE"], event()["DTSTART"].dt) == (1, start + timedelta(hours=1))
    shifts.remove(seeded.shell, shift_id, by=SYSTEM)
    assert (event()["SEQUENCE"], event()["STATUS"]) == (2, "CANCELLED")


def test_holidays_stand_in_the_teams_feed_as_whole_days(seeded: seed.Seeded) -> None:
    found = calendar(seeded, "ann", "team", seeded.payments)
    days = [
        e["DTSTART"].dt for e in found.walk("VEVENT") if not isinstance(e["DTSTART"].dt, datetime)
    ]
    assert date(2026, 3, 17) in days, "Saint Patrick's Day"


def test_links_are_private_to_whoever_made_them(seeded: seed.Seeded) -> None:
    ann = Client(seeded, seeded.token("ann", "read", "write"))
    ben = Client(seeded, seeded.token("ben", "read", "write"))
    made = ann.json("POST", "/feeds", json={"kind": "volunteers"}, expect=201)
    assert made["url"].endswith(".ics")
    assert [f["id"] for f in ann.json("GET", "/feeds")["items"]] == [made["id"]]
    assert ben.json("GET", "/feeds")["items"] == []
    ben("DELETE", f"/feeds/{made['id']}", expect=403)
    with seeded.shell.db.transaction() as tx:
        kept = tx.execute("select feeds::text from feeds").fetchone()
    assert made["url"].rpartition("/")[2][:20] not in kept[0], "only its hash is kept"
    ann("DELETE", f"/feeds/{made['id']}", expect=204)
    assert ann.json("GET", "/feeds")["items"] == []
    ann("POST", "/feeds", json={"kind": "team", "subject_id": "nowhere"}, expect=422)


def test_only_a_person_has_links(seeded: seed.Seeded) -> None:
    with pytest.raises(OnlyThemselves):
        feeds.create(seeded.shell, {"kind": "person"}, by=SYSTEM)
