"""Bars: what the server's bar says of an alarm that is only planned.

The server holds it against every rule and writes nothing. What the text alone answers blocks the
plan; what a person, the network or the history answers is for the review.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tf.utils import Diagnostics

from watchbill_terraform.client import Client

#: Rules that are for the review whatever their kind.
_FOR_THE_REVIEW = frozenset({"A15", "A16", "A17", "R15", "R16"})
#: What may be made in the same run, so that the server cannot know it yet.
_MADE_ALONG = frozenset({"service", "team", "runbook_slug"})


def judged(client: Client, body: dict[str, Any], absent: set[str]) -> list[dict[str, Any]]:
    """Return what came of each rule for an alarm, of which `absent` fields are not known yet.

    Raises: Problem.
    """
    asked = {name: value for name, value in body.items() if name not in absent}
    found: list[dict[str, Any]] = client.ask("POST", "alarms:dryRun", asked, again=True).data[
        "findings"
    ]
    return found


@dataclass(slots=True)
class Judgement:
    """Tells findings as diagnostics, each on the attribute it is about."""

    diags: Diagnostics
    #: Names of the API's fields in the schema.
    paths: dict[str, str]
    #: What is not known yet, or not ours: findings about it are left out.
    unknown: set[str]
    #: What a rule's id must begin with.
    only: str = ""

    def all(self, findings: list[dict[str, Any]]) -> None:
        """Tell every finding that somebody can do something about now."""
        for finding in findings:
            path = self.paths.get(finding["field"], finding["field"])
            is_failed = finding["outcome"] == "failed" and path not in self.unknown
            if is_failed and finding["rule"].startswith(self.only):
                self._tell(finding, [path] if path in self.paths.values() else None)

    def _tell(self, finding: dict[str, Any], path: list[Any] | None) -> None:
        line = f" (line {finding['line']})" if finding.get("line") else ""
        summary = f"{finding['rule']} {finding['title']}: {finding['message']}{line}"
        is_of_the_text = finding["kind"] == "lint" and finding["rule"] not in _FOR_THE_REVIEW
        blocks = finding["weight"] == "block" and is_of_the_text
        fix = finding["fix"]
        if blocks and finding["field"] in _MADE_ALONG:
            blocks, fix = False, f"If it is made in the same run, all is well. {fix}".strip()
        (self.diags.add_error if blocks else self.diags.add_warning)(summary, fix, path)
