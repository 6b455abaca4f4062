"""The screens as people use them: sign in, see who answers and why, answer; with and without scripts."""

from __future__ import annotations

import pytest

from tests.builders import ACCEPTED, ANN, PROPOSED, VERA
from tests.e2e.browser import ADMIN, calm, sign_in
from watchbill.core.incidents import IncidentState


@pytest.fixture(autouse=True)
def _calm(world):
    calm(world)


@pytest.fixture
def context(browser):
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture
def scriptless(browser):
    made = browser.new_context(java_script_enabled=False)
    yield made
    made.close()


def test_a_stranger_is_asked_to_sign_in_and_comes_where_they_wanted_to(world, context):
    page = context.new_page()
    page.goto(f"{world.base_url}/incidents?state=held")
    assert page.get_by_role("heading", name="Sign in").is_visible()

    page.get_by_label("E-mail").fill("vera@example.org")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()
    assert "wrong" in page.get_by_role("alert").inner_text()

    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/incidents?state=held")


def test_signing_out_ends_the_session(world, context):
    page = sign_in(context, world, VERA)
    cookies = context.cookies()

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    context.add_cookies(cookies)
    page.goto(f"{world.base_url}/")

    assert page.get_by_role("heading", name="Sign in").is_visible()


def test_tonight_shows_the_volunteer_and_whom_it_is_for(world, context):
    """RO1: out of hours the volunteer answers for every team."""
    page = sign_in(context, world, VERA)

    answers = page.get_by_role("region", name="Who answers now").inner_text()
    assert "Vera" in answers
    assert "outside its working hours" in answers
    assert "Mona" in answers


def test_the_incident_says_why_me_what_to_do_and_who_is_next(world, context):
    world.fires(ACCEPTED)
    page = sign_in(context, world, VERA)

    page.get_by_role("link", name="card-errors on k1").first.click()

    why = page.get_by_role("region", name="Why me").inner_text()
    assert "You stand the volunteers' shift." in why
    assert "Mona" in why
    assert "03:05" in why
    assert page.get_by_role("region", name="Runbook").is_visible()


def test_a_held_incident_says_why_it_waits_and_offers_glass_only_with_a_reason(world, scriptless):
    """DESIGN §2 rule 5: a named person, a reason."""
    world.fires(PROPOSED)
    page = sign_in(scriptless, world, ANN, f"/incidents/{world.incident().id}")

    waits = page.get_by_role("region", name="Why it waits").inner_text()
    assert "has not accepted this alarm" in waits
    assert page.get_by_role("button", name="Acknowledge").count() == 0
    page.get_by_text("Break glass: turn it into a page now").click()
    page.get_by_label("Why can it not wait?").fill("Customers cannot pay at all.")
    page.get_by_role("button", name="Break glass and page").click()

    assert world.incident().glass_reason == "Customers cannot pay at all."
    assert world.incident().state is IncidentState.TRIGGERED
    world.settle()
    world.phone(VERA).rings()


def test_acknowledging_without_scripts_answers_303_and_shows_the_new_state(world, scriptless):
    world.fires(ACCEPTED)
    page = sign_in(scriptless, world, VERA)
    statuses = []
    page.on("response", lambda r: statuses.append((r.request.method, r.status)))

    page.get_by_role("button", name="Acknowledge").first.click()
    page.wait_for_url("**/incidents/*")

    assert ("POST", 303) in statuses
    assert "by Vera" in page.locator("main").inner_text()
    assert world.incident().state is IncidentState.ACKNOWLEDGED
    assert world.incident().acknowledged_by == VERA


def test_a_note_is_kept_and_shown_as_it_was_written(world, scriptless):
    world.fires(ACCEPTED)
    page = sign_in(scriptless, world, VERA, f"/incidents/{world.incident().id}")

    page.get_by_label("Add a note").fill("<b>rolled back</b> & watching")
    page.get_by_role("button", name="Add note").click()

    quoted = page.get_by_role("region", name="Timeline").locator("blockquote")
    assert quoted.inner_text() == "<b>rolled back</b> & watching"


def test_what_the_core_refuses_is_said_on_the_incidents_own_screen(world, context):
    world.fires(ACCEPTED)
    page = sign_in(context, world, VERA, f"/incidents/{world.incident().id}")
    world.recovers()

    page.reload()
    assert page.get_by_role("button", name="Acknowledge").count() == 0
    page.goto(f"{world.base_url}/incidents/declare")
    page.get_by_label("Service").select_option(label="Checkout")
    page.get_by_label("What is wrong").fill("Paper is on fire")
    page.get_by_label("Why can it not wait?").fill("          so     ")
    page.get_by_role("button", name="Declare and page").click()

    assert "why it cannot wait" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("What is wrong").input_value() == "Paper is on fire"

    page.get_by_label("Why can it not wait?").fill("The office burns.")
    page.get_by_role("button", name="Declare and page").click()
    page.wait_for_url("**/incidents/inc_*")
    assert world.incident().glass_by == VERA


def test_the_link_of_a_mail_changes_nothing_until_its_button_is_pressed(world, context, scriptless):
    """DESIGN §4: mail scanners follow links, so a GET acknowledges nothing."""
    world.fires(ACCEPTED)
    link = world.phone(VERA).rings().answers[0].url
    scanner = context.new_page()
    for _ in range(3):
        scanner.goto(link)
    assert world.incident().state is IncidentState.TRIGGERED

    page = scriptless.new_page()
    page.goto(link)
    page.get_by_role("button", name="I have it").click()

    assert "Done: acknowledged" in page.locator("main").inner_text()
    assert world.incident().acknowledged_by == VERA
    scanner.goto(link.partition("?")[0] + "?verb=decline")
    assert "Already answered" in scanner.locator("main").inner_text()
    assert scanner.get_by_role("main").get_by_role("button").count() == 0


def test_the_link_of_a_page_long_over_says_what_happened_since(world, context):
    world.fires(ACCEPTED)
    link = world.phone(VERA).rings().answers[0].url
    calm(world)
    start = world.clock.now()
    try:
        world.wait(hours=25)
        page = context.new_page()
        page.goto(link)

        text = page.locator("main").inner_text()
        assert "This link has ended" in text
        assert "Mona resolved it" in text
    finally:
        world.clock.move_to(start)


def test_a_link_that_was_tampered_with_is_no_link(world, context):
    world.fires(ACCEPTED)
    link = world.phone(VERA).rings().answers[0].url
    page = context.new_page()

    answer = page.goto(link[:-3] + ("xyz" if link[-3:] != "xyz" else "xyw"))

    assert answer.status == 404
    assert "copy the whole of it" in page.locator("main").inner_text()


def test_everything_on_tonight_can_be_reached_and_pressed_from_the_keyboard(world, context):
    world.fires(ACCEPTED)
    page = sign_in(context, world, VERA)
    page.reload()

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    wanted = page.locator("main :is(a, button, summary, input):visible").all_inner_texts()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator("main :focus")
        if focused.count():
            reached.append(focused.inner_text())
        elif reached:
            break
    assert reached == wanted

    page.get_by_role("button", name="Acknowledge").first.focus()
    page.keyboard.press("Enter")
    page.locator("#mine").wait_for(state="detached")
    assert world.incident().state is IncidentState.ACKNOWLEDGED


def test_settings_are_seen_and_changed_by_admins_only(world, context, scriptless):
    page = sign_in(context, world, VERA)
    assert page.get_by_role("link", name="Settings").count() == 0
    answer = page.goto(f"{world.base_url}/settings/tokens")
    assert answer.status == 403

    admin = sign_in(scriptless, world, ADMIN, "/settings/tokens")
    admin.get_by_label("Name").fill("terraform")
    assert admin.get_by_label("Read everything").is_checked(), "the least, unless more is chosen"
    admin.get_by_role("button", name="Create").click()

    token = admin.locator("code.secret").inner_text()
    assert token.startswith("wb_")
    admin.goto(f"{world.base_url}/settings/tokens")
    assert token not in admin.content()
    assert admin.get_by_role("row", name="terraform").count() == 1


def test_a_way_to_be_reached_counts_only_with_its_code(world, scriptless):
    page = sign_in(scriptless, world, ANN, "/me")

    page.get_by_label("Address").fill("ann.night@example.org")
    page.get_by_role("button", name="Add and send a code").click()
    page.get_by_label("Code sent").fill("000 000")
    page.get_by_role("button", name="Verify").click()
    assert "code is wrong" in page.get_by_role("alert").inner_text()

    world.settle()
    code = world.phones.got["ann.night@example.org"][0].subject[:6]
    page.get_by_label("Code sent").fill(code)
    page.get_by_role("button", name="Verify").click()
    assert "Verified" in page.get_by_role("status").first.inner_text()
    assert page.get_by_text("not verified").count() == 0
