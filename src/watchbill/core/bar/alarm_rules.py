"""The rules of the bar about an alarm itself: A1 to A20, in their order.

Source: on-call-practice §7.
"""

from __future__ import annotations

from watchbill.core.bar import alarm_name_rules, alarm_need_rules, alarm_trust_rules
from watchbill.core.bar.rules import Rule

RULES: tuple[Rule, ...] = (
    *alarm_name_rules.RULES,
    *alarm_need_rules.RULES,
    *alarm_trust_rules.RULES,
)
