"""A runbook of its own, which several alarms may share."""

from __future__ import annotations

from typing import Any

from watchbill_terraform.framework.servicer import State
from watchbill_terraform.remote import Remote
from watchbill_terraform.scores import runbook_score
from watchbill_terraform.words import NUMBER, known, may, need


class Runbook(Remote):
    """What a stranger does about an alarm at 3 a.m."""

    NAME = "runbook"
    PATH = "runbooks"
    ABOUT = (
        "What a stranger does about an alarm at 3 a.m., kept on its own. A change proposes a new"
        " version of every alarm that names it by `runbook_slug`."
    )
    GIVEN = (
        need("slug", "Short name; alarms name it by it."),
        need("title", "Title, as people read it."),
        may("team_id", "Whose it is."),
        may("body", "Its text, in Markdown."),
        may("url", "Or where it is."),
        may("last_tested_on", "When somebody last walked through it, such as 2026-03-01."),
    )
    COMPUTED = (
        known("score", "0 to 100: 25 for each of Impact, Diagnose, Mitigate, Escalate.", NUMBER),
    )
    VOLATILE = ("score",)
    UNSET = {"body": "", "url": ""}
    LOOKUP = "slug"

    def to_body(self, state: State) -> dict[str, Any]:
        """Return what the API is sent."""
        return super().to_body(state) | {"managed_by": "terraform"}

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return a row as state, with its score."""
        return super().to_state(row, current) | {"score": runbook_score(row.get("body") or "")}
