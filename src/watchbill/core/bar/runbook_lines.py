"""The lines of a Markdown text, and what each of them is: heading, step, code, prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_FENCE = re.compile(r"[\s>]*(?:(?:\d{1,9}[.)]|[-*+])\s+)?(`{3,}|~{3,})")
_ITEM = re.compile(r"\s*(?:(\d{1,9})[.)]|[-*+])\s+(?=\S)")
_MOST_HEADING = 6
_TAB = 4


class Shape(Enum):
    """What a line is."""

    #: A heading; its depth is its level, 1 to 6.
    HEADING = "heading"
    #: A line in a code block, fenced or indented.
    CODE = "code"
    #: A numbered item of a list.
    STEP = "step"
    #: An item of a list without numbers.
    BULLET = "bullet"
    #: All else: prose, tables, quotes.
    PROSE = "prose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is not blank: its number from 1, and its text without its mark."""

    number: int
    shape: Shape
    text: str
    #: A heading's level, or how many columns the line is indented.
    depth: int


def read(text: str) -> tuple[Line, ...]:
    r"""Return the lines of `text` but the blank ones and those that only begin or end code.

    >>> [(line.number, line.shape.value, line.text) for line in read("# A\n\n1. do\n")]
    [(1, 'heading', 'A'), (3, 'step', 'do')]
    """
    return tuple(_underlined(_lines(text)))


def _lines(text: str) -> Iterator[Line]:
    fence, is_item, is_after_blank = "", False, True
    for number, raw in enumerate(text.split("\n"), start=1):
        stripped = raw.strip()
        if fence:
            if stripped.strip("> ").startswith(fence) and not stripped.strip("`~> "):
                fence = ""
            elif stripped:
                yield _line(number, Shape.CODE, stripped, raw)
            continue
        if not stripped:
            is_after_blank = True
            continue
        opened = _FENCE.match(raw) if "```" in raw or "~~~" in raw else None
        if opened:
            fence, is_after_blank = opened[1], False
            continue
        line = _shaped(number, raw, stripped, can_be_code=is_after_blank and not is_item)
        is_item = line.shape in {Shape.STEP, Shape.BULLET} or (is_item and line.depth > 0)
        is_after_blank = line.shape is Shape.CODE
        yield line


def _shaped(number: int, raw: str, stripped: str, *, can_be_code: bool) -> Line:
    if can_be_code and (raw[0] == "\t" or raw.startswith(" " * _TAB)):
        return _line(number, Shape.CODE, stripped, raw)
    if stripped[0] == "#":
        rest = stripped.lstrip("#")
        level = len(stripped) - len(rest)
        if level <= _MOST_HEADING and (not rest or rest[0] in " \t"):
            title = rest.strip().rstrip("#").rstrip()
            return Line(number=number, shape=Shape.HEADING, text=title, depth=level)
    item = _ITEM.match(raw)
    if item:
        shape = Shape.STEP if item[1] else Shape.BULLET
        return _line(number, shape, raw[item.end() :].strip(), raw)
    return _line(number, Shape.PROSE, stripped.lstrip("> ") or stripped, raw)


def _line(number: int, shape: Shape, text: str, raw: str) -> Line:
    return Line(number=number, shape=shape, text=text, depth=len(raw) - len(raw.lstrip()))


def _underlined(lines: Iterator[Line]) -> Iterator[Line]:
    """Return the lines with prose underlined by `===` or `---` as the heading it is."""
    held: Line | None = None
    for line in lines:
        level = _underline(line.text) if line.shape is Shape.PROSE else 0
        if held is not None and level and line.number == held.number + 1:
            yield Line(number=held.number, shape=Shape.HEADING, text=held.text, depth=level)
            held = None
            continue
        if held is not None:
            yield held
        held = line if line.shape is Shape.PROSE else None
        if held is None:
            yield line
    if held is not None:
        yield held


def _underline(text: str) -> int:
    marks = set(text)
    return 1 if marks == {"="} else 2 if marks == {"-"} else 0
