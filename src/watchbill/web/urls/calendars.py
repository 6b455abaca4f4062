"""Calendar feeds, and the calendars that are read in."""

from __future__ import annotations

from watchbill.web import calendars
from watchbill.web.ui import show_calendars, take_calendars
from watchbill.web.ui.visits import Urls

URLS: Urls = (
    ("GET", "/calendars", show_calendars.show_calendars, "person"),
    ("POST", "/calendars/feeds", take_calendars.make, "person"),
    ("POST", "/calendars/feeds/{id}/revoke", take_calendars.revoke, "person"),
    ("POST", "/calendars/busy", take_calendars.add, "person"),
    ("POST", "/calendars/busy/{id}/remove", take_calendars.remove, "person"),
    ("GET", "/calendar/{name}", calendars.read, "nobody"),
)
