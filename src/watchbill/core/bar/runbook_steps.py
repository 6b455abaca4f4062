"""What a runbook tells its reader to do: R5 to R7 and R11.

Source: on-call-practice §8.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Fault, Kind, Rule, Unknown, Weight
from watchbill.core.bar.runbook_lines import Line, Shape
from watchbill.core.bar.runbook_text import fault, of_text, unanswered
from watchbill.core.bar.runbooks import Runbook, Section

_TOOLS = (
    "kubectl|helm|aws|gcloud|az|docker|psql|mysql|redis-cli|systemctl|journalctl|curl|ssh|sudo"
    "|terraform|kill|rabbitmqctl|kafka-[a-z-]+|mongosh|nomad|consul|vault"
)
#: A command as a line of prose: `$ something`, or a tool and what looks like its arguments.
_BARE = re.compile(
    rf"\s*(?:[Rr]un:? )?(?:\$ \S|(?:{_TOOLS}) (?:-|[\w./-]+ (?:-|[\w.-]+[/=:])|\w+ \w+-\w))"
)
_INLINE = re.compile(rf"`(?:\$ )?(?:{_TOOLS}) [^`]+`")
_DESTROYS = re.compile(
    r"\b(?:drop|delete|truncate|terminate|fail[- ]?over|rm\s+-\w*[rf])(?:s|d|ing)?\b", re.IGNORECASE
)
_WARNS = re.compile(
    r"\b(?:warning|caution|careful|danger|irreversible|roll(?:s|ing)?[- ]?back|undo|undone"
    r"|revert|restore|back ?up)",
    re.IGNORECASE,
)
_BRANCHES = re.compile(
    r"\b(?:if|when|expect(?:ed)?|should|otherwise|else|unless|means?|normal(?:ly)?|usual(?:ly)?"
    r"|healthy|then|shows?|at most|at least|below|above)\b|->|→|=>",
    re.IGNORECASE,
)
_SIGNAL = re.compile(
    r"`[^`]+`|\"[^\"]{3,}\"|https?://|\b(?:rate|ratio|share|age|board|curve|gauge|latency|errors?|queue|lag|panel|graph|dashboard|metric"
    r"|count|percent\w*|status|checks?|alerts?|alarms?|incident|logs?|p\d\d|probe|traffic"
    r"|requests?|responses?|orders?|time|usage|memory|cpu|disk|replicas?|pods?|connections?)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"\d|\b(?:zero|none|empty|healthy|green|resolved|ok|ready|running|normal|half|no)\b",
    re.IGNORECASE,
)
_STOPS = re.compile(
    r"back to (?:sleep|bed)|\bmorning\b|next (?:working|business) day|\b(?:can|may) wait"
    r"|working hours|\bstop (?:here|when|if|as soon|once)\b|\b(?:you|are) (?:may stop|done)\b",
    re.IGNORECASE,
)


def says_what_to_do(runbook: Runbook, _facts: Facts) -> Iterator[Fault]:
    """R5: Mitigation has numbered steps, commands stand in code, what destroys has a way back."""
    mitigation = runbook.section("Mitigation")
    if mitigation is None:
        return
    if not mitigation.steps:
        yield fault("Mitigation has no numbered step.", mitigation.line)
    for line in mitigation.lines:
        if line.shape in {Shape.STEP, Shape.BULLET, Shape.PROSE} and _BARE.match(line.text):
            yield fault(f"The command `{line.text[:60]}` is not in a code block.", line.number)
        elif line.shape is not Shape.CODE and _INLINE.search(line.text):
            message = "A command within a sentence is easy to copy wrongly; give it a code block."
            yield _warning(message, line.number)


def warns(runbook: Runbook, _facts: Facts) -> Iterator[Fault]:
    """R5: what destroys has a warning or a way back in the same section."""
    if not _DESTROYS.search(runbook.text):
        return
    for section in _innermost(runbook):
        told = (line for line in section.lines if line.shape in {Shape.CODE, Shape.STEP})
        found = next(((n, m) for n in told if (m := _DESTROYS.search(n.text))), None)
        if found and not _WARNS.search(section.text):
            message = f"`{found[1][0]}` has neither a warning nor a way back in {section.title}."
            yield _warning(message, found[0].number)


def _innermost(runbook: Runbook) -> Iterator[Section]:
    """Return the sections that no other of the second level or below lies around."""
    covered = 0
    for section in runbook.sections:
        is_title = section.line == runbook.title_line and section.title == runbook.title
        if not is_title and section.line > covered:
            covered = section.lines[-1].number if section.lines else section.line
            yield section


def _warning(message: str, line: int) -> Fault:
    return Fault(message=message, field="runbook", line=line, weight=Weight.WARN)


def _commands(runbook: Runbook, facts: Facts) -> Iterator[Fault]:
    yield from says_what_to_do(runbook, facts)
    yield from warns(runbook, facts)


def branches(runbook: Runbook, _facts: Facts) -> Iterator[Fault]:
    """R6: every step of Diagnosis says what to expect, or where to go from there."""
    diagnosis = runbook.section("Diagnosis")
    if diagnosis is None or diagnosis.reason is not None:
        return
    steps = list(_steps(diagnosis))
    if not steps:
        yield fault("Diagnosis has no steps.", diagnosis.line)
    for line, text in steps:
        if not _BRANCHES.search(text):
            yield fault("This step does not say what to expect, or what then.", line.number)


def _steps(section: Section) -> Iterator[tuple[Line, str]]:
    """Return each step with all that is said below it; bullets, where nothing is numbered."""
    mark = Shape.STEP if section.steps else Shape.BULLET
    starts = [at for at, line in enumerate(section.lines) if line.shape is mark]
    for start, end in itertools.pairwise([*starts, len(section.lines)]):
        yield section.lines[start], "\n".join(line.text for line in section.lines[start:end])


def verifies(runbook: Runbook, facts: Facts) -> Iterator[Fault | Unknown]:
    """R7: Verification names a signal and the value it returns to, and a reviewer agrees."""
    verification = runbook.section("Verification")
    text = verification.text if verification and verification.reason is None else ""
    line = verification.line if verification else None
    if not _SIGNAL.search(text):
        yield fault("Verification names no signal: a graph, a metric, a check.", line)
    if not _VALUE.search(text):
        yield fault("Verification names no value that the signal returns to.", line)
    yield from unanswered("R7", facts)


def says_when_to_stop(runbook: Runbook, facts: Facts) -> Iterator[Fault | Unknown]:
    """R11: it says when one may go back to sleep and what waits, and a reviewer agrees."""
    if not _STOPS.search(runbook.text):
        yield fault("Nothing says when to stop, and what may wait until the morning.")
    yield from unanswered("R11", facts)


R5 = Rule(
    id="R5",
    title="Mitigation is numbered steps with commands to copy",
    kind=Kind.LINT,
    weight=Weight.BLOCK,
    check=of_text(_commands),
    fix="Number the steps, put each command into a code block, and say how to undo what destroys.",
    why="At night one follows steps; what must be composed or cannot be undone goes wrong.",
    source="on-call-practice §8 R5; Rootly runbook glossary",
    good=(
        "runbook: |\n"
        "  ## Mitigation\n"
        "  1. Put the last version back. It takes two minutes and customers notice nothing of it:\n\n"
        "     ```sh\n"
        "     kubectl rollout undo deployment/checkout\n"
        "     ```\n"
        "  2. If errors stay above 1 % after five minutes, switch the provider off in the console.\n"
    ),
    bad=(
        "runbook: |\n"
        "  ## Mitigation\n"
        "  Put the last version back with kubectl and see whether that helps; otherwise look at\n"
        "  what was changed last and put that back as well, or switch the provider off.\n"
    ),
)

R6 = Rule(
    id="R6",
    title="Each step of Diagnosis says what to expect",
    kind=Kind.LINT,
    weight=Weight.WARN,
    check=of_text(branches),
    fix="Say in each step what is normal, or: if this, then that.",
    why="A stranger sees a graph and does not know whether it is good or bad.",
    source="on-call-practice §8 R6; Rootly; GitLab alert playbook",
    good=(
        "runbook: |\n"
        "  ## Diagnosis\n"
        "  1. Open the board https://grafana.example/d/checkout and look at errors by provider.\n"
        "     If one provider is above 5 %, it is the cause: go to step 2 of Mitigation.\n"
        "  2. Otherwise look at the last deployment; if it is younger than an hour, undo it.\n"
    ),
    bad=(
        "runbook: |\n"
        "  ## Diagnosis\n"
        "  1. Open the board https://grafana.example/d/checkout and look at the errors by provider.\n"
        "  2. Look at the last deployment and at who made it and at what was in it, please.\n"
    ),
)

R7 = Rule(
    id="R7",
    title="Verification names a signal and its value",
    kind=Kind.HUMAN,
    weight=Weight.BLOCK,
    check=of_text(verifies),
    fix="Say which graph, metric or check returns to what value, and within which time.",
    why="Without it nobody knows whether it is over, and stays awake or goes to bed too early.",
    source="on-call-practice §8 R7; Rootly runbook glossary",
    good=(
        "runbook: |\n"
        "  ## Verification\n"
        "  The panel Errors by provider is below 1 % for ten minutes, and orders a minute are back\n"
        "  above 30. The incident then resolves by itself.\n"
    ),
    bad=(
        "runbook: |\n"
        "  ## Verification\n"
        "  Look around for a while and make sure that everything is as it should be again and\n"
        "  that nobody complains about it any more in the usual places.\n"
    ),
    question="Does Verification say which signal returns to what value?",
)

R11 = Rule(
    id="R11",
    title="It says when to stop",
    kind=Kind.HUMAN,
    weight=Weight.BLOCK,
    check=of_text(says_when_to_stop),
    fix="Say when to go back to sleep, and what waits for the owning team in the morning.",
    why="Finding the root cause is the owning team's, in its working hours, and never the volunteer's.",
    source="on-call-practice §8 R11; FU2",
    good=(
        "runbook: |\n"
        "  Stop when errors are below 1 %. Why it happened waits for the team in the morning.\n"
    ),
    bad="runbook: |\n  Find out why it happened.\n",
    question="Does it say when to go back to sleep, and what waits for the owning team?",
)

RULES = (R5, R6, R7, R11)
