"""Every write is an action: nothing else holds a writing statement or calls a writer of store."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.lint.finding import Finding, Text

_MAY_WRITE = {"actions", "store"}
_STATEMENT = re.compile(
    r"\b(insert\s+into|update\s+\w+\s+set|delete\s+from|truncate\s+table|copy\s+\w+\s*\()",
    re.IGNORECASE,
)
_WRITER = re.compile(r"^(save|add|insert|upsert|put|delete|remove|claim|record|mark|set)(_|$)")


def check(file: Text) -> Iterator[Finding]:
    """Find writes outside actions."""
    if not file.is_source or file.area in _MAY_WRITE:
        return
    for string in file.strings:
        if _STATEMENT.search(str(string.value)):
            yield Finding(line=string.lineno, message="a writing statement; writes are actions")
    stores = _store_names(file.tree)
    for node in ast.walk(file.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in stores
            and _WRITER.match(node.func.attr)
        ):
            yield Finding(line=node.lineno, message=f"{node.func.attr} writes; call an action")


def _store_names(tree: ast.Module) -> set[str]:
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "watchbill.store"
        for name in node.names
    }
