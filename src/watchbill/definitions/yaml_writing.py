"""YAML writing: alarms that exist, as the files that would make them again.

One file a team, a runbook in a file of its own; what has its default is left out. Reading what was
written gives the same definitions, so that applying an export changes nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from watchbill.core.definitions import FIELDS, Definition, to_data

_DEFAULTS = to_data(Definition(key="", service=""))
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # it has no types
    """Writes text of several lines as a block, so that a diff of it can be read."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write(definitions: Iterable[tuple[str, Definition]]) -> dict[str, str]:
    """Return file names and texts for (team, definition) pairs.

    >>> print(write([("search", Definition(key="Down", service="search", title="It is down"))])["search.yml"])
    alarms:
    - key: Down
      service: search
      title: It is down
    <BLANKLINE>
    """
    files: dict[str, str] = {}
    by_team: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for team, definition in definitions:
        data = {name: v for name, v in to_data(definition).items() if v != _DEFAULTS[name]}
        data |= {"key": definition.key, "service": definition.service}
        if definition.runbook_slug:
            data.pop("runbook", None)
            data.pop("runbook_url", None)
        elif definition.runbook:
            name = f"runbooks/{_file_name(definition.service)}.{_file_name(definition.key)}.md"
            files[name] = definition.runbook
            data["runbook"] = name
        by_team[_file_name(team)].append(_ordered(data))
    for team, alarms in by_team.items():
        alarms.sort(key=lambda alarm: (alarm["service"], alarm["key"]))
        files[f"{team}.yml"] = yaml.dump(
            {"alarms": alarms}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
        )
    return dict(sorted(files.items()))


def _ordered(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields in their written order; a match with one value a name as plain text."""
    found = {name: data[name] for name in FIELDS if name in data}
    if "match" in found:
        match = found["match"]
        found["match"] = {n: v[0] if len(v) == 1 else list(v) for n, v in match.items()}
    return found


def _file_name(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-.") or "alarms"
