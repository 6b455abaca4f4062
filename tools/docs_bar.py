"""Write the page of the bar: every rule an alarm and its runbook are held against."""

from __future__ import annotations

import ast
from pathlib import Path

from watchbill.core.bar import bar
from watchbill.core.bar.rules import Kind, Outcome, Rule, Weight

_CORE = Path(__file__).resolve().parent.parent / "src" / "watchbill" / "core" / "bar"
_HEAD = """# The bar

Written by `make docs` from the rules in `src/watchbill/core/bar/`.

What an alarm and its runbook must be before they may wake a volunteer; the same for every team.
`watchbill alarms check` in a pull request, a dry run, a plan and an acceptance all ask these rules.
A fault of a rule that blocks stops an acceptance; one of a rule that warns asks somebody to look.

A waiver lifts a rule for a while (W1), unless it says here that none does. The score is the share
of the checked rules that are met, from 0 to 100; a rule that blocks counts three times one that
warns, and what is waived is not met.

In the examples, `source` and `evidence` stand beside an alarm's own fields, and `known` is what
Watchbill knows of it. Days are as seen on 25 November 2026.
"""
_KINDS = {
    Kind.LINT: "the text alone, and what the company looks like",
    Kind.NETWORK: "the network",
    Kind.EVIDENCE: "the history of events, pages and reviews",
    Kind.HUMAN: "the text, and a reviewer's answer",
}


def text() -> str:
    """Return the page."""
    lines = [_HEAD, "## What a rule needs (`kind`)", "", "| kind | needs |", "|---|---|"]
    lines += [f"| `{kind.value}` | {_KINDS[kind]} |" for kind in Kind]
    lines += ["", "## What comes of a rule (`outcome`)", "", "| outcome | meaning |", "|---|---|"]
    remarks = _remarks("rules.py", "Outcome")
    lines += [f"| `{outcome.value}` | {remarks[outcome.name][1]} |" for outcome in Outcome]
    lines += ["", "## The numbers", "", "The volunteers agree on them (`PUT /api/v1/bar`).", ""]
    lines += ["| number | default | what it says |", "|---|---|---|"]
    lines += [f"| `{name}` | {default} | {about} |" for name, default, about in _limits()]
    lines += ["", "## The rules", "", "| id | rule | kind | weight |", "|---|---|---|---|"]
    lines += [
        f"| [{r.id}](#{r.id.lower()}) | {r.title} | {r.kind.value} | {r.weight.value} |"
        for r in bar.RULES
    ]
    lines.append("")
    for rule in bar.RULES:
        lines += _rule(rule)
    return "\n".join(lines)


def _rule(rule: Rule) -> list[str]:
    weight = "blocks" if rule.weight is Weight.BLOCK else "warns"
    waived = "" if rule.may_be_waived else "; no waiver lifts it"
    lines = [f'### <a id="{rule.id.lower()}"></a>{rule.id}: {rule.title}', ""]
    lines += [f"*{rule.kind.value.capitalize()}, {weight}{waived}.*", "", rule.why, ""]
    lines += [f"**What to do.** {rule.fix}", ""]
    if rule.question:
        lines += [f"**The reviewer is asked.** {rule.question}", ""]
    lines += ["Good:", "", *_fenced(rule.good), "", "Bad:", "", *_fenced(rule.bad), ""]
    return [*lines, f"Source: {rule.source}.", ""]


def _fenced(fragment: str) -> list[str]:
    """Return a fragment as a block of code; a runbook in it may hold blocks of its own."""
    return ["````yaml", fragment.rstrip("\n"), "````"]


def _limits() -> list[tuple[str, str, str]]:
    """Return every number with its default and its remark."""
    found = _remarks("facts.py", "Limits")
    return [(name, default, remark) for name, (default, remark) in found.items()]


def _remarks(module: str, name: str) -> dict[str, tuple[str, str]]:
    """Return the fields of a class with their values and `#:` remarks, as they are written."""
    source = (_CORE / module).read_text(encoding="utf-8")
    classes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    found: dict[str, tuple[str, str]] = {}
    for item in next(node.body for node in classes if node.name == name):
        if isinstance(item, ast.Assign | ast.AnnAssign) and item.value is not None:
            target = item.targets[0] if isinstance(item, ast.Assign) else item.target
            remark = _remark(source.splitlines(), item.lineno - 1)
            found[ast.unparse(target)] = (ast.unparse(item.value), remark)
    return found


def _remark(source: list[str], index: int) -> str:
    words: list[str] = []
    while index > 0 and source[index - 1].strip().startswith("#:"):
        index -= 1
        words.insert(0, source[index].strip().removeprefix("#:").strip())
    return " ".join(words)
