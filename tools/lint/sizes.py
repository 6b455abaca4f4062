"""Files and functions stay small enough to read; old offenders stand in a list that may only shrink.

A line of `ratchet.txt` is `path` or `path::function`, a space, and the most lines it may have.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.lint.finding import Finding, Text

FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES = 500, 800, 40
_RATCHET = Path(__file__).with_name("ratchet.txt")


def ratchet() -> dict[str, int]:
    """Return the list of old offenders."""
    pairs = [line.rsplit(" ", 1) for line in _RATCHET.read_text(encoding="utf-8").splitlines()]
    return {name: int(lines) for name, lines in (pair for pair in pairs if len(pair) == 2)}


def check(file: Text) -> Iterator[Finding]:
    """Find files and functions beyond the limit or beyond their line in the list."""
    yield from check_against(file, ratchet())


def check_against(file: Text, allowed: Mapping[str, int]) -> Iterator[Finding]:
    """Find what is too long, given the list of old offenders."""
    if not file.path.endswith(".py"):
        return
    for name, line, length, limit in measure(file):
        if length > allowed.get(name, limit):
            yield Finding(line=line, message=f"{length} lines; the limit is {limit}")


def measure(file: Text) -> Iterator[tuple[str, int, int, int]]:
    """Yield name, first line, length and limit of the file and of each function in it."""
    limit = TEST_FILE_LINES if file.path.startswith("tests/") else FILE_LINES
    yield file.path, 1, len(file.text.splitlines()), limit
    if file.path.startswith("tests/"):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            yield f"{file.path}::{node.name}", node.lineno, length, FUNCTION_LINES
