"""Browser: the screens of a real server, in Debian's Chromium, on a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import builders
from tests.e2e.world import World
from tools import screenshots
from watchbill.actions import incidents, passwords
from watchbill.core.people import PersonId
from watchbill.mailbox import Mailbox

PASSWORD = "a long enough password"
#: Who may change settings in these tests, and who volunteers.
ADMIN = builders.MONA


@contextmanager
def launched() -> Iterator[Browser]:
    """Give a running Chromium."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=screenshots.CHROMIUM, args=screenshots.FLAGS
        )
        yield browser
        browser.close()


@contextmanager
def served(database_url: str, *, at: str = "Sat 03:00") -> Iterator[World]:
    """Give a world whose people can sign in, with one mail in the demo's mailbox."""
    mailbox = Mailbox(None)
    company = builders.company()
    with World(database_url, company, at=builders.dublin(at), mailbox=mailbox) as world:
        stored = passwords.hashed(PASSWORD)
        with world.watchbill.db.transaction() as tx:
            tx.execute("update people set password_hash = %s", [stored])
            tx.execute("update people set is_admin = true where id = %s", [ADMIN])
            tx.execute("update organization set base_url = %s", [world.base_url])
        mailbox.take("vera@example.org", _mail())
        world.watchbill.bells.start()
        yield world
        world.phones.got.clear()  # whom these tests call is other tests' matter


def _mail() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "w@example.org", "vera@example.org", "A page"
    mail["Date"] = "Sat, 07 Mar 2026 03:00:00 +0000"
    mail.set_content("Something is wrong.\n\nI have it: http://127.0.0.1:8080/a/x\n")
    return mail.as_bytes()


def calm(world: World) -> None:
    """Resolve what an earlier test left open."""
    for (incident_id,) in world.rows("select id from incidents where state <> 'resolved'"):
        incidents.resolve(world.watchbill.shell, incident_id, by=ADMIN)
    world.settle()
    world.phones.got.clear()


def sign_in(context: BrowserContext, world: World, person_id: PersonId, path: str = "/") -> Page:
    """Return a page on which the person has signed in and come to `path`."""
    page = context.new_page()
    page.goto(world.base_url + path)
    page.get_by_label("E-mail").fill(f"{person_id}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(world.base_url + path)
    return page


@contextmanager
def signed_in(
    browser: Browser, world: World, *people: PersonId
) -> Iterator[dict[PersonId, BrowserContext]]:
    """Give a browser of each, signed in, with light colours chosen."""
    made = {}
    for who in people:
        made[who] = browser.new_context()
        sign_in(made[who], world, who).close()
        made[who].add_cookies([{"name": "wb_theme", "value": "light", "url": world.base_url}])
    yield made
    for context in made.values():
        context.close()


def faults(context: BrowserContext, url: str, *, width: int = 390) -> list[str]:
    """Return what is wrong with a screen: axe in light, contrast in dark, scrolling sideways.

    Dark differs from light in its colours only, so there only their contrast is looked at.
    """
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    found = screenshots.look(page, url)
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("it scrolls sideways")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    only = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    found += screenshots.violations(page, only)
    page.close()
    return found


def is_live(page: Page) -> None:
    """Wait until the screen hears of changes."""
    expect(page.locator("#link-state")).to_have_text("Live")
