"""A runbook of its own, which several alarms may share."""

from __future__ import annotations

from typing import Any, ClassVar

from tf.utils import Diagnostics

from watchbill_terraform import bars, telling
from watchbill_terraform.client import Problem
from watchbill_terraform.framework.servicer import State
from watchbill_terraform.remote import Remote
from watchbill_terraform.resources.alarms import Alarm
from watchbill_terraform.scores import runbook_score
from watchbill_terraform.words import NUMBER, known, may, need

_NOBODY = "nobody"
#: Its title names an alarm: here it may serve several.
_OF_AN_ALARM = frozenset({"R2"})


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
        need("team_id", "Whose it is."),
        may("body", "Its text, in Markdown."),
        may("url", "Or where it is."),
        may("last_tested_on", "When somebody last walked through it, such as 2026-03-01."),
    )
    COMPUTED = (
        known("score", "0 to 100: 25 for each of Impact, Diagnose, Mitigate, Escalate.", NUMBER),
    )
    ALWAYS = ("managed_by",)
    VOLATILE = ("score",)
    UNSET: ClassVar[dict[str, Any]] = {"body": "", "url": ""}
    LOOKUP = "slug"

    def to_body(self, state: State) -> dict[str, Any]:
        """Return what the API is sent."""
        return super().to_body(state) | {"managed_by": "terraform"}

    def check(self, diags: Diagnostics, planned: State) -> None:
        """Hold its text against the bar, as that of an alarm that nobody wrote yet."""
        body = planned.get("body")
        if self._provider.client is None or not isinstance(body, str) or not body:
            return
        trial = {"service": _NOBODY, "key": _NOBODY, "title": _NOBODY, "runbook": body}
        others = {a.name for a in Alarm.GIVEN} - {"runbook"}
        judgement = bars.Judgement(diags, {"runbook": "body"}, others, only="R", but=_OF_AN_ALARM)
        try:
            judgement.all(bars.judged(self.client, trial, set()))
        except Problem as problem:
            raise telling.told(problem, "plan this runbook", {"runbook": "body"}) from None

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return a row as state, with its score."""
        return super().to_state(row, current) | {"score": runbook_score(row.get("body") or "")}
