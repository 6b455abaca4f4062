from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.actions import seed
from tests.integration.api.client import Client


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


@pytest.fixture
def api(seeded: seed.Seeded) -> Client:
    """The API for an admin, with a token of every scope."""
    return Client(seeded, seeded.token("ada", "admin"))
