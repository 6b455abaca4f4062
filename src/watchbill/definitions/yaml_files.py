"""YAML files: `alarms:`, a list of definitions, and `defaults:` that lie below each of them."""

from __future__ import annotations

from collections.abc import Mapping

from watchbill.definitions import definition_fields
from watchbill.definitions.definition_fields import Sheet
from watchbill.definitions.written import Beside, Names, Place, Reading
from watchbill.definitions.yaml_nodes import Entry, Items, Node, Scalar, Table, nearest

_ALARMS, _DEFAULTS = "alarms", "defaults"
#: What only one alarm can be.
_OWN = frozenset({"key"})


def read(root: Table, names: Names, beside: Beside, found: Reading) -> None:
    """Add a file's alarms, and everything that is wrong with it, to `found`."""
    for name, entry in root.entries.items():
        if name not in (_ALARMS, _DEFAULTS):
            fix = nearest(name, [_ALARMS, _DEFAULTS])
            found.wrong(entry.place, name, "a file of alarms has no such part", fix)
    defaults = _defaults(root, found)
    for node in _listed(root, found):
        if not isinstance(node, Table):
            fix = "Begin it with `- key:`."
            found.wrong(node.place, _ALARMS, "an alarm must be a mapping of its fields", fix)
            continue
        sheet = Sheet(
            place=_place(node), own=node.entries, defaults=defaults, names=names, beside=beside
        )
        written = definition_fields.read(sheet, found)
        if written:
            found.written.append(written)


def _listed(root: Table, found: Reading) -> list[Node]:
    entry = root.entries.get(_ALARMS)
    if entry is None:
        found.wrong(root.place, _ALARMS, "the file has no alarms", "Write them below `alarms:`.")
    elif isinstance(entry.value, Items):
        return entry.value.nodes
    elif not (isinstance(entry.value, Scalar) and entry.value.is_null):
        fix = "Begin each alarm with `- key:`."
        found.wrong(entry.place, _ALARMS, "must be a list of alarms", fix)
    return []


def _place(node: Table) -> Place:
    """Return where an alarm is: at its key, if it has one."""
    key = node.entries.get("key")
    return key.place if key else node.place


def _defaults(root: Table, found: Reading) -> Mapping[str, Entry]:
    entry = root.entries.get(_DEFAULTS)
    if entry is None or (isinstance(entry.value, Scalar) and entry.value.is_null):
        return {}
    if not isinstance(entry.value, Table):
        fix = "Write fields of alarms below it, such as `team: payments`."
        found.wrong(entry.place, _DEFAULTS, "must be a mapping of fields", fix)
        return {}
    for name in _OWN & entry.value.entries.keys():
        place = entry.value.entries[name].place
        found.wrong(place, name, "cannot be the same for all alarms", "Write it into each alarm.")
    return {name: each for name, each in entry.value.entries.items() if name not in _OWN}
