"""Rules: what one is, and how a definition is held against all of them.

A rule is a small function from a definition and its facts to the faults it sees. The rules
themselves are in `alarm_rules.py` (A1 to A20) and `runbook_rules.py` (R1 to R17); `bar.py` lists
them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from watchbill.core.bar.facts import Facts
from watchbill.core.definitions import Definition, Waiver

#: Most faults that one rule names of one definition.
MOST_FAULTS = 50


class Kind(Enum):
    """What a rule needs in order to be checked."""

    #: The text alone.
    LINT = "lint"
    #: The network.
    NETWORK = "network"
    #: The history of events and pages.
    EVIDENCE = "evidence"
    #: A person's answer.
    HUMAN = "human"


class Weight(Enum):
    """What a fault means."""

    #: The alarm cannot be accepted.
    BLOCK = "block"
    #: Somebody should look.
    WARN = "warn"


class Outcome(Enum):
    """What came of a rule."""

    #: It is met.
    PASSED = "passed"
    #: It is not met.
    FAILED = "failed"
    #: It fails, and a waiver that still counts says why that may be.
    WAIVED = "waived"
    #: What it needs is not known here: the network, the history, a person's answer.
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something a rule sees wrong: one sentence for its author, and where it stands."""

    message: str
    #: The definition's field, as it is written.
    field: str
    #: The line within the field's text, from 1; None for the field itself.
    line: int | None = None
    #: None: the rule's own weight.
    weight: Weight | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """What a rule would need in order to say yes, and is not known here: text, an answer."""

    note: str


#: It sees faults, or sees none but cannot tell all (then it is not checked), or sees nothing.
Check = Callable[[Definition, Facts], Iterable[Fault | Unknown]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the bar. `good` and `bad` are YAML fragments for its page in the docs."""

    id: str
    title: str
    kind: Kind
    weight: Weight
    check: Check
    #: One sentence: what to do about a fault.
    fix: str
    #: Why it is there.
    why: str
    source: str
    good: str
    bad: str
    #: Names of `Facts` that must be known; it is not checked otherwise.
    needs: tuple[str, ...] = ()
    #: False for what no waiver lifts.
    may_be_waived: bool = True
    #: The question to a person, for rules of kind HUMAN and those with a human part.
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one rule for one definition; a rule with several faults gives several."""

    rule: str
    kind: Kind
    weight: Weight
    outcome: Outcome
    title: str
    message: str = ""
    fix: str = ""
    field: str = ""
    line: int | None = None
    #: Why it is waived, or what it needs.
    note: str = ""

    @property
    def is_blocking(self) -> bool:
        """True if acceptance waits for this: it fails, and its weight is to block."""
        return self.outcome is Outcome.FAILED and self.weight is Weight.BLOCK


def hold(rules: Sequence[Rule], definition: Definition, facts: Facts) -> tuple[Finding, ...]:
    """Hold a definition against `rules`; return what came of each, in their order."""
    return tuple(finding for rule in rules for finding in _findings(rule, definition, facts))


def _findings(rule: Rule, definition: Definition, facts: Facts) -> Iterator[Finding]:
    unknown = [name for name in rule.needs if getattr(facts, name) is None]
    if unknown:
        note = f"needs {', '.join(unknown)}, which is not known here"
        yield _finding(rule, Outcome.NOT_CHECKED, note=note)
        return
    seen = tuple(_some(rule.check(definition, facts)))
    faults = tuple(each for each in seen if isinstance(each, Fault))
    waiver = _waiver(rule, definition, facts.today) if faults else None
    for fault in faults:
        yield _finding(rule, Outcome.WAIVED if waiver else Outcome.FAILED, fault, _said(waiver))
    if not faults:
        yield _without_fault(rule, seen)


def _some(seen: Iterable[Fault | Unknown]) -> Iterator[Fault | Unknown]:
    """Return what a rule sees, with no more faults than its author can read at once."""
    faults = 0
    for each in seen:
        yield each
        faults += isinstance(each, Fault)
        if faults == MOST_FAULTS:
            return


def _without_fault(rule: Rule, seen: Iterable[Fault | Unknown]) -> Finding:
    notes = "; ".join(each.note for each in seen if isinstance(each, Unknown))
    return _finding(rule, Outcome.NOT_CHECKED if notes else Outcome.PASSED, note=notes)


def _finding(rule: Rule, outcome: Outcome, fault: Fault | None = None, note: str = "") -> Finding:
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        weight=(fault.weight if fault else None) or rule.weight,
        outcome=outcome,
        title=rule.title,
        message=fault.message if fault else "",
        fix=rule.fix if fault else "",
        field=fault.field if fault else "",
        line=fault.line if fault else None,
        note=note,
    )


def _waiver(rule: Rule, definition: Definition, today: date) -> Waiver | None:
    if not rule.may_be_waived:
        return None
    return next((w for w in definition.waivers if w.rule == rule.id and today <= w.until), None)


def _said(waiver: Waiver | None) -> str:
    return f"waived until {waiver.until} by {waiver.owner}: {waiver.reason}" if waiver else ""
