"""Swaps and cover, time away and wishes."""

from __future__ import annotations

from watchbill.web.urls import Urls

URLS: Urls = ()
