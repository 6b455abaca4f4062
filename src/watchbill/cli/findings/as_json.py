"""Findings as JSON: one value, with every rule of every alarm that is not simply met."""

from __future__ import annotations

from typing import Any

import msgspec

from watchbill.cli.findings.remarks import Judged, Report
from watchbill.core.bar.rules import Finding, Outcome


def write(report: Report) -> str:
    """Return a report for programs."""
    data = {
        "is_good": report.exit_code == 0,
        "summary": report.summary,
        "files": report.files,
        "problems": list(report.problems),
        "alarms": [_alarm(each) for each in report.judged],
        "not_checked": report.not_checked,
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()


def _alarm(judged: Judged) -> dict[str, Any]:
    written = judged.written
    return {
        "service": written.definition.service,
        "key": written.definition.key,
        "file": written.place.file,
        "line": written.place.line,
        "score": judged.score,
        "is_below": judged.is_below,
        "findings": [
            _finding(judged, finding)
            for finding in judged.findings
            if finding.outcome in (Outcome.FAILED, Outcome.WAIVED)
        ],
    }


def _finding(judged: Judged, finding: Finding) -> dict[str, Any]:
    place = judged.written.where(finding.field, finding.line)
    return {
        "rule": finding.rule,
        "kind": finding.kind.value,
        "weight": finding.weight.value,
        "outcome": finding.outcome.value,
        "title": finding.title,
        "message": finding.message,
        "fix": finding.fix,
        "field": finding.field,
        "file": place.file,
        "line": place.line,
        "note": finding.note,
    }
