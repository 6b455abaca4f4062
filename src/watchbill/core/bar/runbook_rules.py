"""The rules of the bar about a runbook: R1 to R17, in their order.

Source: on-call-practice §8.
"""

from __future__ import annotations

from watchbill.core.bar.rules import Rule

RULES: tuple[Rule, ...] = ()
