"""Alertmanager routes: which receiver an alert with some labels goes to, read from its configuration.

An import uses it for rules that name no service: what goes to one receiver is one service.

Source: Alertmanager's configuration, `route` (matchers, match, match_re, continue); checked against
`amtool config routes test`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from watchbill.errors import Invalid

_MATCHER = re.compile(r"""\s*([^\s=!~"]+|"(?:[^"\\]|\\.)*")\s*(=~|!~|!=|=)\s*(.*?)\s*""", re.DOTALL)
#: Between matchers in one text: a comma outside quotation marks.
_PARTS = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|[^,"])+""")
_MOST_ROUTES = 10_000
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadConfiguration(Invalid):
    """This is not an Alertmanager configuration that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route: what it takes, where that goes, and the routes below it."""

    receiver: str
    #: Label, comparison (`=`, `!=`, `=~`, `!~`) and value; all of them must hold.
    matchers: tuple[tuple[str, str, str], ...]
    goes_on: bool
    routes: tuple[Route, ...]


def read(content: bytes) -> Route:
    """Return the root route of a configuration. Raises: BadConfiguration."""
    try:
        data = yaml.load(content, Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BadConfiguration(" ".join(str(error).split())[:300]) from None
    if not isinstance(data, dict) or not isinstance(data.get("route"), dict):
        raise BadConfiguration("It has no `route`.")
    left = [_MOST_ROUTES]
    try:
        return _route(data["route"], "", left)
    except RecursionError:
        raise BadConfiguration("Its routes lie too deep within each other.") from None


def receivers(root: Route, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the receivers that an alert with these labels goes to, each once, in order."""
    return tuple(dict.fromkeys(_receivers(root, labels)))


def _receivers(route: Route, labels: Mapping[str, str]) -> Iterator[str]:
    taken = False
    for child in route.routes:
        if not _takes(child, labels):
            continue
        taken = True
        yield from _receivers(child, labels)
        if not child.goes_on:
            return
    if not taken:
        yield route.receiver


def _takes(route: Route, labels: Mapping[str, str]) -> bool:
    return all(_holds(labels.get(name, ""), how, value) for name, how, value in route.matchers)


def _holds(given: str, how: str, value: str) -> bool:
    if how in ("=", "!="):
        return (given == value) is (how == "=")
    try:
        found = re.fullmatch(value, given) is not None
    except re.error:
        raise BadConfiguration(f"{value!r} is no regular expression that can be read.") from None
    return found is (how == "=~")


def _route(data: Any, inherited: str, left: list[int]) -> Route:
    left[0] -= 1
    if not isinstance(data, dict) or left[0] < 0:
        raise BadConfiguration("A route is not a mapping, or there are too many.")
    receiver = _scalar(data.get("receiver") or inherited)
    children = data.get("routes") or []
    if not isinstance(children, list):
        raise BadConfiguration("`routes` is not a list.")
    return Route(
        receiver=receiver,
        matchers=tuple(_matchers(data)),
        goes_on=data.get("continue") is True,
        routes=tuple(_route(child, receiver, left) for child in children),
    )


def _matchers(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, how in (("match", "="), ("match_re", "=~")):
        pairs = data.get(name) or {}
        if not isinstance(pairs, dict):
            raise BadConfiguration(f"`{name}` is not a mapping.")
        yield from ((_scalar(label), how, _scalar(value)) for label, value in pairs.items())
    written = data.get("matchers") or []
    if not isinstance(written, str | list):
        raise BadConfiguration("`matchers` is not a list.")
    for text in [written] if isinstance(written, str) else written:
        yield from _parsed(_scalar(text))


def _scalar(value: Any) -> str:
    """Return a value as text. What aliases fold together grows without end as a text, so no lists."""
    if isinstance(value, dict | list | set | tuple):
        raise BadConfiguration("A label or a receiver is not a text.")
    return str(value)


def _parsed(text: str) -> Iterator[tuple[str, str, str]]:
    for part in _PARTS.findall(text.strip().removeprefix("{").removesuffix("}")):
        found = _MATCHER.fullmatch(part)
        if found is None:
            raise BadConfiguration(f"{part.strip()!r} is no matcher.")
        yield _unquoted(found[1]), found[2], _unquoted(found[3])


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text
