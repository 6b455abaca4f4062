"""The on-call team's screens in a browser: without faults in both themes, joining by keyboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.builders import ANN, BEN, MONA, VERA
from tests.e2e.browser import calm, faults, sign_in, signed_in
from tools import screenshots
from watchbill.actions import applications, terms
from watchbill.actions.audit import person

#: Who looks, and where: Vera stands, Ann has a term, Ben offers himself, Mona is the admin.
SCREENS = (
    (VERA, "/on-call-team"),
    (VERA, "/on-call-team/settings"),
    (VERA, "/on-call-team/leave"),
    (VERA, "/readiness"),
    (BEN, "/on-call-team"),
    (MONA, "/on-call-team"),
    (MONA, "/on-call-team/involuntary"),
    (MONA, "/readiness"),
)


@pytest.fixture(scope="module")
def team(world):
    """Ann is of the team, and Ben waits."""
    calm(world)
    now, shell = world.clock.now(), world.watchbill.shell
    values = {"person_id": ANN, "starts_at": now, "ends_at": now + timedelta(days=100)}
    terms.agree(shell, values, by=person(ANN))
    applications.apply(shell, {}, by=person(BEN))
    world.settle()
    world.phones.got.clear()


@pytest.fixture(scope="module")
def contexts(browser, world):
    """A browser of each who looks."""
    with signed_in(browser, world, VERA, BEN, MONA) as made:
        yield made


@pytest.mark.parametrize(("who", "path"), SCREENS)
def test_a_screen_has_no_fault(world, contexts, team, who, path):
    assert faults(contexts[who], world.base_url + path) == []


def test_vo6_a_test_page_is_answered_by_whoever_is_half_asleep(world, browser, team):
    """Without scripts or a sign-in: open the link, press the one button."""
    page = sign_in(browser.new_context(java_script_enabled=False), world, VERA, "/readiness")
    page.get_by_role("button", name="Send test pages").click()
    assert "on the way" in page.get_by_role("status").first.inner_text()
    world.settle()
    (answer,) = world.phone(VERA).rings("test").answers
    context = browser.new_context(java_script_enabled=False)
    phone = context.new_page()
    phone.goto(answer.url)
    assert phone.get_by_role("button", name="I got it").count() == 1
    with_scripts = browser.new_page()
    assert screenshots.look(with_scripts, answer.url) == []
    with_scripts.close()
    phone.get_by_role("button", name="I got it").click()
    expect(phone.get_by_role("heading", name="Pages reach you this way.")).to_be_visible()
    page.reload()
    assert "answered" in page.get_by_role("region", name="Test pages").inner_text()
    context.close()
    page.context.close()


def test_vo1_vo4_joining_and_leaving_by_keyboard(world, browser, team):
    """Ben withdraws, offers himself again, is seated by Vera, and steps down."""
    ben = sign_in(browser.new_context(java_script_enabled=False), world, BEN, "/on-call-team")
    press(ben, "Withdraw")
    press(ben, "Offer yourself for a term")
    assert "Thank you. You are on the list" in ben.get_by_role("status").first.inner_text()
    vera = sign_in(browser.new_context(java_script_enabled=False), world, VERA, "/on-call-team")
    press(vera, "Give the seat to Ben")
    ben.reload()
    ben.get_by_role("link", name="Pause or step down").focus()
    ben.keyboard.press("Enter")
    ben.wait_for_url("**/on-call-team/leave")
    press(ben, "Step down")
    assert "You have stepped down." in ben.get_by_role("status").first.inner_text()
    assert ben.get_by_role("button", name="Offer yourself for a term").is_visible()
    for page in (ben, vera):
        page.context.close()


def press(page, name):
    button = page.get_by_role("button", name=name)
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
