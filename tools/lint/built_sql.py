"""SQL is written, not built: what is executed is a constant, and values are bound.

`psycopg.sql.SQL("…").format(…)` quotes what it inserts and is allowed. An f-string may insert
constants of the module (names in capitals, such as a list of columns).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.finding import Finding, Text

_RUNS = {
    "execute",
    "executemany",
    "exec_driver_sql",
    "fetch",
    "fetchrow",
    "fetchval",
    "copy",
    "stream",
    "text",
}


def check(file: Text) -> Iterator[Finding]:
    """Find statements that are put together where they are executed."""
    if not file.is_source:
        return
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call) or not node.args or _name(node.func) not in _RUNS:
            continue
        if _is_built(node.args[0]):
            yield Finding(line=node.lineno, message="SQL built from strings; bind values")


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_built(value: ast.expr) -> bool:
    if isinstance(value, ast.JoinedStr | ast.BinOp):
        return not _is_fixed(value)
    if not isinstance(value, ast.Call) or _name(value.func) not in {"format", "join", "replace"}:
        return False
    composed = isinstance(value.func, ast.Attribute) and value.func.value
    return not (isinstance(composed, ast.Call) and _name(composed.func) == "SQL")


def _is_fixed(value: ast.expr) -> bool:
    """Say whether constants and names in capitals are all there is in it."""
    if isinstance(value, ast.JoinedStr):
        return all(
            _is_fixed(part.value) for part in value.values if isinstance(part, ast.FormattedValue)
        )
    if isinstance(value, ast.BinOp):
        return isinstance(value.op, ast.Add) and _is_fixed(value.left) and _is_fixed(value.right)
    return isinstance(value, ast.Constant) or _name(value).isupper()
