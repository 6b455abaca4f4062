"""Audited: a line of the audit log as people read it, with names for ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from watchbill.actions import audit
from watchbill.queries.settings import AuditRow
from watchbill.web.ui import settings

_PROGRAMS = {"system": "Watchbill", "cli": "Command line"}
#: Fields that say nothing to people, and those that stand in the sentence.
_SILENT = frozenset({"id", "name", "title", "version", "created_at", "updated_at"})
_LONGEST, _FIELDS = 100, 8


def ids(lines: Iterable[AuditRow]) -> set[str]:
    """Return what may be an id in the lines."""
    found = {line.noun_id for line in lines}
    for line in lines:
        found |= {line.actor.removeprefix("token:"), *_texts(line.facts)}
    return found


def row(line: AuditRow, names: Mapping[str, str]) -> settings.AuditRow:
    """Return a line in words: `Team changed: Payments`, and what was before and is now."""
    noun, _, verb = line.action.partition(".")
    what = f"{noun} {verb}".replace("_", " ").capitalize()
    after = line.facts.get("after")
    called = names.get(line.noun_id) or line.facts.get("name") or line.facts.get("title")
    token = line.actor.removeprefix("token:")
    return settings.AuditRow(
        at=line.at,
        actor=line.actor_name or _PROGRAMS.get(line.actor) or names.get(token, line.actor),
        sentence=f"{what}: {called or names.get(_owner(line), line.noun_id)}",
        changes=tuple(
            _changed(line, after, names) if isinstance(after, dict) else _told(line, names)
        ),
        origin="API" if token != line.actor else "",
    )


def _owner(line: AuditRow) -> str:
    """Return the person whose thing it was, if it is gone."""
    return str(line.facts.get("person_id", ""))


def _changed(
    line: AuditRow, after: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[settings.Change]:
    was = line.facts.get("before")
    before = was if isinstance(was, dict) else {}
    for name, value in list(after.items())[:_FIELDS]:
        if name not in before or before[name] != value or value == audit.HIDDEN:
            old = _said(before[name], names) if name in before else ""
            yield settings.Change(label=_label(name), before=old, after=_said(value, names))


def _told(line: AuditRow, names: Mapping[str, str]) -> Iterator[settings.Change]:
    shown = {n: v for n, v in line.facts.items() if n not in _SILENT and v not in (None, "", [])}
    for name, value in list(shown.items())[:_FIELDS]:
        yield settings.Change(label=_label(name), before="", after=_said(value, names))


def _label(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


def _said(value: Any, names: Mapping[str, str]) -> str:
    """Return a value in words, cut where it is long."""
    if value is None or value in ("", []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        text = ", ".join(names.get(one, one) for one in value)
    elif isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = names.get(str(value), str(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for held in value.values() if isinstance(value, dict) else value:
            yield from _texts(held)
