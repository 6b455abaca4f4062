"""The rules as a reference page: every reason, state and outcome, and which tests name which rule."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

#: Enums of the core that people meet on screens and in the API: heading, module, class.
_ENUMS = (
    ("Why an incident goes where it goes (`reason`)", "routing", "Reason"),
    ("Who has to answer (`side`)", "routing", "Side"),
    ("In which capacity a person is called (`role`)", "routing", "StepRole"),
    ("Where an incident stands (`state`)", "incidents", "IncidentState"),
    ("How a page ended (`outcome`)", "pages", "Outcome"),
    ("Where an alarm is on its way (`state`)", "alarms", "AlarmState"),
    ("Where a notification is on its way (`state`)", "notifications", "NotificationState"),
    ("How alerts join incidents (`grouping`)", "people", "Grouping"),
    ("What a timeline line says (`kind`)", "incidents", "EntryKind"),
)
_MUST_NEVER = {
    "NO1": "Out of hours, a member of the owning team is notified over any paging channel, unless as "
    "the volunteer standing the shift or as a manager.",
    "NO2": "Somebody stands a shift without having agreed to a term, themselves.",
    "NO3": "An escalation reaches anyone but a manager.",
    "NO4": "An alarm pages the volunteer without acceptance and runbook.",
    "NO8": "More people are on call at once than the design says, and nobody sees it.",
    "NO10": "Somebody outside their hours is offered as a helper.",
}
_ID = re.compile(r"\b(?:NO|RO|ES|HE|SH|AC|VO|ME)\d{1,2}\b")


def rules() -> str:
    """Return the page."""
    lines = [
        "# Rules",
        "",
        "Written by `make docs` from the code: the words that screens, API and messages use, and the",
        "tests that hold the rules.",
        "",
    ]
    for heading, module, name in _ENUMS:
        lines += [f"## {heading}", "", "| value | meaning |", "|---|---|"]
        lines += [f"| `{value}` | {remark} |" for value, remark in _members(module, name)]
        lines.append("")
    lines += ["## What must never happen", "", "| id | rule |", "|---|---|"]
    lines += [f"| {rule} | {text} |" for rule, text in _MUST_NEVER.items()]
    lines += ["", "## Which tests name which rule", "", "| id | tests |", "|---|---|"]
    named = _named()
    for rule in sorted(named, key=lambda i: (i.rstrip("0123456789"), int(re.sub(r"\D", "", i)))):
        lines.append(f"| {rule} | {', '.join(f'`{place}`' for place in sorted(named[rule]))} |")
    return "\n".join(lines) + "\n"


def _members(module: str, name: str) -> list[tuple[str, str]]:
    """Return an enum's values with their `#:` remarks, in order."""
    path = TOP / "src" / "watchbill" / "core" / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    source = text.splitlines()
    classes = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))
    body = next(node.body for node in classes if node.name == name)
    return [
        (str(item.value.value), _remark(source, item.lineno - 1))
        for item in body
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant)
    ]


def _remark(source: list[str], index: int) -> str:
    words: list[str] = []
    while index > 0 and source[index - 1].strip().startswith("#:"):
        index -= 1
        words.insert(0, source[index].strip().removeprefix("#:").strip())
    return " ".join(words)


def _named() -> dict[str, set[str]]:
    """Return the test files that name each rule."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in (TOP / "tests").rglob("test_*.py"):
        for rule in _ID.findall(path.read_text(encoding="utf-8")):
            found[rule].add(str(path.relative_to(TOP / "tests")))
    return found
