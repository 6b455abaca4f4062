"""What goes with a swap is read by its own people and the on-call team, and by nobody else (VO4)."""

from __future__ import annotations

from tests.integration.actions import seed
from tests.integration.api.client import Client
from watchbill.actions import swaps
from watchbill.actions.audit import person


def test_vo4_a_swaps_note_is_for_the_on_call_team(seeded: seed.Seeded) -> None:
    values = {"shift_id": seeded.vera_shift, "note": "My father is ill."}
    swap = swaps.ask(seeded.shell, values, by=person(seeded.vera))
    for name, note in (("vera", "My father is ill."), ("ann", ""), ("ada", "")):
        api = Client(seeded, seeded.token(name, "read"))
        assert api.json("GET", f"/swaps/{swap}")["note"] == note
        assert [row["note"] for row in api.json("GET", "/swaps")["items"]] == [note]
