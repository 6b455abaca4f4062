"""Plans of the volunteers' shifts."""

from __future__ import annotations

from watchbill.web.urls import Urls

URLS: Urls = ()
