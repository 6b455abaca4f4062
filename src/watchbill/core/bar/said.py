"""Said: whether a text of a definition says something, and whether a reviewer said yes.

Source: on-call-practice §7, kinds L and H.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Fault, Unknown

#: What monitoring systems put values into: `{{ $value }}`, `${ALARM}`, `%{metric}`, `$labels.x`.
#: What is never closed counts, too; every text is read once, however it nests.
TEMPLATE = re.compile(r"(?:\{\{[^{}]*(?:\}\})?|[$%]\{[^{}]*\}?|\$[A-Za-z_][\w.]*)")
#: A mail address, as far as a text alone tells.
MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{1,63}")

_PLACEHOLDER = re.compile(
    r"\b(?:TODO|TBD|FIXME|XXX|lorem ipsum)\b|<(?:insert|your)\b", re.IGNORECASE
)


def short(text: str, *, least: int) -> str:
    """Return what is wrong with a text that must have `least` characters; "" if nothing is.

    >>> short("TODO: write this down", least=10)
    'is a placeholder'
    """
    size = len(text.strip())
    if not size:
        return "is missing"
    if _PLACEHOLDER.search(text):
        return "is a placeholder"
    return f"has {size} characters; at least {least} say something" if size < least else ""


def unanswered(rule: str, facts: Facts, *, field: str) -> Iterator[Fault | Unknown]:
    """Return what is missing until the reviewer, who is not its author, has said yes to `rule`.

    Anybody's yes will do as long as nobody is about to accept it; one no is enough for a fault.
    """
    if facts.answers is None:
        yield Unknown(note="needs a reviewer's answer, which is not known here")
        return
    given = [a for a in facts.answers if a.rule == rule and a.person_id != facts.author_id]
    if facts.reviewer_id is not None:
        given = [answer for answer in given if answer.person_id == facts.reviewer_id]
    if any(not answer.is_yes for answer in given):
        yield Fault(message="A reviewer said no to this.", field=field)
    elif not given:
        yield Fault(message="No reviewer but its author has said yes to this.", field=field)
