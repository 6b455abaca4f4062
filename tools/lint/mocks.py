"""Tests fake the world outside at its ports; our own code is never patched."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.finding import Finding, Text


def check(file: Text) -> Iterator[Finding]:
    """Find patches of our own code in tests."""
    if not (file.path.startswith("tests/") and file.path.endswith(".py")):
        return
    ours = _our_names(file.tree)
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call) or not node.args or not _patches(_dotted(node.func)):
            continue
        if _is_ours(node.args[0], ours):
            yield Finding(line=node.lineno, message="our own code is patched; fake a port")


def _patches(call: str) -> bool:
    return call in {"patch", "patch.object"} or call.endswith(
        ("mock.patch", "mock.patch.object", "monkeypatch.setattr", "mocker.patch")
    )


def _is_ours(value: ast.expr, ours: set[str]) -> bool:
    if isinstance(value, ast.Constant):
        return str(value.value).startswith("watchbill")
    return _dotted(value).split(".")[0] in ours


def _our_names(tree: ast.Module) -> set[str]:
    names = {"watchbill"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "watchbill":
            names |= {name.asname or name.name for name in node.names}
    return names


def _dotted(value: ast.expr) -> str:
    if isinstance(value, ast.Attribute):
        return f"{_dotted(value.value)}.{value.attr}"
    return value.id if isinstance(value, ast.Name) else ""
