"""Calendars as programs see them: links that are secret, revocable and cheap to ask (issue part 8)."""

from __future__ import annotations

import re

import icalendar
import pytest

from tests.builders import ANN, TEAM, VERA
from tests.e2e.browser import calm
from tests.e2e.test_screens_http import Client
from watchbill.actions import people, teams
from watchbill.actions.audit import SYSTEM

pytestmark = pytest.mark.timeout(120)
LINK = re.compile(r"/calendar/[\w-]{20,}\.ics")


@pytest.fixture
def vera(world):
    calm(world)
    return Client(world).sign_in(VERA)


def made(client, what):
    """Return the address of a new link: it is shown this once."""
    answer = client("POST", "/calendars/feeds", {"what": what})
    assert answer.status == 201
    (path,) = set(LINK.findall(answer.text))
    assert not LINK.search(client("GET", "/calendars").text)
    return path


def test_a_link_is_read_without_a_sign_in_until_it_is_revoked(world, vera):
    path = made(vera, "person:")
    stranger = Client(world)
    answer = stranger("GET", path)
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/calendar")
    assert answer.headers["Cache-Control"].startswith("private")
    assert icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
    again = stranger("GET", path, If_None_Match=answer.headers["ETag"])
    assert (again.status, again.text) == (304, "")
    assert "· read " in vera("GET", "/calendars").text
    for feed in re.findall(r"/calendars/feeds/\w+/revoke", vera("GET", "/calendars").text):
        assert vera("POST", feed).status == 303
    assert stranger("GET", path).status == 404


def test_a_wrong_link_tells_nothing(world, vera):
    path = made(vera, "volunteers:")
    wrong = [path[:-5] + "x.ics", "/calendar/" + "a" * 32 + ".ics", "/calendar/.ics"]
    wrong += ["/calendar/%00.ics", "/calendar/%27%20or%201=1.ics", "/calendar/" + "a" * 5000]
    for place in wrong:
        answer = Client(world)("GET", place)
        assert answer.status == 404, place
        assert "Vera" not in answer.text


def test_a_link_names_no_incident_and_breaks_no_line_by_a_name(world, vera):
    """CRLF in names would add lines of somebody's own making."""
    shell, name = world.watchbill.shell, "A; b, c \\n d\r\nBEGIN:VALARM\r\nX:1"
    world.fires("card-errors", key="secret-incident")
    path = made(vera, f"team:{TEAM}")
    people.change(shell, ANN, {"name": name}, by=SYSTEM)
    teams.change(shell, TEAM, {"name": name}, by=SYSTEM)
    text = Client(world)("GET", path).text
    people.change(shell, ANN, {"name": "Ann"}, by=SYSTEM)
    teams.change(shell, TEAM, {"name": "Payments"}, by=SYSTEM)
    lines = text.split("\r\n")
    assert "card-errors" not in text
    assert "secret-incident" not in text
    assert all(len(line.encode()) <= 75 and "\n" not in line for line in lines)
    found = icalendar.Calendar.from_ical(text)
    assert {part.name for part in found.walk()} == {"VCALENDAR", "VEVENT"}
    names = {str(event["SUMMARY"]) for event in found.walk("VEVENT")}
    assert any(n.endswith(": A; b, c \\n d BEGIN:VALARM X:1") for n in names), names


def test_whoever_is_disabled_has_no_links(world, vera):
    path = made(vera, "person:")
    people.disable(world.watchbill.shell, VERA, by=SYSTEM)
    try:
        assert Client(world)("GET", path).status == 404
    finally:
        people.enable(world.watchbill.shell, VERA, by=SYSTEM)


def test_a_calendar_is_added_shown_and_removed(vera):
    refused = vera("POST", "/calendars/busy", {"url": "http://calendar.example.com/a.ics"})
    assert refused.status == 422
    assert "https://" in refused.text
    added = {"url": "https://calendar.example.com/secret-1234.ics", "counts": "all"}
    assert vera("POST", "/calendars/busy", added).status == 303
    page = vera("GET", "/calendars").text
    assert "calendar.example.com" in page
    assert "secret-1234" not in page
    (remove,) = re.findall(r"/calendars/busy/\w+/remove", page)
    assert vera("POST", remove).status == 303
    assert "/remove" not in vera("GET", "/calendars").text
