"""Bars: what the server's bar says of an alarm that is only planned.

The server holds it against every rule and writes nothing. What the text alone answers blocks the
plan; what a person, the network or the history answers is for the review.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tf.utils import Diagnostics

from watchbill_terraform.client import Client, Problem

#: Rules that are for the review whatever their kind.
_FOR_THE_REVIEW = frozenset({"A15", "A16", "A17", "R15", "R16"})
#: What may be made in the same run, so that the server cannot know it yet.
_MADE_ALONG = frozenset({"team", "runbook_slug"})


#: What is said of a service itself, which a stand-in cannot answer for.
_OF_THE_SERVICE = frozenset({"service", "team", "key", "match"})
#: What a rule needs that the server has while it plans; a person or the history is for the review.
_OF_THE_TEXT = frozenset({"lint", "network"})


def judged(client: Client, body: dict[str, Any], absent: set[str]) -> list[dict[str, Any]]:
    """Return what came of each rule for an alarm, of which `absent` fields are not known yet.

    If its service is not there yet, another stands in for it, and what is said of the service is
    left out; without any service nothing can be said. Raises: Problem.
    """
    asked = {name: value for name, value in body.items() if name not in absent}
    try:
        return _held(client, asked)
    except Problem as problem:
        if set(problem.fields) != {"service"}:
            raise
    other = next(client.every("services"), None)
    if other is None:
        return []
    rest = {name: value for name, value in asked.items() if name != "match"}
    found = _held(client, rest | {"service": other["slug"]})
    return [finding for finding in found if finding["field"] not in _OF_THE_SERVICE]


def _held(client: Client, asked: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.ask("POST", "alarms:dryRun", asked, again=True).data
    found: list[dict[str, Any]] = answer["findings"]
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
    #: Rules that do not apply here.
    but: frozenset[str] = frozenset()

    def all(self, findings: list[dict[str, Any]]) -> None:
        """Tell every finding that somebody can do something about now."""
        for finding in findings:
            path = self.paths.get(finding["field"], finding["field"])
            is_failed = finding["outcome"] == "failed" and path not in self.unknown
            if (
                is_failed
                and finding["rule"].startswith(self.only)
                and finding["rule"] not in self.but
            ):
                self._tell(finding, [path] if path in self.paths.values() else None)

    def _tell(self, finding: dict[str, Any], path: list[Any] | None) -> None:
        line = f" (line {finding['line']})" if finding.get("line") else ""
        summary = f"{finding['rule']} {finding['title']}: {finding['message']}{line}"
        is_of_the_text = finding["kind"] in _OF_THE_TEXT and finding["rule"] not in _FOR_THE_REVIEW
        blocks = finding["weight"] == "block" and is_of_the_text
        fix = finding["fix"]
        if blocks and finding["field"] in _MADE_ALONG:
            blocks, fix = False, f"If it is made in the same run, all is well. {fix}".strip()
        (self.diags.add_error if blocks else self.diags.add_warning)(summary, fix, path)
