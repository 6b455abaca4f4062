"""The bar: all its rules in one list, and what a definition that is held against them amounts to."""

from __future__ import annotations

from collections.abc import Iterable

from watchbill.core.bar import runbook_rules
from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Finding, Outcome, Rule, Weight, hold
from watchbill.core.definitions import Definition

RULES: tuple[Rule, ...] = (*runbook_rules.RULES,)


def judge(definition: Definition, facts: Facts) -> tuple[Finding, ...]:
    """Hold a definition against the whole bar; return what came of each rule, in their order."""
    return hold(RULES, definition, facts)


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that acceptance waits for."""
    return tuple(finding for finding in findings if finding.is_blocking)


def score(findings: Iterable[Finding]) -> int:
    """Return 0 to 100: the share of checked rules that are met, a blocking one counting double."""
    checked = [f for f in findings if f.outcome is not Outcome.NOT_CHECKED]
    weights = {f.rule: 2 if f.weight is Weight.BLOCK else 1 for f in checked}
    failed = {f.rule for f in checked if f.outcome is Outcome.FAILED}
    whole = sum(weights.values())
    return round(100 * sum(w for r, w in weights.items() if r not in failed) / whole) if whole else 0
