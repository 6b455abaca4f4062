"""Photograph a running demo for the documentation.

    python -m tools.pictures data/demo/demo.json docs/screens

Signs in as whoever was paged last, and takes what a first visitor should see.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tools.screenshots import CHROMIUM, FLAGS

#: name of the picture → path, or link to follow from Tonight ("" for Tonight), theme, width, height
PICTURES = {
    "tonight": ("", "light", 1200, 800),
    "tonight-dark": ("", "dark", 1200, 800),
    "tonight-phone": ("", "light", 390, 844),
    "incident": ("#mine a", "light", 1200, 820),
    "incident-phone": ("#mine a", "dark", 390, 844),
    "held": ("section[aria-labelledby=held] a.title", "light", 1200, 820),
    "team": ("table a", "light", 1200, 820),
    "mailbox": ("footer a", "light", 1200, 600),
    "rota": ("/rota", "light", 1200, 820),
    "plans": ("/plans", "light", 1200, 700),
    "on-call-team": ("/on-call-team", "dark", 1200, 900),
    "my-shifts-phone": ("/rota/mine", "light", 390, 844),
}


def called(card: dict[str, str]) -> str:
    """Return the address of whoever was paged last."""
    request = urllib.request.Request(card["mailbox"], headers={"Accept": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own demo
        mails = json.load(answer)
    return str(mails[0]["to"])


def shoot(browser: Browser, base: str, cookies: list[dict[str, str]], folder: Path) -> None:
    """Take every picture."""
    for name, (link, theme, width, height) in PICTURES.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        context.add_cookies([*cookies, {"name": "wb_theme", "value": theme, "url": base}])  # type: ignore[list-item]
        page = context.new_page()
        page.goto(base)
        if link.startswith("/"):
            page.goto(base + link)
        elif link:
            page.goto(base + str(page.locator(link).first.get_attribute("href")))
        if page.locator("wb-live").count():
            expect(page.locator("#link-state")).to_have_text("Live")
        page.screenshot(path=folder / f"{name}.png")
        context.close()
        print(f"{folder / name}.png")


def main() -> None:
    """Take the pictures of the demo that wrote the card."""
    card = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    base = str(card["base_url"])
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{base}/sign-in")
        page.get_by_label("E-mail").fill(called(card))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{base}/")
        cookies = [
            {"name": c["name"], "value": c["value"], "url": base}
            for c in context.cookies()
            if c["name"] == "wb_session"
        ]
        shoot(browser, base, cookies, folder)
        browser.close()


if __name__ == "__main__":
    main()
