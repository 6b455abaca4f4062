"""The screens of swaps and time away in a browser: without faults in both themes, without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.builders import ANN, BEN, VERA
from tests.e2e import rota_world
from tests.e2e.browser import calm, faults, sign_in, signed_in
from tests.e2e.rota_world import FRIDAY, WEEK
from watchbill.actions import absences, swaps
from watchbill.actions.audit import person

#: Who looks, and where.
SCREENS = (
    (BEN, "/swaps"),
    (VERA, "/swaps"),
    (BEN, "/swaps/new?shift={next}"),
    (VERA, "/swaps/new?shift={now}&urgent=yes"),
    (VERA, "/swaps/{asked}"),
    (BEN, "/swaps/{asked}"),
    (ANN, "/swaps/{everyone}"),
    (BEN, "/swaps/{declined}"),
    (BEN, "/away"),
    (ANN, "/away"),
)


@pytest.fixture(scope="module")
def ids(world):
    """The rota, with a question of each kind and time away that touches a shift."""
    found = rota_world.rota(world)
    calm(world)
    world.clock.move_to(FRIDAY + timedelta(hours=9))

    def ask(by, shift, **values):
        values |= {"shift_id": found[shift]}
        return swaps.ask(world.watchbill.shell, values, by=person(by))

    found["declined"] = ask(BEN, "rest", to_person_id=VERA, note="A wedding. " * 30)
    swaps.decline(world.watchbill.shell, found["declined"], by=person(VERA))
    found["asked"] = ask(BEN, "next", to_person_id=VERA, return_shift_id=found["part"])
    found["everyone"] = ask(BEN, "spring")
    ask(VERA, "now", urgent=True, ends_at=world.clock.now() + timedelta(hours=2))
    days = {"person_id": BEN, "starts_at": FRIDAY + WEEK, "ends_at": FRIDAY + 2 * WEEK}
    absences.add(world.watchbill.shell, days, by=person(BEN))
    world.settle()
    world.phones.got.clear()
    return found


@pytest.fixture(scope="module")
def contexts(browser, world):
    """A browser of each who looks."""
    with signed_in(browser, world, ANN, BEN, VERA) as made:
        yield made


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("who", "path"), SCREENS)
def test_a_screen_has_no_fault(world, contexts, ids, who, path, width):
    assert faults(contexts[who], world.base_url + path.format(**ids), width=width) == []


def test_a_shift_is_asked_for_and_taken_by_keyboard_without_scripts(world, browser, ids):
    """SH5, from one's own shifts to the other's yes."""
    context = browser.new_context(java_script_enabled=False)
    page = sign_in(context, world, BEN, f"/swaps/new?shift={ids['autumn']}")
    page.get_by_label("From").fill("2026-10-24T10:00")
    page.get_by_label("To", exact=True).fill("2026-10-24T10:10")
    page.get_by_label("A word with it").fill("A run.")
    page.get_by_role("button", name="Ask", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("at least a quarter of an hour")
    expect(page.get_by_label("A word with it")).to_have_value("A run.")
    page.get_by_label("To", exact=True).fill("2026-10-24T12:00")
    page.get_by_role("button", name="Ask", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/swaps/swp_*")
    expect(page.get_by_role("status").first).to_contain_text("Until somebody says yes")
    asked = page.url.removeprefix(world.base_url)
    context.close()

    context = browser.new_context(java_script_enabled=False)
    with world.watchbill.db.transaction() as tx:  # her term ends before
        tx.execute("update terms set during = tstzrange(lower(during), %s) where person_id = %s",
                   [FRIDAY + 40 * WEEK, VERA])  # fmt: skip
    page = sign_in(context, world, VERA, asked)
    page.get_by_role("button", name="I take it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("It is yours now. Thank you.")
    context.close()
