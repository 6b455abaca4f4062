"""Findings as SARIF 2.1.0, which code hosts show beside the lines of a pull request.

Source: OASIS SARIF 2.1.0, §3.14 run, §3.27 result, §3.35 suppression, §3.49 reportingDescriptor.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from watchbill.cli.findings.remarks import UNREADABLE, Level, Remark, Report
from watchbill.core.bar import bar
from watchbill.core.bar.rules import Rule, Weight

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(report: Report) -> str:
    """Return a report as one SARIF log with one run."""
    rules = [_unreadable(), *map(_rule, bar.RULES)]
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "watchbill",
                "semanticVersion": importlib.metadata.version("watchbill"),
                "rules": rules,
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(remark, places[remark.rule]) for remark in report.remarks],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode()


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.fix}\n\nSource: {rule.source}"},
        "defaultConfiguration": {"level": "error" if rule.weight is Weight.BLOCK else "warning"},
        "properties": {"kind": rule.kind.value},
    }


def _unreadable() -> dict[str, Any]:
    return {
        "id": UNREADABLE,
        "shortDescription": {"text": "The alarm can be read"},
        "fullDescription": {"text": "What cannot be read cannot be judged, nor applied."},
        "help": {"text": "Write the file as the guide to alarms in code says."},
        "defaultConfiguration": {"level": "error"},
    }


def _result(remark: Remark, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": remark.rule,
        "ruleIndex": index,
        "level": remark.level.value,
        "message": {"text": f"{remark.message} {remark.fix}".strip()},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(remark.file)},
                    "region": {"startLine": remark.line},
                }
            }
        ],
        # The same fault of the same alarm stays the same when lines above it come and go.
        "partialFingerprints": {"fault/v1": _fingerprint(remark)},
    }
    if remark.level is Level.NOTE:
        result["level"] = "warning"
        result["suppressions"] = [{"kind": "inSource", "justification": remark.note}]
    return result


def _fingerprint(remark: Remark) -> str:
    parts = (remark.file, remark.alarm, remark.rule, remark.field, remark.message)
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(file, errors="replace")
