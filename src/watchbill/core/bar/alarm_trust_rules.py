"""The rules of the bar about who stands for an alarm, and what its history says: A14 to A20.

Source: on-call-practice §7.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from watchbill.core.bar import siblings
from watchbill.core.bar.facts import Evidence, Facts, History, Limits, Sibling
from watchbill.core.bar.rules import Fault, Kind, Rule, Unknown, Weight
from watchbill.core.definitions import Definition, Origin

_DAYS_A_MONTH = 30


def _a14(_definition: Definition, facts: Facts) -> Iterator[Fault]:
    origin = facts.origin or Origin()
    parts = {"repository": origin.repository, "path": origin.path, "revision": origin.revision}
    missing = [name for name, text in parts.items() if not text.strip()]
    if missing:
        message = f"Where it is written is not known: no {', no '.join(missing)}."
        yield Fault(message=message, field="source")


def _a15(_definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    if facts.evidence is not None and _is_own_approval(facts.evidence):
        message = f"Nobody but its author {facts.evidence.author} approved the change."
        yield Fault(message=message, field="evidence")
    if facts.reviewer_id is None:
        yield Unknown(note="nobody has accepted it yet")
        return
    if facts.author_id is None:
        yield Unknown(note="who wrote it is not known here")
    elif facts.reviewer_id == facts.author_id:
        yield Fault(message="Whoever wrote it would accept it.", field="evidence")
    if facts.volunteers is None:
        yield Unknown(note="the on-call team is not known here")
    elif facts.reviewer_id not in facts.volunteers:
        yield Fault(message="Who accepts it is not in the on-call team.", field="evidence")


def _is_own_approval(evidence: Evidence) -> bool:
    """True if somebody approved it, and that was its author and nobody else."""
    author = evidence.author.strip().casefold()
    approvers = {mail.strip().casefold() for mail in evidence.approvers}
    return approvers == {author}


def _a16(definition: Definition, facts: Facts) -> Iterator[Fault]:
    history, limits = facts.history or History(), facts.limits
    a_month = history.night_pages * _DAYS_A_MONTH / limits.replay_days
    if a_month > limits.pages_a_month:
        counted = f"{history.night_pages} in the last {limits.replay_days} days"
        message = (
            f"It would have paged a volunteer {a_month:.2g} times a month ({counted});"
            f" at most {limits.pages_a_month:g} are agreed."
        )
        yield Fault(message=message, field="expression" if definition.expression else "threshold")


def _a17(_definition: Definition, facts: Facts) -> Iterator[Fault]:
    history, limits = facts.history or History(), facts.limits
    if history.trial_days < limits.trial_days:
        watched = f"watched in working hours for {_days(history.trial_days)}"
        message = f"It has been {watched}; {limits.trial_days} are needed."
        yield Fault(message=message, field="key")
    for message in (_acted_on(history, limits), _fleeting(history, limits)):
        if message:
            yield Fault(message=message, field="key")


def _acted_on(history: History, limits: Limits) -> str:
    if history.reviewed:
        if history.actionable / history.reviewed >= limits.actionable:
            return ""
        share = f"on {history.actionable} of {history.reviewed} reviewed incidents"
        return f"Something was done {share}; at least {limits.actionable:.0%} are needed."
    if history.incidents > history.fleeting:
        return f"Nobody has said of its {history.incidents} incidents whether anything was done."
    return ""


def _fleeting(history: History, limits: Limits) -> str:
    if not history.incidents or history.fleeting / history.incidents <= limits.fleeting:
        return ""
    share = f"{history.fleeting} of its {history.incidents} incidents"
    return f"{share} ended by themselves, unanswered; at most {limits.fleeting:.0%} may."


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _a18(definition: Definition, facts: Facts) -> Iterator[Fault]:
    known = facts.siblings or ()
    if not any(sibling.is_accepted for sibling in known):
        return
    index = siblings.of(known)
    same = index.overlapping(definition)
    if same is not None:
        message = f"It could match the same event as the accepted alarm {_named(same)}."
        yield Fault(message=message, field="match")
    like = index.alike(definition)
    if like is not None:
        message = f"Its title is much like that of the accepted alarm {_named(like)}."
        yield Fault(message=message, field="title")


def _named(sibling: Sibling) -> str:
    place = f" ({sibling.place})" if sibling.place else ""
    return f"{sibling.definition.key!r}{place}"


def _a19(definition: Definition, facts: Facts) -> Iterator[Fault]:
    review_by, most = definition.review_by, facts.limits.review_days
    if review_by is None:
        message = "It does not say by which day it is reviewed again."
    elif review_by <= facts.today:
        message = f"Its review was due by {review_by}."
    elif review_by > facts.today + timedelta(days=most):
        days = (review_by - facts.today).days
        message = f"Its review lies {days} days ahead; at most {most} are agreed."
    else:
        return
    yield Fault(message=message, field="review_by")


def _a20(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    if definition.escalation not in {"", "managers"}:
        message = (
            f"It escalates to {definition.escalation!r}; out of hours only managers are asked."
        )
        yield Fault(message=message, field="escalation")


RULES: tuple[Rule, ...] = (
    Rule(
        id="A14",
        title="It is defined in code",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a14,
        fix="Write it in a repository and apply it from there, by YAML or by Terraform.",
        why="What is in code is reviewed, has a history and can be brought back.",
        source="requirements AL1",
        good="source:\n  repository: https://git.example.com/payments\n"
        "  path: alarms/checkout.yml\n  revision: 4f2c9e1",
        bad="source:\n  repository: https://git.example.com/payments",
        needs=("origin",),
    ),
    Rule(
        id="A15",
        title="Somebody else accepts it, who is on call",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a15,
        fix="Ask a volunteer of the on-call team who did not write it.",
        why="Whoever may be woken decides by what; nobody lets their own work pass.",
        source="requirements AL2 and AL3",
        good="evidence:\n  author: cas@example.com\n  approvers: [vera@example.com]\n"
        "known:\n  author_id: cas\n  reviewer_id: vera\n  volunteers: [vera, otis]",
        bad="evidence:\n  author: cas@example.com\n  approvers: [cas@example.com]\n"
        "known:\n  author_id: cas\n  reviewer_id: cas\n  volunteers: [vera, otis]",
        may_be_waived=False,
    ),
    Rule(
        id="A16",
        title="It would have woken people seldom",
        kind=Kind.EVIDENCE,
        weight=Weight.BLOCK,
        check=_a16,
        fix="Raise the threshold or the duration, or remove the cause, until the past months are"
        " quiet.",
        why="The past is the best guess of what it will do to people's nights.",
        source="ISA-18.2 and EEMUA 191; on-call-practice §3",
        good="known:\n  history: {night_pages: 6}",
        bad="known:\n  history: {night_pages: 7}",
        needs=("history",),
    ),
    Rule(
        id="A17",
        title="It has proved itself in working hours",
        kind=Kind.EVIDENCE,
        weight=Weight.BLOCK,
        check=_a17,
        fix="Let it run in working hours, review its incidents, and mend it until nearly every one"
        " needs somebody.",
        why="Its own team tries it first, when nobody sleeps.",
        source="GitLab on-call shadowing (80 %); ISA-18.2, fleeting alarms",
        good="known:\n  history:\n"
        "    {trial_days: 21, incidents: 10, fleeting: 2, reviewed: 5, actionable: 4}",
        bad="known:\n  history:\n"
        "    {trial_days: 21, incidents: 10, fleeting: 3, reviewed: 5, actionable: 3}",
        needs=("history",),
    ),
    Rule(
        id="A18",
        title="No accepted alarm says the same",
        kind=Kind.LINT,
        weight=Weight.WARN,
        check=_a18,
        fix="Look at the other alarm; retire one of the two, or say in their titles what differs.",
        why="Two alarms for one problem are two pages for one night.",
        source="cloudflare/pint rule/duplicate",
        good="title: Customers cannot pay by card\nknown:\n  siblings:\n"
        "  - {key: RefundsStuck, title: Refunds wait for more than an hour}",
        bad="title: Customers cannot pay by card\nknown:\n  siblings:\n"
        "  - {key: CardsFail, title: Customers cannot pay by cards}",
        needs=("siblings",),
    ),
    Rule(
        id="A19",
        title="Its next review is near",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a19,
        fix="Set review_by to a day to come, not further ahead than the bar's limit.",
        why="No acceptance lasts longer than a term: every team that may be woken has agreed to it.",
        source="requirements AL5; terms of six months",
        good="review_by: 2027-04-30",
        bad="review_by: 2028-04-30",
        may_be_waived=False,
    ),
    Rule(
        id="A20",
        title="It escalates to managers only",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a20,
        fix="Leave escalation out, or write managers.",
        why="Whoever is not on call sleeps. Behind a volunteer stand the managers, nobody else.",
        source="requirements 1.1; DESIGN §2",
        good="escalation: managers",
        bad="escalation: payments",
        may_be_waived=False,
    ),
)
