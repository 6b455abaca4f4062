"""The rota, one's own shifts, handoffs, and the managers' rota."""

from __future__ import annotations

from watchbill.web.ui import (
    show_managers,
    show_mine,
    show_rota,
    show_shift,
    take_managers,
    take_shift,
)
from watchbill.web.ui.visits import Urls

URLS: Urls = (
    ("GET", "/rota", show_rota.show_rota, "person"),
    ("GET", "/rota/mine", show_mine.show_mine, "person"),
    ("GET", "/rota/shifts/{id}", show_shift.show_shift, "person"),
    ("POST", "/rota/shifts/{id}/handoff", take_shift.write_handoff, "person"),
    ("GET", "/managers", show_managers.show_managers, "person"),
    ("POST", "/managers", take_managers.make_rota, "person"),
    ("POST", "/managers/members", take_managers.add_member, "person"),
    ("POST", "/managers/members/{id}/up", take_managers.move_up, "person"),
    ("POST", "/managers/members/{id}/remove", take_managers.remove_member, "person"),
    ("POST", "/managers/overrides", take_managers.add_override, "person"),
    ("POST", "/managers/overrides/{id}/remove", take_managers.remove_override, "person"),
)
