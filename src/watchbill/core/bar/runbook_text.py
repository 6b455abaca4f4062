"""What the rules about a runbook share: the text, wherever it is, and a reviewer's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from watchbill.core.bar import runbooks, said
from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Check, Fault, Unknown
from watchbill.core.bar.runbooks import Runbook
from watchbill.core.definitions import Definition

#: The field in which a runbook is written.
FIELD = "runbook"
#: The field of one that is elsewhere.
URL = "runbook_url"

TextCheck = Callable[[Runbook, Facts], Iterable[Fault | Unknown]]


def of_text(check: TextCheck) -> Check:
    """Return a rule's check from one that reads the runbook's text: hosted inside, or fetched."""

    def checked(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
        if definition.runbook.strip():
            yield from check(runbooks.parse(definition.runbook), facts)
        elif definition.runbook_url and facts.runbook_text is not None:
            for seen in check(runbooks.parse(facts.runbook_text), facts):
                yield replace(seen, field=URL) if isinstance(seen, Fault) else seen
        else:
            yield Unknown(note=_why_not(definition))

    return checked


def _why_not(definition: Definition) -> str:
    if definition.runbook_slug:
        return f"needs the text of the runbook {definition.runbook_slug}, which is not known here"
    if definition.runbook_url:
        return "needs the text behind runbook_url, which was not fetched here"
    return "there is no runbook to read: see R1"


def fault(message: str, line: int | None = None) -> Fault:
    """Return a fault of the runbook's text."""
    return Fault(message=message, field=FIELD, line=line)


def unanswered(rule: str, facts: Facts) -> Iterator[Fault | Unknown]:
    """Return what is missing until the reviewer has said yes to `rule`."""
    return said.unanswered(rule, facts, field=FIELD)
