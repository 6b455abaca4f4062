r"""What Alertmanager packs into `custom_details`: a group of alerts, in two shapes.

Up to 0.29 everything is text, `firing` a block per alert; from 0.30 `firing` is an array of alerts
and the counts are numbers. Either way the group is one event: its size is what fires, its labels
are those all alerts share.

Source: wire-formats §6.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchbill.core import payloads

#: Keys that describe the group, not the condition.
_GROUP = frozenset({"firing", "resolved", "num_firing", "num_resolved"})
#: Most text blocks that are compared; the labels of the rest are not read.
_BLOCKS = 2000


def is_group(details: Mapping[str, object]) -> bool:
    """Say whether Alertmanager wrote these details."""
    return "num_firing" in details and ("firing" in details or "resolved" in details)


def labels(details: Mapping[str, object]) -> dict[str, object]:
    """Return the labels every firing alert carries (every resolved one when none fires)."""
    for part in (details.get("firing"), details.get("resolved")):
        found = _of_array(part) if isinstance(part, list) else _of_text(part)
        if found:
            return _common(found)
    return {}


def size(details: Mapping[str, object]) -> int:
    """Return how many alerts fire; at least 1."""
    return payloads.size(details.get("num_firing"))


def rest(details: Mapping[str, object]) -> dict[str, object]:
    """Return the keys a person added to the details."""
    return {name: value for name, value in details.items() if name not in _GROUP}


def _of_array(alerts: list[object]) -> list[dict[str, object]]:
    found = (payloads.mapping(alert).get("labels") for alert in alerts[:_BLOCKS])
    return [dict(payloads.mapping(labels)) for labels in found]


def _of_text(block: object) -> list[dict[str, object]]:
    if not isinstance(block, str):
        return []
    return [_labels(one) for one in block.split("Labels:\n", _BLOCKS)[1 : _BLOCKS + 1]]


def _labels(block: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for row in block.partition("Annotations:\n")[0].split("\n"):
        if row.startswith(" - "):
            name, equals, value = row[3:].partition(" = ")
            if equals:
                found[name] = value
    return found


def _common(found: Iterable[dict[str, object]]) -> dict[str, object]:
    first, *others = found
    return {
        name: value
        for name, value in first.items()
        if all(name in other and other[name] == value for other in others)
    }
