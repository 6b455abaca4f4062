"""Wishes over the API: one's own, for weeks of the on-call team."""

from __future__ import annotations

import pytest

from tests.integration.actions import seed
from tests.integration.api.client import Client

FRIDAY = "2026-03-13T18:00:00Z"


@pytest.fixture
def vera(seeded: seed.Seeded) -> Client:
    return Client(seeded, seeded.token("vera", "read", "write"))


def test_wishes_are_said_read_and_taken_back(seeded: seed.Seeded, vera: Client) -> None:
    path = f"/people/{seeded.vera}/wishes"
    said = vera.json("PUT", path, json={"items": [{"starts_at": FRIDAY, "weight": -3}]})
    assert [(w["starts_at"], w["weight"]) for w in said["items"]] == [(FRIDAY, -3)]
    assert vera.json("PUT", path, json={"items": []}) == said == vera.json("GET", path)
    gone = vera.json("PUT", path, json={"items": [{"starts_at": FRIDAY, "weight": 0}]})
    assert gone == {"items": []}


def test_only_ones_own_and_only_whole_weeks(seeded: seed.Seeded, vera: Client) -> None:
    items = {"items": [{"starts_at": FRIDAY, "weight": 2}]}
    vera("PUT", f"/people/{seeded.ann}/wishes", json=items, expect=403)
    vera("GET", f"/people/{seeded.ann}/wishes", expect=403)
    path = f"/people/{seeded.vera}/wishes"
    monday = {"items": [{"starts_at": "2026-03-16T18:00:00Z", "weight": 2}]}
    vera("PUT", path, json=monday, expect=422)
    vera("PUT", path, json={"items": [{"starts_at": FRIDAY, "weight": 4}]}, expect=422)
