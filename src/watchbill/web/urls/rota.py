"""The rota, one's own shifts, handoffs, and the managers' rota."""

from __future__ import annotations

from watchbill.web.ui import show_rota
from watchbill.web.urls import Urls

URLS: Urls = (
    ("GET", "/rota", show_rota.show_rota, "person"),
    ("GET", "/rota/mine", show_rota.show_mine, "person"),
)
