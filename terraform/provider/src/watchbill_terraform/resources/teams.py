"""A team, and whom it asks in its working hours."""

from __future__ import annotations

from typing import Any

from tf.utils import Diagnostics

from watchbill_terraform.framework.servicer import State
from watchbill_terraform.framework.shapes import ListBlock
from watchbill_terraform.remote import Remote
from watchbill_terraform.words import NUMBER, may, need

_LEAST_S, _MOST_S = 30, 86_400


class Team(Remote):
    """A product team: it owns services, and answers for them in its working hours."""

    NAME = "team"
    PATH = "teams"
    ABOUT = "A product team: it owns services, and answers for them in its working hours."
    GIVEN = (
        need("slug", "Short name, as it stands in URLs and files."),
        need("name", "Name, as people read it."),
        need("office_id", "The office whose zone, week and holidays hold; see the data source."),
        may("zone", "A time zone of its own; null: its office's."),
    )
    BLOCKS = (
        ListBlock(
            "week",
            [
                need("weekday", "0 is Monday.", NUMBER),
                need("start", "When work begins, such as 09:00."),
                need("end", "When it ends; at or before the start means on the next day."),
            ],
        ),
    )
    LOOKUP = "slug"

    def to_body(self, state: State) -> dict[str, Any]:
        """Return what the API is sent; without `week` the office's holds."""
        body = super().to_body(state)
        return body | {"week": body["week"] or None}


class EscalationPolicy(Remote):
    """A team's in-hours policy: its own people, step by step. The duty manager follows by itself."""

    NAME = "escalation_policy"
    PATH = "teams"
    ABOUT = (
        "Whom a team asks in its working hours, in order. Only its own rota and people can be named:"
        " the duty manager follows by itself, and out of hours the volunteers answer."
    )
    GIVEN = (need("team_id", "Whose policy this is.", replace=True),)
    BLOCKS = (
        ListBlock(
            "step",
            [
                need("target", "`rota`, `team` or `person`."),
                need("wait_minutes", "How long to wait before the next step.", NUMBER),
                may("person_id", "Whom a step with the target `person` asks."),
            ],
        ),
    )
    LOOKUP = "slug"

    def to_body(self, state: State) -> dict[str, Any]:
        """Return the team's policy as the API has it."""
        return {"policy": [_step(step) for step in state.get("step") or ()]}

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return a team's policy as state."""
        steps = [
            {
                "target": step["target"],
                "wait_minutes": _minutes(step["wait_s"]),
                "person_id": step.get("person_id") or None,
            }
            for step in row["policy"] or ()
        ]
        return {"id": row["id"], "team_id": row["id"], "step": steps}

    def check(self, diags: Diagnostics, planned: State) -> None:
        """Say what is wrong with a step, at the step."""
        steps = planned.get("step")
        if not isinstance(steps, list):
            return
        if not steps:
            diags.add_error("A policy needs at least one step.", "Add a `step` block.")
        for place, step in enumerate(steps):
            for name, sentence in _faults(step):
                diags.add_error(
                    f"This step cannot be used: {sentence}.", path=["step", (place,), name]
                )

    def create(self, ctx: Any, planned: State) -> State:
        """Set the policy of a team that has none yet."""
        state: State = planned | {"id": planned["team_id"]}
        found = self._find(state["id"])
        if found is not None and found[0]["policy"]:
            ctx.diagnostics.add_warning(
                "The team had a policy; it is replaced by this one.",
                "It was set by hand or by other code.",
            )
        return self._put(planned["team_id"], planned, found[1] if found else "")

    def update(self, ctx: Any, current: State, planned: State) -> State:
        """Replace the policy."""
        _, etag = self._unchanged("change", current)
        return self._put(current["id"], planned, etag)

    def delete(self, ctx: Any, current: State) -> None:
        """Leave the team without a policy; the duty manager is asked first then."""
        if self._find(current["id"]) is None:
            return
        _, etag = self._unchanged("remove", current)
        self._put(current["id"], {"step": []}, etag)

    def is_gone(self, row: dict[str, Any]) -> bool:
        """A team always has room for a policy."""
        return False

    def _put(self, team_id: str, planned: State, etag: str) -> State:
        path = f"{self.PATH}/{team_id}"
        row = self._asked("change", "PATCH", path, self.to_body(planned), etag)
        return self.to_state(row, planned)

    def _paths(self) -> dict[str, str]:
        return {"policy": "step"}


def _step(step: dict[str, Any]) -> dict[str, Any]:
    made = {"target": step["target"], "wait_s": round(step["wait_minutes"] * 60)}
    return made | ({"person_id": step["person_id"]} if step.get("person_id") else {})


def _minutes(seconds: int) -> float:
    whole, rest = divmod(seconds, 60)
    return seconds / 60 if rest else whole


def _faults(step: Any) -> list[tuple[str, str]]:
    if not isinstance(step, dict):
        return []
    found = []
    target, wait, person = step.get("target"), step.get("wait_minutes"), step.get("person_id")
    if isinstance(target, str) and target not in ("rota", "team", "person"):
        found.append(
            ("target", "its target must be rota, team or person; managers follow by themselves")
        )
    if isinstance(wait, int | float) and not _LEAST_S <= wait * 60 <= _MOST_S:
        found.append(("wait_minutes", "it must wait from half a minute to a day"))
    if target == "person" and person is None:
        found.append(("person_id", "the target person needs a person_id"))
    if isinstance(target, str) and target != "person" and isinstance(person, str):
        found.append(("person_id", "only the target person has a person_id"))
    return found
