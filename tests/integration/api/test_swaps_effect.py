"""The effect of a swap over the API: only what is left of a shift changes hands (SH5)."""

from __future__ import annotations

from datetime import timedelta

from tests.integration.actions import seed
from tests.integration.api.client import Client


def test_the_effect_of_a_shift_under_way_counts_what_is_left(seeded: seed.Seeded) -> None:
    vera = Client(seeded, seeded.token("vera", "read", "write"))
    end = seeded.clock.now() + timedelta(hours=6)
    asked = {"shift_id": seeded.vera_shift, "ends_at": end.isoformat()}
    swap = vera.json("POST", "/swaps", json=asked, expect=201)["id"]

    def gives() -> float:
        path = f"/swaps/{swap}/effect?person_id={seeded.ben}"
        asker, taker = vera.json("GET", path)["items"]
        given = asker["before"]["hours"] - asker["after"]["hours"]
        assert taker["after"]["hours"] - taker["before"]["hours"] == given
        return float(given)

    assert gives() == 6
    seeded.clock.move_to(end - timedelta(hours=2))
    assert gives() == 2
    seeded.clock.move_to(end + timedelta(hours=1))
    assert gives() == 0
