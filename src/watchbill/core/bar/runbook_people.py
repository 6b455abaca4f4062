"""Who stands behind a runbook, and whom it names: R8 to R10, R12, R15 and R16.

Source: on-call-practice §8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from watchbill.core.bar import runbook_form, runbooks
from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Fault, Kind, Rule, Unknown, Weight
from watchbill.core.bar.runbook_text import FIELD, fault, of_text, unanswered
from watchbill.core.bar.runbooks import Runbook
from watchbill.core.definitions import Definition

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(
    r"\+\d[\d ()./-]{6,20}\d|\b(?:tel|phone|mobile|cell)\w*[.:]? {0,2}[\d(][\d ()./-]{4,20}\d"
    r"|(?<![\d.-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|\b0\d{2,4}[ /-]\d{5,}",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w./`@])@([A-Za-z][\w.-]*)")
_NAMED = re.compile(
    r"\b(?i:ask|call|ping|phone|page|contact|wake|text|dm|reach|escalate to)\s+"
    r"([A-Z][a-z]+(?:[ -][A-Z][a-z]+)?)(?![\w-])([^.\n]{0,30})"
)
_GROUP = re.compile(
    r"team|rota|manager|on-?call|group|squad|crew|duty|support|help|channel|ops|sre|eng|here"
    r"|cloud|desk|centre|center|service|platform|volunteer|provider|^the\b",
    re.IGNORECASE,
)
_TEAM = re.compile(r"\b(?:teams?|rotas?|managers?|on-?call)\b", re.IGNORECASE)


def can_get_in(runbook: Runbook, facts: Facts) -> Iterator[Fault | Unknown]:
    """R8: the systems one needs are listed, and every volunteer has said they can get in."""
    said = runbooks.access(runbook)
    if said is None:
        message = "Nothing says what one must be able to get into; `Access: none` is an answer."
        section = runbook.section("Access")
        yield fault(message, section.line if section else None)
        return
    line, systems = said
    if systems and facts.without_access is None:
        yield Unknown(note="needs the volunteers' word that they can get in, not known here")
    for system in systems:
        names = (facts.without_access or {}).get(system, ())
        if names:
            who = ", ".join(names)
            yield fault(f"Not yet confirmed that they can get into {system}: {who}.", line)


def links_answer(runbook: Runbook, facts: Facts) -> Iterator[Fault | Unknown]:
    """R9: there is a link to a board or a log, and every link answers 200."""
    if not runbook.links:
        yield fault("There is no link to a dashboard or a log.")
    seen = {link.url: link for link in reversed(runbook.links)}
    known = facts.links or {}
    for url, link in reversed(seen.items()):
        if url not in known:
            yield Unknown(note=f"needs the network to look at {url}")
        elif known[url] != runbook_form.STATUS_GOOD:
            yield fault(f"{url} {runbook_form.answered(known[url])}.", link.line)


def names_no_person(runbook: Runbook, _facts: Facts) -> Iterator[Fault]:
    """R10: Escalation names a team or a rota, and nobody by name, number or mail address."""
    escalation = runbook.section("Escalation")
    if escalation is None:
        return
    if escalation.reason is None and not _TEAM.search(escalation.text):
        yield fault("Escalation names no team and no rota.", escalation.line)
    for line in escalation.lines:
        for kind, found in _persons(line.text):
            yield fault(f"`{found}` is {kind}; name a team or a rota.", line.number)


def _persons(text: str) -> Iterator[tuple[str, str]]:
    mail, phone = _MAIL.search(text), _PHONE.search(text)
    if mail:
        yield "a mail address", mail[0]
    if phone:
        yield "a phone number", phone[0].strip()
    for handle in _HANDLE.finditer(text):
        if not _GROUP.search(handle[1]):
            yield "one person's handle", handle[0]
    for named in _NAMED.finditer(text):
        if not _GROUP.search(named[1]) and not _GROUP.search(named[2]):
            yield "a person's name", named[1]


def is_kept(runbook: Runbook, facts: Facts) -> Iterator[Fault]:
    """R12: it names its owner, and was read and used not long ago."""
    owner = runbook.said("Owner")
    if owner is None or not owner.text:
        yield fault("No line `Owner:` says which team keeps it.")
    yield from _aged(runbook, "Last reviewed", facts.limits.reviewed_days, facts.today)
    used = facts.history.last_used_on if facts.history else None
    if used is None or (facts.today - used).days > facts.limits.exercised_days:
        yield from _aged(runbook, "Last exercised", facts.limits.exercised_days, facts.today)


def _aged(runbook: Runbook, label: str, most: int, today: date) -> Iterator[Fault]:
    said = runbook.said(label)
    if said is None or not said.text:
        yield fault(f"No line `{label}:` says when.")
        return
    on = _day(said.text)
    if on is None:
        yield _overdue(f"`{label}: {said.text[:40]}` is not a day such as 2026-11-01.", said.number)
    elif on > today:
        yield _overdue(f"`{label}: {on}` has not come yet.", said.number)
    elif (today - on).days > most:
        age = f"{(today - on).days} days ago; the most is {most}"
        yield _overdue(f"`{label}: {on}` is {age}.", said.number)


def _overdue(message: str, line: int) -> Fault:
    return Fault(message=message, field=FIELD, line=line, weight=Weight.BLOCK)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def was_walked_through(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    """R15: a volunteer of another team, who is not its author, could do this at 3 a.m."""
    yield from unanswered("R15", facts)
    volunteers, reviewer = facts.volunteers, facts.reviewer_id
    if reviewer is None:
        return
    if volunteers is not None and reviewer not in volunteers:
        yield fault("Who walked through it is not in the on-call team.")
    owner = definition.team or (facts.services or {}).get(definition.service, "")
    if owner and facts.reviewer_teams is not None and owner in facts.reviewer_teams:
        yield fault(f"Who walked through it is of the team {owner} itself.")


def helped(_definition: Definition, facts: Facts) -> Iterator[Fault]:
    """R16: of its last uses it helped in most."""
    uses, limits = facts.history.helped if facts.history else (), facts.limits
    last = uses[: limits.uses]
    failed = last.count(False)
    if failed > limits.uses - limits.uses_helped:
        yield fault(f"It did not help in {failed} of its last {len(last)} uses.")


R8 = Rule(
    id="R8",
    title="It lists what one must be able to get into",
    kind=Kind.HUMAN,
    weight=Weight.BLOCK,
    check=of_text(can_get_in),
    fix="List the systems in a section `Access`; each volunteer confirms them under their name.",
    why="A login that does not work at 3 a.m. makes every other line useless.",
    source="on-call-practice §8 R8; VO6",
    good="runbook: |\n  ## Access\n  - Grafana\n  - AWS console: role `oncall`\n",
    bad="runbook: |\n  ## Access\n",
)

R9 = Rule(
    id="R9",
    title="It links to a board or a log, and its links work",
    kind=Kind.NETWORK,
    weight=Weight.WARN,
    check=of_text(links_answer),
    fix="Link the dashboard or the log query that Diagnosis speaks of, and mend dead links.",
    why="Searching for the right board costs the minutes in which customers wait.",
    source="on-call-practice §8 R9; GitLab alert playbook; pint rule/link",
    good="runbook: |\n  The board: https://grafana.example/d/checkout\n",
    bad="runbook: |\n  The board is somewhere in Grafana.\n",
)

R10 = Rule(
    id="R10",
    title="Escalation names a team or a rota, and no person",
    kind=Kind.LINT,
    weight=Weight.BLOCK,
    check=of_text(names_no_person),
    fix="Strike names, handles, numbers and mail addresses; say which rota or team.",
    why="People move, sleep and are on holiday; nobody is called who did not volunteer.",
    source="on-call-practice §8 R10; GitLab alert playbook",
    good=(
        "runbook: |\n"
        "  ## Escalation\n"
        "  Escalate to the duty manager when customers still cannot pay after thirty minutes. The\n"
        "  payments team reads the incident in the morning.\n"
    ),
    bad=(
        "runbook: |\n"
        "  ## Escalation\n"
        "  Call Niamh Byrne at +353 86 555 0142 when customers still cannot pay, whatever the\n"
        "  hour is; the payments team does not mind that at all.\n"
    ),
)

R12 = Rule(
    id="R12",
    title="It has an owner, and was read and used not long ago",
    kind=Kind.LINT,
    weight=Weight.WARN,
    check=of_text(is_kept),
    fix="Write `Owner:`, `Last reviewed:` and `Last exercised:` with a team and days as 2026-11-01.",
    why="A runbook that nobody has read for half a year describes another system.",
    source="on-call-practice §8 R12",
    good="runbook: |\n  Owner: payments\n  Last reviewed: 2026-11-01\n  Last exercised: 2026-06-15\n",
    bad="runbook: |\n  Owner: payments\n  Last reviewed: 2025-03-01\n  Last exercised: 2026-06-15\n",
)

R15 = Rule(
    id="R15",
    title="A volunteer of another team could do this at 3 a.m.",
    kind=Kind.HUMAN,
    weight=Weight.BLOCK,
    check=was_walked_through,
    fix="Ask a volunteer of another team to walk through it, and mend what they stumble over.",
    why="Who wrote it cannot see what a stranger does not know.",
    source="on-call-practice §8 R15",
    good="# Answered yes by a volunteer of another team.\n",
    bad="# Answered by its author, or by nobody.\n",
    needs=("answers",),
    may_be_waived=False,
    question="I have walked through it, and could do this at 3 a.m.",
)

R16 = Rule(
    id="R16",
    title="It helped those who used it",
    kind=Kind.EVIDENCE,
    weight=Weight.BLOCK,
    check=helped,
    fix="Read what its last users wrote about it, mend it, and propose it again.",
    why="A runbook that does not help is known only to those who were woken with it.",
    source="on-call-practice §8 R16; RB4",
    good="# Of the last three uses it helped in two.\n",
    bad="# Of the last three uses it helped in one.\n",
    needs=("history",),
)

RULES = (R8, R9, R10, R12, R15, R16)
