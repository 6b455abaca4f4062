"""Parts of a table: what a mapping in a file holds, taken leniently or with a fault noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watchbill.definitions.written import Reading
from watchbill.definitions.yaml_nodes import Entry, Items, Node, Scalar, Table, nearest


def known(table: Table, names: Sequence[str], what: str, found: Reading) -> None:
    """Note every part that is none of `names`; `what` says of what."""
    for name, entry in table.entries.items():
        if name not in names:
            message = f"{what} has no such part"
            found.wrong(entry.place, name, message, nearest(name, list(names)))


def tables(entry: Entry, name: str, found: Reading) -> Iterator[Table]:
    """Return the mappings of a list; nothing is an empty list."""
    if isinstance(entry.value, Scalar) and entry.value.is_null:
        return
    if not isinstance(entry.value, Items):
        found.wrong(entry.place, name, "must be a list", "Begin each part with `- `.")
        return
    for node in entry.value.nodes:
        if isinstance(node, Table):
            yield node
        else:
            found.wrong(node.place, name, "must be a mapping", "Write `name: value` lines.")


def strings(table: Table, name: str, found: Reading) -> dict[str, Entry]:
    """Return a mapping of texts, without what is no text."""
    entry = table.entries.get(name)
    if entry is None or (isinstance(entry.value, Scalar) and entry.value.is_null):
        return {}
    if not isinstance(entry.value, Table):
        found.wrong(entry.place, name, "must be a mapping", "Write `name: value` lines.")
        return {}
    kept = {}
    for key, each in entry.value.entries.items():
        if isinstance(each.value, Scalar):
            kept[key] = each
        else:
            found.wrong(each.place, key, "must be text", "Put it in quotes.")
    return kept


def is_said(table: Table, name: str) -> bool:
    """Say whether a part is there, and is not null."""
    entry = table.entries.get(name)
    return entry is not None and not (isinstance(entry.value, Scalar) and entry.value.is_null)


def said(table: Table, name: str) -> str:
    """Return a part's text; "" without one."""
    return string(table.entries[name].value) if is_said(table, name) else ""


def string(node: Node) -> str:
    """Return a scalar's text; "" for null and for what is none."""
    return node.text if isinstance(node, Scalar) and not node.is_null else ""
