from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.actions import seed


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def test_a_company_that_was_rolled_back_is_not_remembered(seeded: seed.Seeded) -> None:
    rename = "update services set name = %s where id = %s"
    with seeded.shell.db.transaction() as tx:
        tx.execute(rename, ["Never", seeded.checkout])
        assert seeded.shell.company(tx).services[seeded.checkout].name == "Never"
        tx.rollback()
    with seeded.shell.db.transaction() as tx:
        tx.execute(rename, ["After", seeded.checkout])
    with seeded.shell.db.transaction() as tx:
        assert seeded.shell.company(tx).services[seeded.checkout].name == "After"
