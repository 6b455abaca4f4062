"""The screens of plans in a browser: without faults in both themes, by keyboard, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.builders import BEN, MAX, VERA
from tests.e2e import crews
from tests.e2e.alarm_world import actor
from tests.e2e.browser import faults, sign_in, signed_in
from watchbill.actions import rosters

pytestmark = pytest.mark.timeout(120)
#: Who looks, and where.
SCREENS = (
    (VERA, "/plans"),
    (VERA, "/plans/{draft}"),
    (VERA, "/plans/{open}"),
    (VERA, "/plans/{stale}"),
    (VERA, "/plans/{published}"),
    (MAX, "/plans"),
    (MAX, "/plans/{draft}"),
)


@pytest.fixture(scope="module")
def ids(world):
    """Plans of every kind, by it."""
    crews.seat(world)

    def make(weeks):
        return rosters.make(world.watchbill.shell, {"weeks": weeks}, by=actor(VERA))

    found = {"published": make(1)}
    rosters.publish(world.watchbill.shell, found["published"], by=actor(VERA))
    crews.away(world, *crews.TEAM, week=3)
    found["stale"] = make(2)
    crews.away(world, BEN, week=1)
    found |= {"draft": make(3), "open": make(5)}
    return found


@pytest.fixture(scope="module")
def contexts(browser, world):
    """A browser of each who looks."""
    with signed_in(browser, world, VERA, MAX) as made:
        yield made


@pytest.mark.parametrize(("who", "path"), SCREENS)
def test_a_screen_has_no_fault(world, contexts, ids, who, path):
    assert faults(contexts[who], world.base_url + path.format(**ids)) == []


def test_a_volunteer_plans_and_publishes_without_scripts_and_by_keyboard(world, browser, ids):
    context = browser.new_context(java_script_enabled=False)
    page = sign_in(context, world, VERA, "/plans")
    page.get_by_label("Weeks, from the next boundary").fill("3")
    page.get_by_role("button", name="Plan the next weeks").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/pln_*")
    table = page.get_by_role("table", name="Who stands which week")
    expect(table.get_by_role("row")).to_have_count(4)

    page.get_by_role("button", name="Publish these shifts").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rota")

    expect(page.get_by_role("status").first).to_contain_text(
        re.compile(r"Published: \d weeks? changes? hands")
    )
    context.close()


def test_with_scripts_the_form_says_that_it_works_on_it(world, contexts, ids):
    """The browser waits for the answer; here it is kept from sending, to be looked at."""
    page = contexts[VERA].new_page()
    page.goto(f"{world.base_url}/plans")
    form = page.get_by_role("form", name="Plan ahead")
    form.get_by_label("Weeks, from the next boundary").fill("12")

    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")

    form.get_by_role("button").click()

    expect(form).to_have_attribute("aria-busy", "true")
    expect(form.get_by_role("button")).to_have_text("Working on it: up to a minute…")
    expect(form.get_by_role("button")).to_be_disabled()
    expect(page.locator("#said")).to_have_text("Working on it: up to a minute…")
    page.close()
