"""What a runbook looks like: R1 to R4, R13, R14 and R17.

Source: on-call-practice §8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchbill.core.bar import leaks
from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Fault, Kind, Rule, Unknown, Weight
from watchbill.core.bar.runbook_lines import Line, Shape
from watchbill.core.bar.runbook_text import URL, fault, of_text
from watchbill.core.bar.runbooks import Runbook
from watchbill.core.definitions import Definition

#: The sections of every runbook, each a heading of this one word.
SECTIONS = ("Meaning", "Impact", "Diagnosis", "Mitigation", "Verification", "Escalation")

#: What an address that can be read answers.
STATUS_GOOD = 200
_FEWEST_OF_REASON = 3
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|TBD|TBA|FIXME|[Xx]{3,})\b|\b[Tt]o ?do:|\?\?\?"
    r"|[Ll]orem ipsum|[<\[]\s?(?:[Ii]nsert|INSERT|[Ff]ill|[Yy]our)\s|\b[Tt]o be (?:written|decided|defined)\b"
)
_SENTENCE_ENDS = re.compile(r"[.!?:;](?:\s|$)")


def exists(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    """R1: it is hosted inside, or its address answers 200."""
    if definition.runbook.strip():
        return
    url = definition.runbook_url.strip()
    if definition.runbook_slug and not url:
        yield Unknown(note=f"needs the runbook {definition.runbook_slug}, not known here")
    elif not url:
        yield fault("The alarm has no runbook.")
    elif facts.links is None or url not in facts.links:
        yield Unknown(note=f"needs the network to look at {url}")
    elif facts.links[url] != STATUS_GOOD:
        yield Fault(message=f"{url} {answered(facts.links[url])}.", field=URL)


def answered(status: int) -> str:
    """Return what came of looking at an address, as the end of a sentence."""
    if status < 0:
        return "is on a host that is not on the allow-list, so nobody could look"
    return f"answers {status} instead of 200" if status else "could not be reached"


def titled(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    """R2: its title has the alarm's key or title in it, however they are written."""

    def check(runbook: Runbook, _facts: Facts) -> Iterator[Fault]:
        title, names = _folded(runbook.title), (definition.key, definition.title)
        if not runbook.title:
            yield fault(f"The runbook has no title; begin it with `# {definition.key}`.", 1)
        elif not any(name and name in title for name in map(_folded, names)):
            message = f"The title `{runbook.title}` does not name the alarm {definition.key}."
            yield fault(message, runbook.title_line)

    yield from of_text(check)(definition, facts)


def _folded(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def has_sections(runbook: Runbook, facts: Facts) -> Iterator[Fault]:
    """R3: the six sections are there and say something, or why they do not apply."""
    fewest = facts.limits.section_words
    for name in SECTIONS:
        section = runbook.section(name)
        if section is None:
            yield fault(f"There is no section {name}; add a heading `## {name}`.")
        elif section.reason is not None:
            if len(section.reason.split()) < _FEWEST_OF_REASON:
                yield fault(f"{name} is marked n/a without a reason.", section.line)
        elif section.words < fewest:
            message = f"{name} has {section.words} words; it needs {fewest}, or `n/a: why`."
            yield fault(message, section.line)


def is_written(runbook: Runbook, _facts: Facts) -> Iterator[Fault]:
    """R4: nothing in it says that something is still to be written."""
    if not _PLACEHOLDER.search(runbook.text):
        return
    for line in runbook.lines:
        found = _PLACEHOLDER.search(line.text)
        if found:
            yield fault(
                f"`{found[0].strip()}` stands where something is to be written.", line.number
            )


def has_no_secret(runbook: Runbook, _facts: Facts) -> Iterator[Fault]:
    """R13: nothing in it is a password, a token or a key."""
    for leak in leaks.find(runbook.text):
        yield fault(leak.message, leak.line)


def reads_easily(runbook: Runbook, facts: Facts) -> Iterator[Fault]:
    """R14: Mitigation is soon reached, and sentences are short."""
    mitigation = runbook.section("Mitigation")
    before = [line for line in runbook.lines if mitigation and line.number < mitigation.line]
    words = sum(len(line.text.split()) for line in before)
    most = facts.limits.words_before_mitigation
    if mitigation and words > most:
        yield fault(
            f"There are {words} words before Mitigation; the most is {most}.", mitigation.line
        )
    lengths = list(_sentences(runbook.lines))
    if lengths:
        average = sum(length for length, _ in lengths) / len(lengths)
        if average > facts.limits.sentence_words:
            message = f"A sentence has {average:.0f} words on average; {{}} is the most."
            longest = max(lengths, key=lambda pair: pair[0])[1]
            yield fault(message.format(f"{facts.limits.sentence_words:g}"), longest)


def _sentences(lines: tuple[Line, ...]) -> Iterator[tuple[int, int]]:
    """Return each sentence's words and the line it ends on; a paragraph ends one, an item too."""
    words, last = 0, 0
    for line in lines:
        is_prose = line.shape is Shape.PROSE
        if words and (line.number != last + 1 or not is_prose):
            yield words, last
            words = 0
        if line.shape in {Shape.CODE, Shape.HEADING}:
            continue
        *ended, rest = _SENTENCE_ENDS.split(line.text)
        for sentence in ended:
            words += len(sentence.split())
            if words:
                yield words, line.number
            words = 0
        words, last = words + len(rest.split()), line.number
    if words:
        yield words, last


def is_there_at_night(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    """R17: pictures say in words what they show, and a page carries the text itself."""
    if definition.runbook_url and not (definition.runbook.strip() or definition.runbook_slug):
        yield Fault(message="The page carries a link only; without VPN it is empty.", field=URL)


def has_words_for_images(runbook: Runbook, _facts: Facts) -> Iterator[Fault]:
    """R17: every picture has a text in its place."""
    for image in runbook.images:
        if not image.alt:
            yield fault(f"The picture {image.url} has no text in its place.", image.line)


def _at_night(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    yield from is_there_at_night(definition, facts)
    yield from of_text(has_words_for_images)(definition, facts)


R1 = Rule(
    id="R1",
    title="There is a runbook, and it can be read",
    kind=Kind.NETWORK,
    weight=Weight.BLOCK,
    check=exists,
    fix="Write the runbook into `runbook`, or give an address that answers 200.",
    why="A volunteer who is woken knows neither the service nor its team; the runbook is all there is.",
    source="on-call-practice §8 R1; RB1; kubernetes-mixin runbook.md; pint rule/link",
    good="runbook: |\n  # CheckoutErrorRate\n",
    bad="runbook: ''\n",
    may_be_waived=False,
)

R2 = Rule(
    id="R2",
    title="Its title names the alarm",
    kind=Kind.LINT,
    weight=Weight.BLOCK,
    check=titled,
    fix="Begin the runbook with `# ` and the alarm's key or title.",
    why="Whoever opens it at night must see at once that it is the right one.",
    source="on-call-practice §8 R2; prometheus-operator runbooks",
    good="runbook: |\n  # CheckoutErrorRate: customers cannot pay\n",
    bad="runbook: |\n  # What to do\n",
)

R3 = Rule(
    id="R3",
    title="It has the six sections, and each says something",
    kind=Kind.LINT,
    weight=Weight.BLOCK,
    check=of_text(has_sections),
    fix="Write Meaning, Impact, Diagnosis, Mitigation, Verification and Escalation, or `n/a: why`.",
    why="The same six headings everywhere: a tired stranger knows where to look.",
    source="on-call-practice §8 R3; prometheus-operator runbooks; GitLab alert playbook; Rootly",
    good=(
        "runbook: |\n"
        "  ## Impact\n"
        "  Customers who press Pay see an error page and their order is not placed. At the usual\n"
        "  rate of orders this is about forty lost orders a minute.\n"
    ),
    bad="runbook: |\n  ## Impact\n  Bad.\n",
)

R4 = Rule(
    id="R4",
    title="Nothing in it is still to be written",
    kind=Kind.LINT,
    weight=Weight.BLOCK,
    check=of_text(is_written),
    fix="Write what belongs there, or strike it.",
    why="A gap is found at the worst hour by the person who can least fill it.",
    source="on-call-practice §8 R4; prometheus-operator runbooks' template",
    good="runbook: |\n  The dashboard's second row shows errors by payment provider.\n",
    bad="runbook: |\n  TODO: say which dashboard.\n",
)

R13 = Rule(
    id="R13",
    title="It holds no secret",
    kind=Kind.LINT,
    weight=Weight.BLOCK,
    check=of_text(has_no_secret),
    fix="Take the secret out and change it where it counts; say where to get it, as `$TOKEN` or so.",
    why="A runbook is read by many, sent in pages and kept in every version.",
    source="on-call-practice §8 R13",
    good="runbook: |\n  Send the header `Authorization: Bearer $TOKEN`; the token is in the vault.\n",
    bad="runbook: |\n  The database's password: tr0ub4dor-and-3\n",
    may_be_waived=False,
)

R14 = Rule(
    id="R14",
    title="It is short and plain",
    kind=Kind.LINT,
    weight=Weight.WARN,
    check=of_text(reads_easily),
    fix="Move the background below Mitigation, and cut long sentences in two.",
    why="It is read at 3 a.m. by somebody who was asleep two minutes ago.",
    source="on-call-practice §8 R14",
    good="runbook: |\n  The checkout calls the payment provider. When that fails, customers cannot pay.\n",
    bad=(
        "runbook: |\n"
        "  The checkout, which since the move of last year calls the payment provider through the\n"
        "  gateway that the platform team runs for all of us, shows customers an error when the\n"
        "  provider, or one of those it asks in turn, does not answer in time.\n"
    ),
)

R17 = Rule(
    id="R17",
    title="It can be read in a page, without pictures, VPN or single sign-on",
    kind=Kind.LINT,
    weight=Weight.WARN,
    check=_at_night,
    fix="Keep the text in `runbook`, and write in words what each picture shows.",
    why="What takes the service down may take the wiki down with it.",
    source="on-call-practice §8 R17; RB3",
    good="runbook: |\n  ![errors by provider, normally below 1 %](https://grafana.example/d/errors.png)\n",
    bad="runbook: |\n  ![](https://grafana.example/d/errors.png)\n",
)

RULES = (R1, R2, R3, R4, R13, R14, R17)
