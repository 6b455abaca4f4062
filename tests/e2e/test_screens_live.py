"""Screens keep themselves fresh: what changes appears without a reload, and no typed word is lost."""

from __future__ import annotations

import pytest

from tests.builders import ACCEPTED, VERA
from tests.e2e.browser import calm, is_live, sign_in
from watchbill.actions import incidents


@pytest.fixture(autouse=True)
def _calm(world):
    calm(world)


@pytest.fixture
def context(browser):
    made = browser.new_context()
    yield made
    made.close()


def test_an_event_appears_on_tonight_without_a_reload(world, context):
    page = sign_in(context, world, VERA)
    is_live(page)
    page.evaluate("window.stays = true")

    world.fires(ACCEPTED, key="live")

    page.get_by_role("heading", name="card-errors on live").wait_for(timeout=5000)
    assert page.evaluate("window.stays") is True
    assert page.locator("#said").inner_text() == "1 open, 0 held"


def test_an_answer_given_elsewhere_appears_on_the_incident(world, context):
    world.fires(ACCEPTED)
    page = sign_in(context, world, VERA, f"/incidents/{world.incident().id}")
    is_live(page)

    incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)

    page.get_by_text("by Vera").first.wait_for(timeout=5000)
    assert page.get_by_role("button", name="Acknowledge").count() == 0


def test_a_note_half_written_survives_what_happens_meanwhile(world, context):
    world.fires(ACCEPTED)
    page = sign_in(context, world, VERA, f"/incidents/{world.incident().id}")
    is_live(page)
    page.get_by_label("Add a note").fill("I am looking at")

    incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)
    page.wait_for_timeout(600)

    assert page.get_by_label("Add a note").input_value() == "I am looking at"
    page.get_by_role("button", name="Add note").click()
    page.get_by_text("I am looking at").wait_for(timeout=5000)
    page.get_by_text("by Vera").first.wait_for(timeout=5000)


def test_a_mail_appears_in_the_mailbox_without_a_reload(world, context):
    page = context.new_page()
    with page.expect_response("**/live?topic=mailbox"):
        page.goto(f"{world.base_url}/mailbox")

    world.watchbill.mailbox.take("ann@example.org", b"Subject: Fresh mail\n\nHello\n")

    page.get_by_role("link", name="Fresh mail").wait_for(timeout=5000)


def test_a_tab_nobody_sees_rests_and_catches_up_when_it_is_looked_at(world, context):
    page = sign_in(context, world, VERA)
    is_live(page)
    show = "is => { Object.defineProperty(document, 'hidden', {value: is, configurable: true}); "
    show += "document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(show, True)

    world.fires(ACCEPTED, key="unseen")
    page.wait_for_timeout(600)
    assert page.get_by_role("heading", name="card-errors on unseen").count() == 0

    page.evaluate(show, False)
    page.get_by_role("heading", name="card-errors on unseen").wait_for(timeout=5000)


def test_nobody_hears_what_happens_without_signing_in(world, context):
    answer = context.request.get(f"{world.base_url}/live?topic=tonight")

    assert answer.status == 401
