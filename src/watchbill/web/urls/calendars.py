"""Calendar feeds, and the calendars that are read in."""

from __future__ import annotations

from watchbill.web.urls import Urls

URLS: Urls = ()
