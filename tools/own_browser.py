"""Say by the exit code whether Playwright has a Chromium of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright import sync_api

with sync_api.sync_playwright() as playwright:
    browser = Path(playwright.chromium.executable_path)
    shells = browser.parent.parent.parent.glob("chromium_headless_shell-*/*/*headless*shell*")
    sys.exit(0 if browser.exists() or any(shells) else 1)
