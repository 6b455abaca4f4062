"""What the import contracts cannot say about the shape of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "watchbill"
MODULES = sorted(SOURCE.rglob("*.py"))
VAGUE = {"utils", "util", "common", "base", "misc", "manager", "service"}
#: The only files where `except Exception` may stand (house rule "Errors"): where a thread or a group of
#: waiting requests must outlive whatever one item does. The API's and the screens' error boundary
#: is the framework's.
BOUNDARIES = {
    "engine/tick.py",
    "engine/loop.py",
    "engine/calendar_reader.py",
    "sender/loop.py",
    "web/groups.py",
    "web/express.py",
}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in MODULES if path.stem in VAGUE or path.parent.name in VAGUE] == []


def test_every_module_says_what_it_is() -> None:
    bare = [p for p in MODULES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert bare == []


def test_a_package_file_holds_a_docstring_and_nothing_else() -> None:
    """Migrations are the exception: the package is the API, its files are loaded by path."""
    full = [
        path.relative_to(SOURCE).as_posix()
        for path in MODULES
        if path.name == "__init__.py" and len(ast.parse(path.read_text("utf-8")).body) > 1
    ]
    assert set(full) <= {"store/migrations/__init__.py"}


def test_broad_excepts_stand_at_the_boundaries_only() -> None:
    found: list[str] = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            if node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}:
                ends = isinstance(node.body[-1], ast.Raise)
                if not ends:
                    found.append(path.relative_to(SOURCE).as_posix())
                    assert len(node.body) <= 5, f"{path}: do less where anything may have failed"
    assert set(found) <= BOUNDARIES, found


def test_the_tree_is_at_most_three_deep() -> None:
    deep = [p for p in MODULES if len(p.relative_to(SOURCE).parts) > 4]
    assert deep == []


def test_asyncpg_is_known_to_the_intake_only() -> None:
    """Source: ADR 0005."""
    knows = {
        path.relative_to(SOURCE).as_posix()
        for path in MODULES
        if re.search(r"^\s*(import|from) asyncpg", path.read_text("utf-8"), re.MULTILINE)
    }
    assert knows <= {"web/groups.py"}
