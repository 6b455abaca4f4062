"""Words: short ways to write a schema."""

from __future__ import annotations

from typing import Any

from watchbill_terraform.framework.shapes import Attribute, Bool, List, Number, Set, String
from watchbill_terraform.framework.unknowns import Unknown


def need(name: str, about: str, kind: Any = None, *, replace: bool = False) -> Attribute:
    """Return an argument that must be given."""
    return Attribute(name, kind or String(), about, required=True, requires_replace=replace)


def may(name: str, about: str, kind: Any = None, *, replace: bool = False) -> Attribute:
    """Return an argument that may be given."""
    return Attribute(name, kind or String(), about, optional=True, requires_replace=replace)


def default(name: str, about: str, value: Any = Unknown, kind: Any = None) -> Attribute:
    """Return an argument with a default; without a value it is the server's."""
    return Attribute(name, kind or String(), about, optional=True, computed=True, default=value)


def known(name: str, about: str, kind: Any = None, *, sensitive: bool = False) -> Attribute:
    """Return what only the server says."""
    return Attribute(name, kind or String(), about, computed=True, sensitive=sensitive)


NUMBER = Number()
BOOL = Bool()
TEXTS = List(String())
TEXT_SET = Set(String())
