"""Paths into JSON, and texts made of them.

A path is `alert.labels.name`, `$.a[0].b`, or `a["x.y"].c`. A template is any text with paths in
braces: `{alert.name} on {host}`. What a path does not find is None; in a template, nothing.
"""

from __future__ import annotations

import re

from watchbill.core import payloads

_STEP = re.compile(r"""\[(-?\d{1,6})\]|\[(["'])(.*?)\2\]|([^.\[\]]+)""")
_HOLE = re.compile(r"\{([^{}]{1,255})\}")
#: Longest path or template, and deepest path.
_LIMIT = 1024


def find(value: object, path: str) -> object:
    """Return what `path` leads to, or None.

    >>> find({"a": [{"b": 1}]}, "$.a[0].b")
    1
    """
    steps = _STEP.findall(path[:_LIMIT].removeprefix("$"))
    if not steps and path not in ("", "$"):
        return None
    for index, _, quoted, name in steps:
        value = _at(value, int(index)) if index else _of(value, quoted or name)
    return value


def _at(value: object, index: int) -> object:
    found = payloads.items(value)
    return found[index] if -len(found) <= index < len(found) else None


def _of(value: object, name: str) -> object:
    if isinstance(value, list) and name.isdigit():
        return _at(value, int(name[:6]))
    return payloads.mapping(value).get(name)


def fill(value: object, rule: str) -> object:
    """Return what a rule of the mapping says: a path's value, or a template's text.

    >>> fill({"a": "disk", "b": 3}, "{a} is {b}")
    'disk is 3'
    """
    if "{" not in rule:
        return find(value, rule)
    return _HOLE.sub(lambda hole: payloads.text(find(value, hole[1])), rule[:_LIMIT])
