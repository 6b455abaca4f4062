"""The screen of calendars in a browser: without faults in both themes, and a link is made by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.builders import VERA
from tests.e2e.browser import sign_in
from tools import screenshots
from watchbill.actions import busy_calendars
from watchbill.actions.audit import person

pytestmark = pytest.mark.timeout(120)


def test_the_screen_has_no_fault_and_shows_a_link_once(browser, world):
    """On a phone; dark differs from light in its colours only."""
    context = browser.new_context()
    sign_in(context, world, VERA).close()
    context.add_cookies([{"name": "wb_theme", "value": "light", "url": world.base_url}])
    values = {"url": "https://calendar.example.com/a-long-secret-address.ics"}
    busy_calendars.add(world.watchbill.shell, values, by=person(VERA))
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(world.base_url + "/calendars")
    page.get_by_label("Show").select_option(label="The volunteers' rota")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_text("/calendar/").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    faults = screenshots.look(page, world.base_url + "/calendars")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    faults += screenshots.violations(
        page, {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    )
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Revoke Volunteers' rota").click()
    expect(page.get_by_text("Whoever has it sees nothing more.")).to_be_visible()
    context.close()
