"""Swaps and cover, time away and wishes."""

from __future__ import annotations

from watchbill.web.ui import show_away, show_swaps, take_away, take_swaps
from watchbill.web.ui.visits import Urls

URLS: Urls = (
    ("GET", "/swaps", show_swaps.show_swaps, "person"),
    ("POST", "/swaps", take_swaps.ask, "person"),
    ("POST", "/swaps/open", take_swaps.take_open, "person"),
    ("GET", "/swaps/new", show_swaps.show_new, "person"),
    ("GET", "/swaps/{id}", show_swaps.show_swap, "person"),
    ("POST", "/swaps/{id}/accept", take_swaps.accept, "person"),
    ("POST", "/swaps/{id}/decline", take_swaps.decline, "person"),
    ("POST", "/swaps/{id}/withdraw", take_swaps.withdraw, "person"),
    ("GET", "/away", show_away.show_away, "person"),
    ("POST", "/away", take_away.add, "person"),
    ("POST", "/away/wishes", take_away.wish, "person"),
    ("POST", "/away/{id}/remove", take_away.remove, "person"),
)
