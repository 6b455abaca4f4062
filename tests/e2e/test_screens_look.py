"""Every screen in both themes: no axe violation, no console error, no sideways scroll, small."""

from __future__ import annotations

import pytest

from tests import builders
from tests.e2e.browser import ADMIN, sign_in
from tools import screenshots

SCREENS = (
    "/",
    "/incidents?state=",
    "/incidents?text=nothing-like-it",
    "/incidents/declare",
    "/incidents/{triggered}",
    "/incidents/{held}",
    "/teams",
    f"/teams/{builders.TEAM}",
    "/me",
    "/settings/integrations",
    "/settings/tokens",
    "/settings/webhooks",
    "/settings/audit",
    "/mailbox",
    "/mailbox/1",
    "{link}",
)


@pytest.fixture(scope="module")
def paths(world):
    """Something of every kind, and the addresses it is at."""
    world.fires(builders.ACCEPTED, links=[{"href": "https://graphs.example.org", "text": "Graph"}])
    link = world.phone(builders.VERA).rings().answers[0].url
    triggered = world.incident().id
    world.fires(builders.PROPOSED, key="k2")
    held = world.incident().id
    return {"triggered": triggered, "held": held, "link": link.removeprefix(world.base_url)}


@pytest.fixture(scope="module")
def signed_in(browser, world):
    context = browser.new_context()
    sign_in(context, world, ADMIN).close()
    context.add_cookies([{"name": "wb_theme", "value": "light", "url": world.base_url}])
    yield context
    context.close()


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_has_no_fault(world, signed_in, paths, path):
    """Dark differs from light in its colours only, so there only their contrast is looked at."""
    page = signed_in.new_page()
    page.set_viewport_size({"width": 390, "height": 844})

    faults = screenshots.look(page, world.base_url + path.format(**paths))
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    faults += screenshots.violations(
        page, {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    )

    page.close()
    assert faults == []


def test_the_chosen_colours_stay(world, signed_in):
    page = signed_in.new_page()
    page.goto(f"{world.base_url}/teams")

    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/teams")

    assert page.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.close()


@pytest.mark.parametrize("path", ["/sign-in", "/a/none", "/nowhere"])
def test_a_strangers_screen_has_no_fault(world, browser, path):
    page = browser.new_page()

    faults = screenshots.look(page, world.base_url + path)

    page.close()
    expected = [] if path == "/sign-in" else ["404"]
    assert [f for f in faults if not any(e in f for e in expected)] == []
