"""Terraform plans: the alarms that `terraform show -json` says there will be.

The provider writes the same fields as YAML does, but `waiver`, a block each. An alarm's place is
its address, such as `module.payments.watchbill_alarm.card_errors`.

Source: Terraform's JSON output format, format_version 1.x.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from watchbill.core import definitions
from watchbill.definitions import definition_fields
from watchbill.definitions.definition_fields import Sheet
from watchbill.definitions.written import Document, Names, Place, Reading, nothing_beside
from watchbill.definitions.yaml_nodes import Entry, Items, Node, Scalar, Table

#: The largest plan that is read, in bytes.
SIZE_LIMIT = 100_000_000
_ALARM = "watchbill_alarm"
_DEPTH = 30
#: The provider's words for ours.
_RENAMED = {"waiver": "waivers"}


def read(document: Document, names: Names, found: Reading) -> None:
    """Add the alarms of a plan, and everything that is wrong with them, to `found`."""
    plan = _plan(document, found)
    if plan is None:
        return
    unknown = dict(_unknown(plan))
    for resource in _alarms(plan):
        address, values = str(resource.get("address", "")), resource.get("values")
        place = Place(file=address or document.path)
        if not isinstance(values, dict):
            found.wrong(
                place, "", "the plan does not say what it is", "Run `terraform plan` again."
            )
            continue
        late = [name for name in ("service", "key") if unknown.get(address, {}).get(name) is True]
        for name in late:
            fix = "Write it out, so that it can be read before anything is applied."
            found.wrong(place, name, "is known only after applying", fix)
        if late:
            continue
        sheet = Sheet(
            place=place,
            own=_entries(values, place),
            defaults={},
            names=names,
            beside=nothing_beside,
        )
        written = definition_fields.read(sheet, found)
        if written:
            found.written.append(written)


def _plan(document: Document, found: Reading) -> Mapping[str, Any] | None:
    place, plan = Place(file=document.path), None
    try:
        if len(document.content) <= SIZE_LIMIT:
            plan = json.loads(document.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        plan = None
    if isinstance(plan, dict) and ("planned_values" in plan or "values" in plan):
        return plan
    fix = "Write it with `terraform show -json plan.out > plan.json`."
    found.wrong(place, "", "is not the JSON of a Terraform plan", fix)
    return None


def _alarms(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return the planned alarms of all modules, in their order."""
    values = plan.get("planned_values") or plan.get("values")
    modules = [values.get("root_module")] if isinstance(values, dict) else []
    while modules:
        module = modules.pop()
        if not isinstance(module, dict):
            continue
        for resource in _list(module.get("resources")):
            if isinstance(resource, dict) and resource.get("type") == _ALARM:
                yield resource
        modules += reversed(_list(module.get("child_modules")))


def _unknown(plan: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return, by address, what is known only after applying."""
    for change in _list(plan.get("resource_changes")):
        if isinstance(change, dict) and isinstance(change.get("change"), dict):
            after = change["change"].get("after_unknown")
            if isinstance(after, dict):
                yield str(change.get("address", "")), after


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _entries(values: Mapping[str, Any], place: Place) -> dict[str, Entry]:
    """Return what is planned as nodes; what only the server says is left out."""
    named = {_RENAMED.get(name, name): value for name, value in values.items()}
    return {
        name: Entry(_scalar(name, place, is_plain=False), _node(named[name], place, 1))
        for name in definitions.FIELDS
        if named.get(name) is not None
    }


def _node(value: object, place: Place, depth: int) -> Node:
    if isinstance(value, dict) and depth < _DEPTH:
        return Table(
            place,
            {
                str(name): Entry(
                    _scalar(str(name), place, is_plain=False), _node(v, place, depth + 1)
                )
                for name, v in value.items()
                if v is not None
            },
        )
    if isinstance(value, list) and depth < _DEPTH:
        return Items(place, [_node(each, place, depth + 1) for each in value])
    if isinstance(value, str):
        return _scalar(value, place, is_plain=False)
    is_deep = isinstance(value, dict | list)
    return _scalar("…" if is_deep else json.dumps(value), place, is_plain=True)


def _scalar(text: str, place: Place, *, is_plain: bool) -> Scalar:
    return Scalar(text, place.file, place.line, None, is_plain)
