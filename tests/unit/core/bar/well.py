"""A definition that passes every rule about an alarm, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from watchbill.core import definitions
from watchbill.core.bar.facts import Answer, Evidence, Facts, History, Sibling
from watchbill.core.definitions import Definition, Origin

TODAY = date(2026, 11, 25)
DATA: dict[str, Any] = {
    "key": "CheckoutErrorsHigh",
    "service": "checkout",
    "team": "payments",
    "title": "Customers cannot pay by card",
    "description": "{{ $value }} of all card payments fail.",
    "severity": "critical",
    "impact_kind": "real",
    "customer_impact": "Nobody can pay by card, in any country.",
    "required_action": "Fail over to the standby provider.",
    "cannot_wait": "Every hour costs customers their orders.",
    "respond_within_minutes": 15,
    "expression": "rate(errors[5m]) > 0.05",
    "for_minutes": 10.0,
    "rationale": "Retries hide up to 3 %, short dips heal.",
    "expected_pages_per_month": 0.5,
    "auto_resolve": "below 2 % for 10 minutes",
    "dedup_key": "checkout/{{ $labels.region }}",
    "review_by": date(2027, 5, 1),
}
DEFINITION = definitions.from_data(DATA)
FACTS = Facts(
    today=TODAY,
    teams=frozenset({"payments", "discovery"}),
    services={"checkout": "payments", "search": "discovery"},
    siblings=(),
    origin=Origin(repository="https://git.example.com/pay", path="a.yml", revision="4f2c9e1"),
    evidence=Evidence(
        url="https://git.example.com/pay/pull/7",
        author="cas@example.com",
        approvers=("vera@example.com",),
        revision="4f2c9e1",
    ),
    author_id="cas",
    volunteers=frozenset({"vera", "otis"}),
    reviewer_id="vera",
    answers=tuple(Answer(rule=rule, person_id="vera", is_yes=True) for rule in ("A7", "A8")),
    history=History(trial_days=20, incidents=5, reviewed=5, actionable=5),
)


def sibling(place: str = "", *, is_accepted: bool = True, **data: object) -> Sibling:
    """Return another alarm of the service."""
    definition = definitions.from_data({"service": "checkout", **data})
    return Sibling(definition=definition, is_accepted=is_accepted, place=place)


def example(fragment: str) -> tuple[Definition, Facts]:
    """Return the good definition and its facts with what a rule's example says in their place.

    `source`, `evidence` and `known` (fields of `Facts`) stand beside a definition.
    """
    data = yaml.safe_load(fragment)
    assert set(data) <= {*definitions.FIELDS, "source", "evidence", "known"}
    for waiver in data.get("waivers", ()):
        waiver["until"] = str(waiver["until"])
    facts = replace(FACTS, **_known(data.get("known", {})))
    if "source" in data:
        facts = replace(facts, origin=Origin(**data["source"]))
    if "evidence" in data:
        approvers = tuple(data["evidence"].pop("approvers"))
        facts = replace(facts, evidence=Evidence(**data["evidence"], approvers=approvers))
    return definitions.from_data({**DATA, **data}), facts


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    known = dict(data)
    if "history" in known:
        assert FACTS.history is not None
        known["history"] = replace(FACTS.history, **known["history"])
    if "volunteers" in known:
        known["volunteers"] = frozenset(known["volunteers"])
    if "siblings" in known:
        known["siblings"] = tuple(sibling(**each) for each in known["siblings"])
    return known
