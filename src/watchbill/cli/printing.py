"""Printing: one JSON value for programs; names, times and orders for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import typer

from watchbill.queries.oncall import StepRow


def as_json(value: object) -> None:
    """Write one JSON value; times as RFC 3339."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def local(at: datetime, zone: str) -> str:
    """Return an instant by a zone's clock: `Mon 2026-03-09 09:00 Europe/Dublin`."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M} {zone}"


def order(steps: Sequence[StepRow]) -> str:
    """Return who is called in which order: `Ana (volunteer), after 5 min: Bo (manager)`."""
    parts, waited = [], timedelta(0)
    for step in steps:
        names = ", ".join(f"{one.name} ({one.role})" for one in step.people)
        parts.append(f"after {_span(waited)}: {names}" if waited else names)
        waited += timedelta(seconds=step.wait_s)
    return "; ".join(parts)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Write rows in columns."""
    if not rows:
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _span(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    return f"{minutes} min" if not seconds else f"{minutes} min {seconds} s"
