"""Photograph every screen in both themes and widths, run axe, and measure what is sent.

    python -m tools.screenshots FOLDER [name …]

Exits 1 on any axe violation, console error, sideways scrolling, or a screen above its budget.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

from tools import preview, samples

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "tests/vendor/axe-4.14.1.min.js"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"wide": 1200, "phone": 390}
THEMES = ("light", "dark")
#: What is needed to show a screen; what htmx fetches later is not.
COUNTED = {"document", "stylesheet", "script"}
BUDGET_BYTES = 30 * 1024
#: Which rules of axe count: WCAG 2.0 to 2.2, A and AA, and best practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def served(port: int) -> Iterator[str]:
    """Serve the preview in a thread for as long as the block runs."""
    server = uvicorn.Server(
        uvicorn.Config(preview.build(), port=port, log_level="error", timeout_graceful_shutdown=0)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(5)


def look(page: Page, url: str) -> list[str]:
    """Open `url` and return everything that is wrong with it."""
    faults: list[str] = []
    responses: list[Response] = []
    page.on("console", lambda m: faults.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "response",
        lambda r: responses.append(r) if r.request.resource_type in COUNTED else None,
    )
    page.goto(url, wait_until="load")
    if page.locator("wb-live").count() and page.locator("#link-state").count():
        expect(page.locator("#link-state")).to_have_text("Live")
    sent = sum(r.request.sizes()["responseBodySize"] for r in responses)
    if sent > BUDGET_BYTES:
        faults.append(f"{sent} bytes sent")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append("scrolls sideways")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(AXE.read_text("utf-8"))
    found = violations(page, {"runOnly": TAGS})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)")
    return faults + found


def violations(page: Page, options: dict[str, object]) -> list[str]:
    """Return what axe, which `look` has loaded, finds wrong."""
    found: list[str] = page.evaluate(
        "options => axe.run(options).then(r => r.violations.map(v => v.id + ': ' + "
        "v.nodes.map(n => n.html.slice(0, 120) + ' ' + "
        "n.any.map(a => a.message).join(' ')).join(' | ')))",
        options,
    )
    return found


def shoot(browser: Browser, base: str, folder: Path, names: list[str]) -> int:
    """Photograph the named screens; return how many faults there were."""
    count = 0
    for name in names:
        path = samples.SCREENS[name][0]
        for theme in THEMES:
            for label, width in WIDTHS.items():
                page = browser.new_page(viewport={"width": width, "height": 844})
                faults = look(page, f"{base}{path}?theme={theme}")
                page.screenshot(path=folder / f"{name}-{theme}-{label}.png", full_page=True)
                page.close()
                count += len(faults)
                for fault in faults:
                    print(f"{name} {theme} {label}: {fault}")
    return count


def main() -> int:
    """Run over all screens, or those named."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = sys.argv[2:] or list(samples.SCREENS)
    with served(8097) as base, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        faults = shoot(browser, base, folder, names)
        browser.close()
    print(f"{len(names)} screens, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
