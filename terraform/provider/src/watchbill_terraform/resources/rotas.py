"""A rota's shape. Never its people: they join, leave and swap without a change of code."""

from __future__ import annotations

from typing import Any

from watchbill_terraform.framework.servicer import State
from watchbill_terraform.framework.shapes import Attribute, String
from watchbill_terraform.remote import Remote
from watchbill_terraform.words import NUMBER, default, known, need


class Rota(Remote):
    """How turns are taken on a team's rota, or the managers'."""

    NAME = "rota"
    PATH = "rotas"
    ABOUT = (
        "The shape of a team's rota, or the managers': when turns change. Who stands on it is not"
        " in code: people join and swap on the screens."
    )
    GIVEN = (
        need("kind", "`team` or `managers`.", replace=True),
        Attribute(
            "team_id", String(), "Whose rota, if it is a team's.", optional=True,
            requires_replace=True,
        ),
        need("name", "Name, as people read it."),
        need("zone", "The time zone of the handoff, such as Europe/Dublin."),
        need("turn", "What turns are counted in: `day` or `week`."),
        default("turn_length", "How many days or weeks a turn lasts.", 1, NUMBER),
        need("starts_on", "The day of the first turn, such as 2026-01-05."),
        default("handoff_weekday", "On which weekday week turns change; 0 is Monday.", 0, NUMBER),
        default("handoff_time", "At what time, such as 09:00.", "09:00"),
    )  # fmt: skip
    COMPUTED = (known("begins_at", "The first handoff: before it nobody stands."),)
    VOLATILE = ("begins_at",)

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return a row as state; times of day are written as the code has them, if they agree."""
        state = super().to_state(row, current)
        written = current.get("handoff_time")
        return state | {"handoff_time": _same_time(row["handoff_time"], written)}

    def _look_up(self, text: str) -> dict[str, Any] | None:
        rows = (row for row in self.client.every(self.PATH) if row["name"] == text)
        return next(rows, None)


def _same_time(said: str, written: Any) -> str:
    """Return 09:00 for 09:00:00; or what was written, if it means the same."""
    short = said[:5] if said.endswith(":00") and said.count(":") > 1 else said
    same = isinstance(written, str) and written.ljust(8, "0")[:5] == short
    return written if same and written in (said, short) else short
