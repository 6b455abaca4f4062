"""The on-call team: seats, applications, terms, readiness."""

from __future__ import annotations

from watchbill.web import test_pages
from watchbill.web.ui import show_readiness, show_volunteers, take_readiness, take_volunteers
from watchbill.web.ui.visits import Urls

URLS: Urls = (
    ("GET", "/on-call-team", show_volunteers.show_on_call, "person"),
    ("POST", "/on-call-team/applications", take_volunteers.apply, "person"),
    ("POST", "/on-call-team/applications/{id}/withdraw", take_volunteers.withdraw, "person"),
    ("POST", "/on-call-team/applications/{id}/seat", take_volunteers.seat, "person"),
    ("GET", "/on-call-team/leave", show_volunteers.show_leave, "person"),
    ("POST", "/on-call-team/terms/{id}/renew", take_volunteers.agree, "person"),
    ("POST", "/on-call-team/terms/{id}/pause", take_volunteers.pause, "person"),
    ("POST", "/on-call-team/terms/{id}/come-back", take_volunteers.come_back, "person"),
    ("POST", "/on-call-team/terms/{id}/step-down", take_volunteers.step_down, "person"),
    ("GET", "/on-call-team/settings", show_volunteers.show_settings, "person"),
    ("POST", "/on-call-team/settings", take_volunteers.change_settings, "person"),
    ("GET", "/on-call-team/involuntary", show_volunteers.show_involuntary, "person"),
    ("GET", "/readiness", show_readiness.show_readiness, "person"),
    ("POST", "/readiness", take_readiness.make_sure, "person"),
    ("POST", "/readiness/test-pages", take_readiness.send, "person"),
    ("GET", "/t/{token}", test_pages.show, "nobody"),
    ("POST", "/t/{token}", test_pages.take, "nobody"),
)
