"""Lines that must read zero: who is missing from when to when, and what does not count yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from tests.integration.actions import seed
from watchbill.actions import rotas
from watchbill.actions.audit import SYSTEM
from watchbill.queries import lines
from watchbill.queries.lines import HealthLine


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def said(seeded: seed.Seeded, at: datetime = seed.TUESDAY) -> dict[str, HealthLine]:
    with seeded.shell.db.transaction() as tx:
        found = lines.health(tx, seeded.shell.company(tx), now=at, month_at=at)
    return {line.key: line for line in found}


def test_a_gap_says_from_when_and_that_nobody_follows(seeded: seed.Seeded) -> None:
    """SH1: Vera's only shift ends on Monday at nine."""
    assert said(seeded)["SH1"].remark == "nobody from Mon 9 Mar 09:00 (Europe/Dublin) on"


def test_a_managers_rota_that_begins_later_says_when_and_with_whom(seeded: seed.Seeded) -> None:
    """ES2: a rota has nobody before the first handoff of its `starts_on`."""
    assert said(seeded)["ES2"] == HealthLine(
        key="ES2", sentence="hours of the next four weeks without a duty manager", count=0
    )
    rota_id = seeded.ids["managers_rota"]
    rotas.change(seeded.shell, rota_id, {"starts_on": date(2026, 3, 5)}, by=SYSTEM)

    line = said(seeded)["ES2"]

    assert line.count > 0
    assert line.remark.startswith("nobody from Tue 3 Mar ")
    assert line.remark.endswith(" until Thu 5 Mar 09:00 (Europe/Dublin), then Mona")


def test_before_there_is_a_service_nobody_is_missing(database_url: str) -> None:
    made = seed.empty(database_url)
    try:
        assert {line.count for line in said(made).values()} == {0}
    finally:
        made.shell.db.close()
