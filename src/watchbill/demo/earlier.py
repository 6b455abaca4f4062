"""How the demo's alarms read before: what was changed in the repository from version to version.

What an alarm says today is in `alarms/`; here is what other words stood there until then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from watchbill.core.definitions import Definition

#: By key and version: the fields that the next version changed, as they were.
_CHANGED: dict[tuple[str, int], dict[str, Any]] = {
    ("checkout-errors", 1): {
        "threshold": "more than 1 % of payments",
        "for_minutes": 2.0,
        "rationale": "One per cent is the target; two minutes are two samples.",
        "expected_pages_per_month": 2.0,
    },
    ("invoice-run-stalled", 1): {
        "required_action": "Start the run again from its last batch.",
        "respond_within_minutes": 60,
    },
    ("ledger-imbalance", 1): {
        "threshold": "a difference of more than EUR 25",
        "rationale": "Rounding stays below EUR 10 a day, or so we think.",
    },
    ("inbox-unavailable", 1): {
        "for_minutes": 1.0,
        "rationale": "A rolling deployment stays below 2 %. One minute is one sample.",
    },
    ("login-failures", 1): {
        "cannot_wait": "Nobody can begin a shift without signing in.",
    },
    ("login-failures", 2): {
        "threshold": "fewer than 85 % of sign-ins succeed",
        "expression": 'sum(rate(signin_total{outcome="ok"}[5m])) / sum(rate(signin_total[5m])) < 0.85',
        "rationale": "Usual are 97 %; below 85 % something of ours is broken.",
    },
    ("messages-not-delivered", 1): {
        "threshold": "more than 1,000 messages older than five minutes",
        "expected_pages_per_month": 1.5,
    },
    ("email-gateway-down", 1): {
        "for_minutes": 5.0,
        "rationale": "Five minutes without a mail have not been seen this year.",
    },
    ("email-bounces-high", 1): {
        "threshold": "more than 5 % of an hour's mails",
        "rationale": "The provider's limit is ten; half of it leaves time.",
    },
    ("primary-unreachable", 1): {
        "respond_within_minutes": 10,
    },
    ("disk-nearly-full", 1): {
        "for_minutes": 5.0,
        "rationale": "Four hours leave room for two attempts.",
    },
    ("stream-consumer-stopped", 1): {
        "required_action": "Restart the consumer; skip what it stops at.",
    },
}


def as_it_was(definition: Definition, number: int, newest: int) -> Definition:
    """Return version `number` of an alarm whose version `newest` is given."""
    for later in range(newest - 1, number - 1, -1):
        definition = replace(definition, **_CHANGED.get((definition.key, later), {}))
    return definition
