"""Rounds: peer and ours in turn, so that what the machine does to one it does to the other."""

from __future__ import annotations

import dataclasses
import secrets
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

import arrivals
import figures
import sides

_PLAIN = ("name", "title", "unit", "higher", "bar", "aim", "p99_bar_ms", "worst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """One round of one side."""

    value: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Bench:
    """What every row works with; a side that is not there says why."""

    receiver: arrivals.Receiver
    peer: sides.Side | None
    ours: sides.Side | None
    why_no_peer: str = ""
    why_not_ours: str = ""
    quick: bool = False
    kept_events: int = 0
    say: Callable[[str], None] = field(default=print)

    @property
    def rounds(self) -> int:
        """Return how many rounds each side of a row gets."""
        return 2 if self.quick else 3


def new_run() -> str:
    """Return four hexadecimal digits that tell the keys of this run from all others."""
    return secrets.token_hex(2)


def interleave(
    bench: Bench,
    row: figures.Row,
    measure: Callable[[sides.Side], Once],
    *,
    rounds: int | None = None,
) -> figures.Row:
    """Measure each side in turn and return the row with both; a failing side says why."""
    taken: dict[str, list[Once]] = {"peer": [], "ours": []}
    why = {"peer": bench.why_no_peer, "ours": bench.why_not_ours}
    for number in range(rounds or bench.rounds):
        for part, side in (("peer", bench.peer), ("ours", bench.ours)):
            if side is None or (number and not taken[part]):
                continue
            try:
                once = measure(side)
            except (OSError, RuntimeError, KeyError, ValueError) as error:
                why[part] = f"{type(error).__name__}: {error}"
                continue
            finally:
                side.close()
            taken[part].append(once)
            bench.say(
                f"  {row.name} {number + 1}: {side.name} {once.value:,.1f} {row.unit} {once.note}"
            )
    return _with(row, taken, why)


def _with(row: figures.Row, taken: dict[str, list[Once]], why: dict[str, str]) -> figures.Row:
    """Return the row with what was taken on each side."""
    plain = {name: getattr(row, name) for name in _PLAIN}
    return figures.Row(
        **plain,
        peer=_measure(taken["peer"]),
        ours=_measure(taken["ours"]),
        why_no_peer=why["peer"],
        why_not_ours=why["ours"],
    )


def _measure(taken: list[Once]) -> figures.Measure | None:
    """Return the rounds of one side as one measure, with the median of their latencies."""
    if not taken:
        return None
    p50 = [each.p50_ms for each in taken if each.p50_ms is not None]
    p99 = [each.p99_ms for each in taken if each.p99_ms is not None]
    return figures.Measure(
        rounds=tuple(each.value for each in taken),
        p50_ms=statistics.median(p50) if p50 else None,
        p99_ms=statistics.median(p99) if p99 else None,
        note=taken[-1].note,
    )


def only_ours(bench: Bench, *, why: str) -> Bench:
    """Return the bench without the peer, for a row that the peer has no answer to."""
    return dataclasses.replace(bench, peer=None, why_no_peer=why)
