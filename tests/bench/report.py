"""The table: on the terminal while it grows, and as a page of the documentation at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import figures

_HEAD = """\
# Benchmarks

Written by `make bench`; do not edit. Measured {when}{how}.

## The table

| row | unit | Alertmanager | p50 / p99 ms | Watchbill | p50 / p99 ms | ratio | bar | aim | verdict |
|---|---|---|---|---|---|---|---|---|---|
"""
_PLANNER = """\
## The planner

Measured {when}{how}; `make bench ARGS="--only planner"` writes this part alone. No other product that
can be installed here plans shifts, so there is no peer but the rotations below.

| row | unit | Watchbill | bar | verdict |
|---|---|---|---|---|
"""
_READING = """
## How to read it

- Each figure is the median of its rounds, with the lowest and highest in brackets. Rounds of the two
  servers alternate, so that what else the machine does falls on both. **Trust the ratio**; absolute
  figures drift with the machine, and differences below a tenth mean nothing.
- **ratio** is Watchbill divided by Alertmanager. A bar with × is a bar on the ratio, any other on
  Watchbill's own figure. **verdict**: *aim* and *bar* say what was reached, *short* that the bar was
  not, *shown* that the row has no bar or no peer to compare with, *missing* that it was not measured.
- The comparison is not like for like in one respect: Alertmanager keeps alerts in memory only and
  answers before anything is durable. Watchbill answers once the event is committed to disk. The row
  of kills shows what that is worth.
- "64 connections" is a closed loop and shows the rate of saturation; its p50 is queueing. The open
  loop sends at random instants whatever the answers do, and counts from when a request was due.
- Every event has a key of its own, and both servers get bodies of the same size and content.
"""


def line(row: figures.Row) -> str:
    """Return one line for the terminal."""
    ratio = f"{row.ratio:.2f} ×" if row.ratio else "–"
    sides = [f"{_figure(each):24} {_waits(each):14}" for each in (row.peer, row.ours)]
    return f"{row.name:9} {row.unit:10} peer {sides[0]} ours {sides[1]} {ratio:8} {row.verdict}"


def alone(row: figures.Row) -> str:
    """Return the figure of a row that compares nothing."""
    note = row.ours.note if row.ours else row.why_not_ours
    return f"{_figure(row.ours)} {row.unit}, p50 / p99 {_waits(row.ours)} ms; {note}"


def page(
    rows: Sequence[figures.Row], facts: Mapping[str, str], *, when: datetime, quick: bool
) -> str:
    """Return the page of the documentation; `when` is aware."""
    how = " with `--quick`: fewer and shorter rounds" if quick else ""
    parts = [_HEAD.format(when=when.strftime("%Y-%m-%d %H:%M %Z"), how=how)]
    parts += [_table_line(row) + "\n" for row in rows]
    parts += ["\n", *_remarks(rows), _READING, "\n## Measured on\n\n| | |\n|---|---|\n"]
    parts += [f"| {name} | {fact} |\n" for name, fact in facts.items()]
    return "".join(parts)


def planner(rows: Sequence[figures.Row], compared: str, *, when: datetime, quick: bool) -> str:
    """Return the planner's part of the page: its rows, what they noted, and the fairness."""
    how = " with `--quick`: fewer cases" if quick else ""
    parts = [_PLANNER.format(when=when.strftime("%Y-%m-%d %H:%M %Z"), how=how)]
    for row in rows:
        bar = row.bar.text(higher=row.higher) if row.bar else "–"
        cells = [row.title, row.unit, _figure(row.ours), bar, f"**{row.verdict}**"]
        parts.append(f"| {' | '.join(cells)} |\n")
    notes = [(row, row.ours.note) for row in rows if row.ours and row.ours.note]
    parts += ["\n", *(f"- {row.name}: {note}.\n" for row, note in notes), compared]
    return "".join(parts)


def with_planner(page: str, part: str) -> str:
    """Return the page with this part in front of how to read it, instead of one that is there."""
    if not part:
        return page
    before, reading, after = page.partition(_READING.splitlines()[1])
    kept = before.partition(_PLANNER.splitlines()[0])[0]
    return f"{kept.rstrip()}\n\n{part}\n{reading}{after}"


def _table_line(row: figures.Row) -> str:
    """Return one line of the page's table."""
    cells = [
        row.title,
        row.unit,
        _figure(row.peer),
        _waits(row.peer),
        _figure(row.ours),
        _waits(row.ours),
        f"{row.ratio:.2f} ×" if row.ratio else "–",
        row.bar.text(higher=row.higher) if row.bar else "–",
        row.aim.text(higher=row.higher) if row.aim else "–",
        f"**{row.verdict}**",
    ]
    return "| " + " | ".join(cells) + " |"


def _remarks(rows: Sequence[figures.Row]) -> list[str]:
    """Return what the rounds noted, and why a figure is missing."""
    found = []
    for row in rows:
        sides = (
            ("Alertmanager", row.peer, row.why_no_peer),
            ("Watchbill", row.ours, row.why_not_ours),
        )
        for name, measure, why in sides:
            if measure is not None and measure.note:
                found.append(f"- {row.name}, {name}: {measure.note}.\n")
            if why:
                found.append(f"- {row.name}, {name}: not measured ({why}).\n")
    return ["Remarks:\n\n", *found] if found else []


def _figure(measure: figures.Measure | None) -> str:
    """Return a median with its range."""
    if measure is None:
        return "–"
    low, high = min(measure.rounds), max(measure.rounds)
    return f"{_short(measure.median)} [{_short(low)}–{_short(high)}]"


def _waits(measure: figures.Measure | None) -> str:
    """Return the latencies of a side."""
    if measure is None or measure.p50_ms is None or measure.p99_ms is None:
        return "–"
    return f"{_short(measure.p50_ms)} / {_short(measure.p99_ms)}"


def _short(value: float) -> str:
    """Return a number with as many digits as mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
