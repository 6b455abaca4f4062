"""People on call right now and the time nobody stands, over the API (SH1, SH6, NO8).

The company is that of `seed.company`: Vera stands from 2 March 2026 at nine for a week, Mona is the
duty manager.
"""

from __future__ import annotations

import pytest

from tests.integration.actions import seed
from tests.integration.api.client import Client
from watchbill.queries import lines


@pytest.fixture
def ann(seeded: seed.Seeded) -> Client:
    return Client(seeded, seeded.token("ann", "read"))


def test_sh6_the_number_its_target_and_its_history(seeded: seed.Seeded, ann: Client) -> None:
    seeded.clock.move_to(seed.SATURDAY)
    found = ann.json("GET", "/reports/people-on-call?days=7")
    assert (found["now"], found["target"], found["pool"]) == (2, 2, 1)
    assert {row["name"] for row in found["people"]} == {"Vera", "Mona"}
    days = [(row["on"], row["people"], row["pool"]) for row in found["days"]]
    assert days[0] == ("2026-03-01", 1, 0), "before Vera's shift only Mona"
    assert days[1:] == [(f"2026-03-0{day}", 2, 1) for day in range(2, 8)]
    assert len(ann.json("GET", "/reports/people-on-call")["days"]) == 90
    ann("GET", "/reports/people-on-call?days=0", expect=422)


def test_no8_more_than_the_design_says_is_a_line_on_the_first_screen(
    seeded: seed.Seeded, ann: Client
) -> None:
    with seeded.shell.db.transaction() as tx:
        tx.execute("update organization set people_at_once = 1, version = version + 1")
        company, now = seeded.shell.company(tx), seeded.clock.now()
        health = lines.health(tx, company, now=now, month_at=now)
    assert {line.key: line.count for line in health}["NO8"] == 1
    assert ann.json("GET", "/reports/people-on-call")["target"] == 1


def test_sh1_what_nobody_stands_is_listed_with_who_has_it(ann: Client) -> None:
    assert ann.json("GET", "/reports/uncovered?days=6")["items"] == []
    items = ann.json("GET", "/reports/uncovered?days=7")["items"]
    assert [(row["starts_at"], row["ends_at"], row["manager"]) for row in items] == [
        ("2026-03-09T18:00:00Z", "2026-03-10T09:00:00Z", "Mona"),
    ]
    assert len(ann.json("GET", "/reports/uncovered")["items"]) > 10
