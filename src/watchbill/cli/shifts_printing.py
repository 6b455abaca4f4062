"""Shifts printing: a plan of shifts as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer

from watchbill.cli import printing

#: The table of fairness: its heading, and the field below it.
_SHARES = (
    ("weeks", "weeks"),
    ("load", "load"),
    ("before", "past"),
    ("owes", "owed"),
    ("holidays", "holidays"),
    ("fewest free", "smallest_gap"),
)


def show(view: Mapping[str, Any], zone: str) -> None:
    """Write a plan: what it came to, open weeks, weeks, differences, fairness, aims."""
    plan = view["plan"]
    typer.echo(f"{sentence(plan)} {plan['state'].title()} {plan['id']}, seed {plan['seed']}.")
    if view["is_stale"]:
        typer.echo("Terms, time away or shifts have changed since: make it again.")
    _section("Weeks without anybody", [[row["sentence"]] for row in view["reasons"]])
    _section(f"Weeks, from {zone}", [_week(week, zone) for week in view["weeks"]])
    _section("What changes", [_difference(week, zone) for week in view["differences"]])
    _section("How even it is", _shares(view))
    typer.echo(f"  spread {view['spread']} weeks, Gini {view['gini']}, Jain {view['jain']}")
    _section("Aims, in their order", _aims(view))


def show_all(plans: list[dict[str, Any]], zone: str) -> None:
    """Write plans, a line each."""
    printing.table([[row["id"], row["state"], _day(row["starts_at"], zone), sentence(row),
                     f"by {row['by_name']}"] for row in plans])  # fmt: skip


def sentence(plan: Mapping[str, Any]) -> str:
    """Return what a plan came to, in a sentence."""
    weeks = "1 week" if plan["weeks"] == 1 else f"{plan['weeks']} weeks"
    count = plan["open_weeks"]
    stood = f"{count} without anybody" if count else "somebody stands each"
    best = "proven to be the best" if plan["is_proven"] else "good, but not proven to be the best"
    return f"{weeks}, {stood}; {best}."


def _section(heading: str, rows: list[list[str]]) -> None:
    if rows:
        typer.echo(f"\n{heading}:")
        printing.table([["", *row] for row in rows])


def _week(week: Mapping[str, Any], zone: str) -> list[str]:
    shadow = f"shadow {week['shadow']}" if week["shadow"] else ""
    parts = f"{', '.join(week['kept'])} keeps a part" if week["kept"] else ""
    notes = ["decided before" if week["is_fixed"] else "", parts, shadow]
    who = week["person"] or "nobody"
    watch = [week["watch"]] if week["watch"] else []
    return [_day(week["starts_at"], zone), *watch, who, ", ".join(note for note in notes if note)]


def _difference(week: Mapping[str, Any], zone: str) -> list[str]:
    change = f"{week['was'] or 'nobody'} → {week['person'] or 'nobody'}"
    if week["person"] == week["was"]:
        change = f"shadow {week['shadow_was'] or 'nobody'} → {week['shadow'] or 'nobody'}"
    return [_day(week["starts_at"], zone), *([week["watch"]] if week["watch"] else []), change]


def _shares(view: Mapping[str, Any]) -> list[list[str]]:
    heading = ["", *(heading for heading, _ in _SHARES)]
    lines = [
        [row["person"], *("–" if row[field] is None else f"{row[field]}" for _, field in _SHARES)]
        for row in view["people"]
    ]
    return [heading, *lines]


def _aims(view: Mapping[str, Any]) -> list[list[str]]:
    heading = ["", "cost", "proven least", "gap", "counted in"]
    lines = [
        [
            row["meaning"],
            f"{row['cost']}",
            f"{row['bound']}",
            f"{row['gap']:.1%}" if row["gap"] else "none",
            row["unit"],
        ]
        for row in view["aims"]
    ]
    return [heading, *lines]


def _day(text: str, zone: str) -> str:
    at = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    return f"{at:%a %Y-%m-%d %H:%M}"
