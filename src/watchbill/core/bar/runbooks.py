"""Runbooks: what stands in a Markdown text, as far as the bar asks; and what is refused.

A plain scan of the lines, not a full Markdown parser: two thousand runbooks are read while a pull
request waits. How a runbook is shown is the screens' business and safe whatever is read here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from watchbill.core.bar import leaks, runbook_lines
from watchbill.core.bar.rules import Fault
from watchbill.core.bar.runbook_lines import Line, Shape

#: The most characters of a runbook; about thirty printed pages.
RUNBOOK_LIMIT = 100_000
#: How many reasons are named why a runbook may not be kept.
_MOST_REFUSED = 50

_NOT_APPLICABLE = re.compile(r"\s*n/?a\b[\s:,.–—-]*(.*)", re.IGNORECASE | re.DOTALL)
_IMAGE = re.compile(r"!\[([^\[\]]*)\]\(\s*<?([^\s<>()]*)")
_LINK = re.compile(r"https?://[^\s<>\[\]()\"'`|\\]+")
_MARKUP = re.compile(
    r"<[\s/]{0,64}(?:script|iframe|object|embed|form|style|link|meta|base|svg|applet|frame)\b"
    r"|<[a-z][^<>]*[\s/\"']on[a-z]+\s{0,64}=",
    re.IGNORECASE,
)
_SCHEME = re.compile(
    r"(?:\]\(|\]:|<|(?:href|src)\s{0,64}=)[\s<\"']{0,64}(?:javascript|vbscript|data)\s{0,64}:",
    re.IGNORECASE,
)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CODE_SPAN = re.compile(r"`[^`\n]*`")
_ACCESS = "access"
_NOTHING = frozenset({"none", "nothing", "n/a", "na"})
_AFTER_NAME = re.compile(r"\s[–—-]\s|:\s|\s\(")
_MARKS = re.compile(r"[*_`]|\]\([^()]*\)|\[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it, sections below it included."""

    title: str
    #: The heading's line, from 1.
    line: int
    #: All lines but blank ones, its sub-headings too.
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Return its lines without their marks, one below the other."""
        return "\n".join(line.text for line in self.lines)

    @property
    def steps(self) -> tuple[Line, ...]:
        """Return the numbered lines."""
        return tuple(line for line in self.lines if line.shape is Shape.STEP)

    @property
    def words(self) -> int:
        """Return how many words it has, code included and sub-headings not."""
        return sum(len(each.text.split()) for each in self.lines if each.shape is not Shape.HEADING)

    @property
    def reason(self) -> str | None:
        """Return why it is marked as not applicable ("n/a: reason"); None if it is not."""
        first = next((line for line in self.lines if line.shape is not Shape.HEADING), None)
        marked = _NOT_APPLICABLE.match(first.text) if first else None
        if first is None or marked is None:
            return None
        rest = [line.text for line in self.lines if line.number > first.number]
        return " ".join([marked[1], *rest]).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A web address in a runbook and its line."""

    url: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture in a runbook, what is said in its place, and its line."""

    alt: str
    url: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """A runbook's text, read. Lines count from 1."""

    text: str
    #: "" without a heading of the first level.
    title: str
    title_line: int
    #: All lines but blank ones.
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    images: tuple[Image, ...]

    def section(self, name: str) -> Section | None:
        """Return the first section of this name, however it is numbered or written."""
        wanted = name.casefold()
        return next((each for each in self.sections if _name(each.title) == wanted), None)

    def said(self, label: str) -> Line | None:
        """Return the first line outside code that says `label: something`, its text the something.

        >>> parse("- **Owner:** payments").said("Owner").text
        'payments'
        """
        wanted = label.casefold()
        for line in self.lines:
            name, colon, value = line.text.partition(":")
            if colon and line.shape is not Shape.CODE and name.strip(" *_").casefold() == wanted:
                return Line(number=line.number, shape=line.shape, text=value.strip(" *_"), depth=0)
        return None


def parse(text: str) -> Runbook:
    r"""Return the runbook that `text` is; what is beyond `RUNBOOK_LIMIT` is not read.

    >>> [s.title for s in parse("# A\n## Meaning\nIt is.\n").sections]
    ['A', 'Meaning']
    """
    return _parse(text[:RUNBOOK_LIMIT])


@functools.lru_cache(maxsize=8)
def _parse(text: str) -> Runbook:
    lines = runbook_lines.read(text)
    title = next((each for each in lines if each.shape is Shape.HEADING and each.depth == 1), None)
    return Runbook(
        text=text,
        title=title.text if title else "",
        title_line=title.number if title else 1,
        lines=lines,
        sections=tuple(_sections(lines)),
        links=_links(text),
        images=tuple(
            Image(alt=found[1].strip(), url=found[2], line=_line_of(text, found.start()))
            for found in _IMAGE.finditer(text)
        ),
    )


def _sections(lines: tuple[Line, ...]) -> Iterator[Section]:
    headings = [at for at, line in enumerate(lines) if line.shape is Shape.HEADING]
    for order, at in enumerate(headings):
        heading = lines[at]
        ends = (e for e in headings[order + 1 :] if lines[e].depth <= heading.depth)
        body = lines[at + 1 : next(ends, len(lines))]
        yield Section(title=heading.text, line=heading.number, lines=body)


def addresses(text: str) -> Iterator[tuple[int, str]]:
    """Return where each web address of `text` begins, and it; a sentence's end is none of it.

    >>> list(addresses("See https://a.example/x."))
    [(4, 'https://a.example/x')]
    """
    for found in _LINK.finditer(text):
        yield found.start(), found[0].rstrip(".,;:!?*_")


def _links(text: str) -> tuple[Link, ...]:
    return tuple(Link(url=url, line=_line_of(text, start)) for start, url in addresses(text))


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _name(title: str) -> str:
    return title.strip(" *_:.0123456789)").casefold()


def access(runbook: Runbook) -> tuple[int, tuple[str, ...]] | None:
    """Return the line and the systems of what it says one must be able to get into.

    None if it does not say. It says so in a section `Access`, or in a line `Access:` with what
    follows on it or in the bullets below it; `Access: none` are no systems.
    """
    section = runbook.section(_ACCESS)
    if section is not None:
        items = [line.text for line in section.lines if line.shape in {Shape.BULLET, Shape.STEP}]
        items = items or [line.text for line in section.lines[:1]]
        return (section.line, _systems(items)) if items else None
    said = runbook.said(_ACCESS)
    if said is None:
        return None
    items = said.text.split(",") if said.text else _bullets_below(runbook, said.number)
    return (said.number, _systems(items)) if items else None


def systems(text: str) -> tuple[str, ...]:
    r"""Return the names of the systems a runbook's reader must be able to get into, as written.

    >>> systems("## Access\n- AWS console: role `oncall`\n- Grafana\n")
    ('AWS console', 'Grafana')
    """
    said = access(parse(text))
    return said[1] if said else ()


def _bullets_below(runbook: Runbook, number: int) -> list[str]:
    bullets = []
    for line in runbook.lines:
        if line.number > number:
            if line.shape is not Shape.BULLET:
                break
            bullets.append(line.text)
    return bullets


def _systems(items: list[str]) -> tuple[str, ...]:
    names = (_MARKS.sub("", _AFTER_NAME.split(item.strip(), maxsplit=1)[0]) for item in items)
    kept = (name.strip(" .:") for name in names)
    return tuple(dict.fromkeys(n for n in kept if n and n.casefold() not in _NOTHING))


def unsafe(text: str, field: str = "runbook") -> tuple[Fault, ...]:
    """Return why this text may not be kept at all: too large, markup that runs, secrets.

    Whoever takes a runbook in asks this before anything is stored. Code may show markup; secrets
    are refused everywhere.
    """
    if len(text) > RUNBOOK_LIMIT:
        size = f"{len(text):,} characters; the most is {RUNBOOK_LIMIT:,}"
        return (Fault(message=f"The runbook has {size}.", field=field),)
    refused = sorted(_refused(text))[:_MOST_REFUSED]
    return tuple(Fault(message=message, field=field, line=line) for line, message in refused)


def _refused(text: str) -> Iterator[tuple[int, str]]:
    for found in _UNPRINTABLE.finditer(text):
        code = f"U+{ord(found[0]):04X}"
        yield _line_of(text, found.start()), f"The character {code} cannot be stored or shown."
        break
    for leak in leaks.find(text):
        yield leak.line, leak.message
    if "<" not in text and ":" not in text:
        return
    for number, prose in _prose(text):
        if "<" in prose and _MARKUP.search(prose):
            yield number, "HTML that runs or loads something is refused; write Markdown."
        if _SCHEME.search(prose):
            yield number, "A link may lead to https:, http:, mailto: or tel: only."


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Return each stretch without code and the line it begins on; tags may run over lines."""
    stretch: list[str] = []
    begun, last = 1, 0
    for line in runbook_lines.read(text):
        if line.shape is Shape.CODE or line.number != last + 1:
            if stretch:
                yield begun, "\n".join(stretch)
            stretch, begun = [], line.number
        if line.shape is not Shape.CODE:
            stretch.append(_CODE_SPAN.sub("", line.text))
        last = line.number
    if stretch:
        yield begun, "\n".join(stretch)
