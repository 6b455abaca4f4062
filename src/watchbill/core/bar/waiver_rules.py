"""The rule of the bar about waivers: W1.

Source: requirements AL4, AL6; terraform.md §10 (the expiring waiver of cloudflare/pint).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from watchbill.core.bar import said
from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Fault, Kind, Rule, Weight
from watchbill.core.definitions import Definition, Waiver

_SHORTEST_REASON = 10


def rule(rules: Sequence[Rule]) -> Rule:
    """Return W1, which knows the rules a waiver may name."""
    may_be_waived = {each.id: each.may_be_waived for each in rules} | {"W1": False}

    def check(definition: Definition, facts: Facts) -> Iterator[Fault]:
        for waiver in definition.waivers:
            lifts = may_be_waived.get(waiver.rule)
            if lifts is None:
                yield _fault(waiver, "there is no such rule")
            elif not lifts:
                yield _fault(waiver, "no waiver lifts this rule")
            yield from _faults(waiver, facts)

    return Rule(
        id="W1",
        title="Waivers say why, who and until when",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=check,
        fix="Give each waiver a rule that may be waived, a reason, the mail address of who answers"
        " for it, and a last day no further ahead than a review may be; strike it when it is over.",
        why="What nobody answers for and nothing ends is no exception, but another bar.",
        source="cloudflare/pint, snoozes that expire",
        good="waivers:\n- rule: A17\n  reason: Replaces PaymentsDown, tried for a year.\n"
        "  owner: cas@example.com\n  until: 2027-02-28",
        bad="waivers:\n- {rule: A17, reason: legacy, owner: payments, until: 2031-01-31}",
        may_be_waived=False,
    )


def _faults(waiver: Waiver, facts: Facts) -> Iterator[Fault]:
    wrong = said.short(waiver.reason, least=_SHORTEST_REASON)
    if wrong:
        yield _fault(waiver, f"its reason {wrong}")
    if not said.MAIL.fullmatch(waiver.owner.strip()):
        yield _fault(waiver, f"its owner {waiver.owner!r} is no mail address")
    last = facts.today + timedelta(days=facts.limits.review_days)
    if waiver.until < facts.today:
        yield _fault(waiver, f"it ended on {waiver.until}")
    elif waiver.until > last:
        yield _fault(waiver, f"it ends on {waiver.until}, after {last}")


def _fault(waiver: Waiver, wrong: str) -> Fault:
    return Fault(message=f"The waiver of {waiver.rule!r}: {wrong}.", field="waivers")
