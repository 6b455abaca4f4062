"""The on-call team: seats, applications, terms, readiness."""

from __future__ import annotations

from watchbill.web.urls import Urls

URLS: Urls = ()
