"""The rules of the bar about a runbook: R1 to R17, in their order.

Source: on-call-practice §8.
"""

from __future__ import annotations

from watchbill.core.bar import runbook_form, runbook_people, runbook_steps
from watchbill.core.bar.rules import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*runbook_form.RULES, *runbook_steps.RULES, *runbook_people.RULES),
        key=lambda rule: int(rule.id[1:]),
    )
)
