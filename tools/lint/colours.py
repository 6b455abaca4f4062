"""One colour of function: asynchrony stands at the edges where many wait at once, nowhere else.

Source: docs/adr/0005-synchronous-with-three-edges.md.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.finding import Finding, Text

_EDGES = (
    "web/intake.py",
    "web/groups.py",
    "web/doors.py",
    "web/express.py",  # the intake's, where events arrive
    "web/connection.py",  # what lies below ASGI
    "web/bodies.py",  # reads what comes over it
    "web/live.py",
    "web/oncall.py",
    "web/front.py",
    "web/middleware.py",
    "web/rest.py",
    "web/api/known.py",  # asks who sends a large body, before the API
    "sender/",
    "app.py",
    "cli/",
    "mailbox.py",
)
_ASYNC = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
_LOOPS = {"asyncio", "anyio"}


def check(file: Text) -> Iterator[Finding]:
    """Find `async` and event loops away from the edges."""
    if not file.is_source or file.path.removeprefix("src/watchbill/").startswith(_EDGES):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, _ASYNC):
            yield Finding(line=node.lineno, message="async away from the edges")
        elif _imported(node) & _LOOPS:
            yield Finding(line=getattr(node, "lineno", 1), message="an event loop here")


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {name.name.split(".")[0] for name in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module.split(".")[0]}
    return set()
