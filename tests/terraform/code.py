"""Alarms as Terraform's language has them."""

from __future__ import annotations

import json
from typing import Any

from tests import good_alarms
from watchbill import clock

_BLOCKS = {"waivers": "waiver", "source": "source_ref", "evidence": "evidence"}


def good(key: str, **changes: Any) -> dict[str, Any]:
    """Return the fields of a definition that meets the bar today."""
    values = good_alarms.values(key, today=clock.real_now().date()) | changes
    return {"match": {"alarm": [key]}} | values


def alarm(values: dict[str, Any], *, name: str = "it", proposed: bool = True) -> str:
    """Return a resource with these fields, and its proposal."""
    lines = [f'resource "watchbill_alarm" "{name}" {{']
    for field, value in values.items():
        if field in _BLOCKS:
            blocks = value if isinstance(value, list) else [value]
            lines += [f"  {_BLOCKS[field]} {{\n{_arguments(one, 4)}\n  }}" for one in blocks]
        else:
            lines.append(f"  {field} = {literal(value)}")
    lines.append("}\n")
    if proposed:
        lines.append(
            f'resource "watchbill_handover" "{name}" {{\n  alarm = watchbill_alarm.{name}.id\n'
            '  note = "Please take it."\n}\n'
        )
    return "\n".join(lines)


def literal(value: Any) -> str:
    """Return a value as it is written."""
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _arguments(values: dict[str, Any], indent: int) -> str:
    return "\n".join(f"{' ' * indent}{name} = {literal(v)}" for name, v in values.items())
