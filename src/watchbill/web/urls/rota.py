"""The rota, one's own shifts, handoffs, and the managers' rota."""

from __future__ import annotations

from watchbill.web.urls import Urls

URLS: Urls = ()
