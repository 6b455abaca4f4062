"""What a row measured, and whether that is enough.

A bar is either absolute or a ratio to the peer of the same run. Nothing here is a measurement:
the bars are the project's promises.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The rounds of one side of one row, in the row's unit, and its latencies if it has any."""

    rounds: tuple[float, ...]
    p50_ms: float | None = None
    p99_ms: float | None = None
    note: str = ""

    @property
    def median(self) -> float:
        """Return the figure that counts."""
        return statistics.median(self.rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A limit on the figure or, with `ratio`, on ours divided by the peer's."""

    limit: float
    ratio: bool = False

    def text(self, *, higher: bool) -> str:
        """Return the bar as it stands in the table."""
        return f"{'≥' if higher else '≤'} {self.limit:,g}{' ×' if self.ratio else ''}"

    def met(self, ours: float, peer: float | None, *, higher: bool) -> bool | None:
        """Tell whether the figure meets the bar; None when a ratio has no peer."""
        if self.ratio and not peer:
            return None
        figure = ours / peer if self.ratio and peer else ours
        return figure >= self.limit if higher else figure <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; a side that could not be measured is None and says why."""

    name: str
    title: str
    unit: str
    higher: bool
    bar: Bar | None = None
    aim: Bar | None = None
    peer: Measure | None = None
    ours: Measure | None = None
    why_no_peer: str = ""
    why_not_ours: str = ""
    p99_bar_ms: float | None = None
    worst: bool = False  # the worst round counts, not the median

    def counts(self, measure: Measure) -> float:
        """Return the figure of a side that is judged."""
        if not self.worst:
            return measure.median
        return min(measure.rounds) if self.higher else max(measure.rounds)

    @property
    def ratio(self) -> float | None:
        """Return ours divided by the peer's."""
        if self.peer is None or self.ours is None or self.peer.median == 0:
            return None
        return self.ours.median / self.peer.median

    @property
    def verdict(self) -> str:
        """Return one word: aim, bar, short, shown (there is no bar) or missing."""
        if self.ours is None:
            return "missing"
        ours = self.counts(self.ours)
        peer = self.counts(self.peer) if self.peer else None
        slow = self.p99_bar_ms is not None and (self.ours.p99_ms or 0) > self.p99_bar_ms
        met = [bar.met(ours, peer, higher=self.higher) for bar in (self.bar, self.aim) if bar]
        if not met or met[0] is None:
            return "shown"
        if slow or not met[0]:
            return "short"
        return "aim" if met[-1] else "bar"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of them lie; nan for none."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
