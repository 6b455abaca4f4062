"""The screens of alarms in a browser: without faults in both themes, by keyboard, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.builders import ANN, MONA, VERA
from tests.e2e import alarm_world
from tests.e2e.browser import calm, faults, sign_in, signed_in
from watchbill.actions import bars, incidents

#: Who looks, and where.
SCREENS = (
    (VERA, "/alarms"),
    (VERA, "/alarms/queue"),
    (VERA, "/alarms/unregistered"),
    (VERA, "/handovers"),
    (VERA, "/bar"),
    (VERA, "/alarms/{accepted}"),
    (VERA, "/alarms/{changed}"),
    (VERA, "/alarms/{weak}/review"),
    (VERA, "/alarms/{accepted}/runbook"),
    (VERA, "/alarms/{changed}/versions"),
    (VERA, "/incidents/{over}"),
    (VERA, "/"),
    (MONA, "/alarms/{glass}"),
    (MONA, "/alarms/{changed}/edit"),
    (MONA, "/bar"),
)


@pytest.fixture(scope="module")
def ids(world):
    """Alarms in every state, a name nobody wrote down, and an incident that is over."""
    found = alarm_world.every_state(world)
    calm(world)
    world.fires("Paper Jam", key="p1")
    world.fires("accepted", key="a1")
    found["over"] = world.incident().id
    incidents.resolve(world.watchbill.shell, found["over"], by=VERA)
    world.settle()
    world.phones.got.clear()
    return found


@pytest.fixture(scope="module")
def contexts(browser, world):
    """A browser of each who looks."""
    with signed_in(browser, world, VERA, MONA) as made:
        yield made


@pytest.fixture
def scriptless(browser):
    made = browser.new_context(java_script_enabled=False)
    yield made
    made.close()


@pytest.mark.parametrize(("who", "path"), SCREENS)
def test_a_screen_has_no_fault(world, contexts, ids, who, path):
    assert faults(contexts[who], world.base_url + path.format(**ids)) == []


def test_a_volunteer_reviews_without_scripts_and_by_keyboard(world, scriptless, ids):
    """From the queue to accepted: taking in, the questions, the walk-through, the button."""
    bars.confirm_access(world.watchbill.shell, VERA, [], by=alarm_world.actor(VERA))
    alarm_id = alarm_world.written(world, "by-hand", title="Orders of checkout are lost for good")
    page = sign_in(scriptless, world, VERA, "/alarms/queue")

    page.get_by_role("button", name="Orders of checkout").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/alarms/{alarm_id}/review")
    expect(page.get_by_role("status").first).to_have_text("You have it in review.")
    questions = page.get_by_role("group", name="I say yes to these").get_by_role("checkbox")
    for at in range(questions.count()):
        questions.nth(at).focus()
        page.keyboard.press("Space")
    page.get_by_role("group", name="I can get into").get_by_label("Grafana").check()
    page.get_by_role("button", name="Accept: it may wake us").focus()
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/alarms/{alarm_id}")
    assert "Version 1 is in force." in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Review it").count() == 0
    page.get_by_text("Return it to its team").focus()
    page.keyboard.press("Enter")
    page.get_by_label("What must change?").fill("It fires at every deployment.")
    page.get_by_role("button", name="Return it").click()
    assert "It fires at every deployment." in page.locator("main").inner_text()
    assert "Not in force" in page.locator("main").inner_text()


def test_an_engineer_writes_checks_and_proposes_without_scripts(world, scriptless, ids):
    page = sign_in(scriptless, world, ANN, "/alarms/unregistered")

    page.get_by_role("link", name="Paper Jam of Checkout").click()
    page.get_by_label("Title").fill("The printer of checkout has a paper jam")
    page.get_by_role("button", name="Check against the bar").click()
    checked = page.get_by_role("status", name="Held against the bar")
    assert "It would be a new alarm. Nothing was saved." in checked.inner_text()
    assert checked.get_by_role("link", name="A7").first.get_attribute("href") == "/bar#A7"
    page.get_by_role("button", name="Save and propose").click()

    page.wait_for_url("**/alarms/alm_*")
    assert "It waits for somebody of the on-call team" in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Take into review").count() == 0


def test_on_a_phone_the_runbook_jumps_copies_and_scrolls_within_itself(world, browser, ids):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=world.base_url)
    page = sign_in(context, world, VERA, f"/alarms/{ids['accepted']}/runbook")
    block = page.locator("pre").first
    block.evaluate("e => e.firstChild.textContent = 'traffic move '.repeat(20)")

    page.get_by_role("navigation", name="In this runbook").get_by_role("link").first.click()
    page.get_by_role("button", name="Copy").first.click()

    assert page.url.endswith("#mitigation")
    expect(page.get_by_role("heading", name="Mitigation")).to_be_in_viewport()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("traffic move traffic move")
    assert block.evaluate("e => e.scrollWidth > e.clientWidth")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    size = page.locator(".night .runbook p").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert size >= 19
    context.close()
