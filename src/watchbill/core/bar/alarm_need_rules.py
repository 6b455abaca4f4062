"""The rules of the bar about why an alarm may wake somebody, and when it fires: A7 to A13.

Source: on-call-practice §7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchbill.core.bar import said
from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Fault, Kind, Rule, Unknown, Weight
from watchbill.core.definitions import Definition
from watchbill.core.events import Severity

_SHORTEST_IMPACT = 20
_SHORTEST_REASON = 10
_NAME = re.compile(r"[A-Za-z_]\w*")
_BETWEEN = re.compile(r"[\s,;+]+")
#: Names of what is another value at every event of one condition.
_VOLATILE = frozenset(
    {
        *("value", "values", "valuestring", "current_value", "currentvalue", "metric_value"),
        *("time", "timestamp", "ts", "date", "datetime", "now", "today", "epoch", "unixtime"),
        *("startsat", "endsat", "starts_at", "ends_at", "fired_at", "triggered_at", "updated_at"),
        *("random", "rand", "randint", "nonce", "uuid", "uuid4", "uuidv4", "guid", "ulid"),
        *("pod", "pod_name", "podname", "pod_uid", "pod_hash", "pod_template_hash"),
        *("container_id", "event_id", "message_id", "request_id", "trace_id", "span_id"),
        *("session_id", "build_id", "counter", "count", "sequence", "seqno", "attempt", "len"),
    }
)
_VOLATILE_ENDS = ("_timestamp", "_time", "_uuid", "_at")


def _a7(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    wrong = said.short(definition.customer_impact, least=_SHORTEST_IMPACT)
    if wrong:
        yield Fault(message=f"The customer impact {wrong}.", field="customer_impact")
    if definition.impact_kind not in {"real", "inevitable"}:
        kind = definition.impact_kind
        message = f"The kind of impact is {kind!r}: neither real nor inevitable."
        if not kind:
            message = "It does not say whether the impact is real or inevitable."
        yield Fault(message=message, field="impact_kind")
    within = definition.impact_within_minutes
    if definition.impact_kind == "inevitable" and (within is None or within <= 0):
        message = "It does not say within how many minutes customers will feel it."
        yield Fault(message=message, field="impact_within_minutes")
    yield from said.unanswered("A7", facts, field="customer_impact")


def _a8(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    for field in ("required_action", "cannot_wait"):
        wrong = said.short(getattr(definition, field), least=_SHORTEST_REASON)
        if wrong:
            yield Fault(message=f"{_A8_NAMES[field]} {wrong}.", field=field)
    yield from said.unanswered("A8", facts, field="cannot_wait")


_A8_NAMES = {
    "required_action": "What a person must do",
    "cannot_wait": "Why that cannot wait until morning",
}


def _a9(definition: Definition, facts: Facts) -> Iterator[Fault]:
    minutes, most = definition.respond_within_minutes, facts.limits.respond_within_minutes
    if minutes is None or minutes <= 0:
        message = "It does not say within how many minutes somebody must respond."
        yield Fault(message=message, field="respond_within_minutes")
    elif definition.severity is Severity.CRITICAL and minutes > most:
        message = f"A response within {minutes} minutes can wait: what pages needs one in {most}."
        yield Fault(message=message, field="respond_within_minutes")


def _a10(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    if not (definition.threshold.strip() or definition.expression.strip()):
        message = "Neither a threshold nor an expression says when it fires."
        yield Fault(message=message, field="threshold")
    if definition.for_minutes is None or definition.for_minutes < 0:
        message = "It does not say for how long the condition must hold."
        yield Fault(message=message, field="for_minutes")
    wrong = said.short(definition.rationale, least=_SHORTEST_REASON)
    if wrong:
        message = f"Why this threshold and this duration {wrong}."
        yield Fault(message=message, field="rationale")


def _a11(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    if not definition.auto_resolve.strip():
        message = "It does not say when it resolves by itself."
        yield Fault(message=message, field="auto_resolve")


def _a12(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    key = definition.dedup_key.strip()
    if not key:
        yield Fault(message="The dedup key is missing.", field="dedup_key")
    for name in _volatile(key):
        message = f"The dedup key holds {name!r}, which is another at every event."
        yield Fault(message=message, field="dedup_key")


def _volatile(key: str) -> list[str]:
    """Return the names in a dedup key that change from event to event, each once.

    What is in a template is looked through; of a list of names, each: `alertname, value`. Other
    words are the same every time, such as `checkout/time-to-first-byte`.
    """
    inside = [name for found in said.TEMPLATE.findall(key) for name in _NAME.findall(found)]
    outside = [
        word.rsplit(".", maxsplit=1)[-1] for word in _BETWEEN.split(said.TEMPLATE.sub(" ", key))
    ]
    changing = [name for name in inside if name.lower().endswith(_VOLATILE_ENDS)]
    known = [name for name in (*inside, *outside) if name.lower() in _VOLATILE]
    return list(dict.fromkeys(known + changing))


def _a13(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    expected = definition.expected_pages_per_month
    if expected is None or expected < 0:
        message = "It does not say how many pages a month are expected."
        yield Fault(message=message, field="expected_pages_per_month")


RULES: tuple[Rule, ...] = (
    Rule(
        id="A7",
        title="Customers feel it, or inevitably will",
        kind=Kind.HUMAN,
        weight=Weight.BLOCK,
        check=_a7,
        fix="Write what customers cannot do, whether they feel it now (real) or will (inevitable),"
        " and then within how many minutes.",
        why="Nobody is woken for a machine. What no customer ever feels waits until morning.",
        source="requirements 1.1 and AL9; ISA-18.2, consequence of inaction",
        good="impact_kind: inevitable\nimpact_within_minutes: 45\n"
        "customer_impact: Nobody can pay once the queue is full.",
        bad="impact_kind: inevitable\ncustomer_impact: Queue is full.",
        question="Is this pain of customers, real now or inevitable within that time?",
    ),
    Rule(
        id="A8",
        title="A person must act, and cannot wait",
        kind=Kind.HUMAN,
        weight=Weight.BLOCK,
        check=_a8,
        fix="Write what the person does, and what gets worse if it is done in the morning.",
        why="An alert is something that requires a human to act. Without an action it is news.",
        source="PagerDuty alerting principles; ISA-18.2, operator action",
        good="required_action: Fail over to the standby provider.\n"
        "cannot_wait: Every hour costs customers their orders.",
        bad='required_action: Have a look.\ncannot_wait: ""',
        question="Must a person do this, and would it be worse by the morning?",
    ),
    Rule(
        id="A9",
        title="It says how soon somebody must respond",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a9,
        fix="Set respond_within_minutes; if it may be more than the bar's limit, lower the severity"
        " and let it wait for working hours.",
        why="What may wait for hours may wait for the team that knows it best.",
        source="ISA-18.2, time to respond",
        good="severity: critical\nrespond_within_minutes: 30",
        bad="severity: critical\nrespond_within_minutes: 600",
    ),
    Rule(
        id="A10",
        title="Its threshold and duration are reasoned",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a10,
        fix="Write threshold or expression, for_minutes, and in rationale why these.",
        why="A threshold nobody can explain is one nobody dares to change.",
        source="GitLab runbooks; cloudflare/pint alerts/for and alerts/comparison",
        good="threshold: more than 5 % of payments fail\nfor_minutes: 10\n"
        "rationale: Retries hide up to 3 %, and short dips heal within five minutes.",
        bad="threshold: more than 5 % of payments fail\nfor_minutes: null",
    ),
    Rule(
        id="A11",
        title="It says when it is over",
        kind=Kind.LINT,
        weight=Weight.WARN,
        check=_a11,
        fix="Write in auto_resolve what ends it.",
        why="An alarm that never ends hides the next one.",
        source="ISA-18.2, stale alarms",
        good="auto_resolve: below 2 % for 10 minutes",
        bad='auto_resolve: ""',
    ),
    Rule(
        id="A12",
        title="Its dedup key stays the same",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a12,
        fix="Build dedup_key from what stays the same while the condition lasts: no values, times,"
        " counters or names of pods.",
        why="A key that changes makes a new alert, and a new page, of every event.",
        source="cloudflare/pint alerts/template",
        good='dedup_key: "checkout/{{ $labels.region }}"',
        bad='dedup_key: "checkout/{{ $labels.pod }}/{{ $value }}"',
    ),
    Rule(
        id="A13",
        title="It says how often it is expected",
        kind=Kind.LINT,
        weight=Weight.WARN,
        check=_a13,
        fix="Set expected_pages_per_month; 0.1 is about once a year.",
        why="What fires more often than its author thought is not understood.",
        source="GitLab runbooks, expected frequency",
        good="expected_pages_per_month: 0.5",
        bad="expected_pages_per_month: null",
    ),
)
