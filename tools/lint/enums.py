"""Every member of an enumeration says what it means, in a `#:` remark the docs show."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.finding import Finding, Text

_KINDS = {"Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"}


def check(file: Text) -> Iterator[Finding]:
    """Find members without a remark on their line or the line above."""
    if not file.is_source:
        return
    lines = file.text.splitlines()
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.ClassDef) or not _is_enum(node):
            continue
        for member in node.body:
            if not isinstance(member, ast.Assign) or not isinstance(member.targets[0], ast.Name):
                continue
            name = member.targets[0].id
            above, own = lines[member.lineno - 2].strip(), lines[member.lineno - 1]
            if not name.startswith("_") and "#:" not in own and not above.startswith("#:"):
                yield Finding(line=member.lineno, message=f"{node.name}.{name} has no #: remark")


def _is_enum(node: ast.ClassDef) -> bool:
    names = {
        base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
        for base in node.bases
    }
    return bool(names & _KINDS)
