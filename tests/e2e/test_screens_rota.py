"""The rota's screens in a browser: without faults in both themes, by keyboard, without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.builders import BEN, MONA, VERA
from tests.e2e import rota_world
from tests.e2e.browser import calm, faults, sign_in, signed_in
from tests.e2e.rota_world import FRIDAY, WEEK
from watchbill.actions import handoffs
from watchbill.actions.audit import person

#: Who looks, and where. Ben has just taken over from Vera.
SCREENS = (
    (BEN, "/"),
    (BEN, "/rota"),
    (BEN, "/rota/mine"),
    (BEN, "/rota/shifts/{now}"),
    (BEN, "/rota/shifts/{next}"),
    (BEN, "/managers"),
    (VERA, "/rota/mine"),
    (VERA, "/rota/shifts/{now}"),
    (MONA, "/rota/mine"),
    (MONA, "/managers"),
)


@pytest.fixture(scope="module")
def ids(world):
    """The rota, an hour after Vera handed over to Ben, with a page in her shift."""
    found = rota_world.rota(world)
    calm(world)
    world.fires("card-errors", key="c1")
    handoffs.write(world.watchbill.shell, found["now"], "Mind the queue. " * 40, by=person(VERA))
    world.clock.move_to(FRIDAY + WEEK + timedelta(hours=1))
    world.settle()
    world.phones.got.clear()
    return found


@pytest.fixture(scope="module")
def contexts(browser, world):
    """A browser of each who looks."""
    with signed_in(browser, world, BEN, VERA, MONA) as made:
        yield made


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("who", "path"), SCREENS)
def test_a_screen_has_no_fault(world, contexts, ids, who, path, width):
    assert faults(contexts[who], world.base_url + path.format(**ids), width=width) == []


def test_the_rota_is_a_table_on_a_desk_and_a_list_on_a_phone_never_both(world, contexts, ids):
    page = contexts[BEN].new_page()
    for width, has_table in ((1280, True), (390, False)):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(world.base_url + "/rota")
        assert page.get_by_role("table").count() == (1 if has_table else 0)
        assert page.get_by_role("list", name="Rota by weeks").count() == (0 if has_table else 1)
    week = page.get_by_role("listitem").filter(has_text="Fri 13 Mar 18:00").first
    expect(week).to_contain_text("Ben (you)")
    expect(week).to_contain_text("Vera")
    expect(week).to_contain_text("Sat 18:00 to Sun 18:00")
    page.close()


def test_a_handoff_is_written_by_keyboard_without_scripts(world, browser, ids):
    """SH4, from one's own shifts to the note."""
    context = browser.new_context(java_script_enabled=False)
    world.clock.move_to(FRIDAY + WEEK + timedelta(hours=23))
    page = sign_in(context, world, BEN, "/rota/mine")

    page.get_by_role("link", name="Write the handoff", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/rota/shifts/{ids['next']}")
    page.get_by_label("Handoff to whoever is next").fill("All is quiet.")
    page.get_by_role("button", name="Hand over").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_have_text("Kept. Vera has it by mail.")
    expect(page.get_by_label("Handoff to whoever is next")).to_have_value("All is quiet.")
    context.close()


def test_a_manager_lets_another_stand_in_without_scripts(world, browser, ids):
    context = browser.new_context(java_script_enabled=False)
    page = sign_in(context, world, MONA, "/managers")

    form = page.get_by_role("form", name="Let somebody stand in")
    form.get_by_label("Who").select_option("Max")
    form.get_by_label("From").fill("2026-03-20T18:00")
    form.get_by_label("To").fill("2026-03-21T18:00")
    form.get_by_role("button", name="Let them stand in").click()

    expect(page.get_by_role("status").first).to_have_text("Noted: they stand in.")
    section = page.get_by_role("region", name="Standing in")
    expect(section).to_contain_text("Fri 20 Mar 18:00 to Sat 21 Mar 18:00")
    section.get_by_role("button", name="Remove Max").click()
    expect(section).to_contain_text("Nobody stands in.")
    context.close()
