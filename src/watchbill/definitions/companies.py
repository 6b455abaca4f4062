"""Companies: the teams and services there are, as a file says it where no server is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchbill.definitions import yaml_nodes
from watchbill.definitions.written import Document, Place, Reading
from watchbill.definitions.yaml_nodes import Entry, Items, Scalar, Table, nearest

#: What the file is called, at the top of a folder of alarms.
FILE = "company.yml"
_PARTS = ("teams", "services")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What there is: slugs of teams, and of services with their owning team's."""

    teams: frozenset[str] | None = None
    services: Mapping[str, str] | None = field(default=None)


def read(document: Document, found: Reading) -> Names:
    """Return what `teams: [payments]` and `services: {checkout: payments}` say; notes what is wrong.

    Teams that only own a service need not be listed.
    """
    root = yaml_nodes.read(document.path, document.content, found)
    if root is None:
        return Names()
    if not isinstance(root, Table):
        place, fix = Place(file=document.path), "Write `teams:` and `services:`."
        found.wrong(place, "", "the file is no mapping", fix)
        return Names()
    for name, entry in root.entries.items():
        if name not in _PARTS:
            message = "a company's file has no such part"
            found.wrong(entry.place, name, message, nearest(name, list(_PARTS)))
    teams, services = _teams(root.entries.get("teams"), found), _services(root, found)
    return Names(
        teams=None
        if teams is None and services is None
        else frozenset([*(teams or ()), *(services or {}).values()]),
        services=services,
    )


def _teams(entry: Entry | None, found: Reading) -> list[str] | None:
    if entry is None:
        return None
    nodes = entry.value.nodes if isinstance(entry.value, Items) else [entry.value]
    slugs = [node.text for node in nodes if isinstance(node, Scalar) and not node.is_null]
    if len(slugs) != len(nodes):
        found.wrong(entry.place, "teams", "must be a list of slugs", "Write `[payments, search]`.")
    return slugs


def _services(root: Table, found: Reading) -> dict[str, str] | None:
    entry = root.entries.get("services")
    if entry is None:
        return None
    fix = "Write each service with its team: `checkout: payments`."
    if not isinstance(entry.value, Table):
        found.wrong(entry.place, "services", "must be a mapping", fix)
        return {}
    owners = {}
    for slug, owner in entry.value.entries.items():
        if isinstance(owner.value, Scalar) and not owner.value.is_null:
            owners[slug] = owner.value.text
        else:
            found.wrong(owner.place, slug, "the service has no team", fix)
    return owners
