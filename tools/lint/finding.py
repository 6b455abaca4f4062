"""What a rule gets and what it gives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Text:
    """One file of the repository: its path from the top, with slashes, and its text."""

    path: str
    text: str

    @property
    def is_source(self) -> bool:
        """Say whether it is Python of the product itself."""
        return self.path.startswith("src/watchbill/") and self.path.endswith(".py")

    @property
    def area(self) -> str:
        """The layer a source file belongs to: `core`, `store`, `app`."""
        return self.path.removeprefix("src/watchbill/").split("/", 1)[0].removesuffix(".py")

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed Python."""
        return ast.parse(self.text)

    @cached_property
    def strings(self) -> list[ast.Constant]:
        """Every string of the Python that is not a docstring, parts of f-strings included."""
        docs = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        return [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if id(node) not in docs
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A line that breaks a rule."""

    line: int
    message: str


Rule = Callable[[Text], Iterator[Finding]]
