"""Plans of the volunteers' shifts."""

from __future__ import annotations

from watchbill.web.ui import show_plans, take_plans
from watchbill.web.ui.visits import Urls

URLS: Urls = (
    ("GET", "/plans", show_plans.show_plans, "person"),
    ("POST", "/plans", take_plans.make, "person"),
    ("POST", "/plans/replan", take_plans.replan, "person"),
    ("GET", "/plans/{id}", show_plans.show_plan, "person"),
    ("POST", "/plans/{id}/publish", take_plans.publish, "person"),
    ("POST", "/plans/{id}/drop", take_plans.drop, "person"),
)
