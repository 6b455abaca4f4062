"""One browser for all tests that look at screens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests import conftest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.world import World


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    from tests.e2e import browser as browsers

    with browsers.launched() as launched:
        yield launched


@pytest.fixture(scope="module")
def world(_server: tuple[str, str], template: str) -> Iterator[World]:
    """One server for a file's tests; each begins with `browser.calm`."""
    from tests.e2e import browser as browsers

    with conftest._clone(_server[1], template) as url, browsers.served(url) as served:
        yield served
