"""The bar: every rule there is, and what they say of a definition together.

A pull request's check, the server's dry run and an acceptance all ask these same functions.

Source: requirements AL4; on-call-practice §7, §8.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from watchbill.core.bar import alarm_rules, rules, runbook_rules, waiver_rules
from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Finding, Outcome, Rule, Weight
from watchbill.core.definitions import Definition

_TEXT = (*alarm_rules.RULES, *runbook_rules.RULES)

#: Every rule, in the order in which findings come: A1 to A20, R1 to R17, W1.
RULES: tuple[Rule, ...] = (*_TEXT, waiver_rules.rule(_TEXT))

#: What a rule counts in the score.
_POINTS = {Weight.BLOCK: 3, Weight.WARN: 1}


def judge(definition: Definition, facts: Facts) -> tuple[Finding, ...]:
    """Hold a definition against the whole bar; return what came of each rule, in their order."""
    return rules.hold(RULES, definition, facts)


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what acceptance waits for, in the same order."""
    return tuple(finding for finding in findings if finding.is_blocking)


def score(findings: Iterable[Finding]) -> int:
    """Return the share of the bar that is met, from 0 to 100, of what could be checked.

    A rule that blocks counts three times one that warns. What is waived is not met. 100 means
    that nothing is amiss; 0 also that nothing could be checked.
    """
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.outcome is not Outcome.NOT_CHECKED:
            by_rule[finding.rule].append(finding)
    all_points = met = 0
    for of_rule in by_rule.values():
        points = max(_POINTS[finding.weight] for finding in of_rule)
        all_points += points
        if all(finding.outcome is Outcome.PASSED for finding in of_rule):
            met += points
    return met * 100 // all_points if all_points else 0
