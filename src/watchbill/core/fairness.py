"""Fairness: how evenly load is carried, as figures that hide nobody.

Everybody counts, also who carries nothing.

Source: on-call-practice §4.2.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """How evenly something is carried."""

    most: float
    least: float
    gini: float
    jain: float

    @property
    def spread(self) -> float:
        """Return the most less the least."""
        return self.most - self.least


def of(loads: Sequence[float]) -> Fairness:
    """Return how evenly loads are carried.

    >>> of([1, 1, 1, 1]).gini, of([0, 0, 0, 4]).gini, of([0, 0, 0, 4]).jain
    (0.0, 0.75, 0.25)
    """
    return Fairness(
        most=max(loads, default=0.0),
        least=min(loads, default=0.0),
        gini=gini(loads),
        jain=jain(loads),
    )


def gini(loads: Sequence[float]) -> float:
    """Return Gini's coefficient: 0 is even, towards 1 is one for all. 0 for nothing."""
    whole, count = sum(loads), len(loads)
    if whole == 0:
        return 0.0
    ordered = sorted(loads)
    return sum((2 * i - count - 1) * x for i, x in enumerate(ordered, 1)) / (count * whole)


def jain(loads: Sequence[float]) -> float:
    """Return Jain's index: 1 is even, 1/n is one for all. 1 for nothing."""
    squares = sum(x * x for x in loads)
    return 1.0 if squares == 0 else sum(loads) ** 2 / (len(loads) * squares)


def gaps(weeks: Sequence[int]) -> list[int]:
    """Return the free weeks between somebody's shifts, given the weeks they stand.

    >>> gaps([9, 0, 4])
    [3, 4]
    """
    return [second - first - 1 for first, second in pairwise(sorted(weeks))]


def spacing(weeks: Sequence[int]) -> tuple[int | None, float]:
    """Return the smallest gap between somebody's shifts, None with fewer than two, and how much they vary."""
    found = gaps(weeks)
    return (min(found), statistics.pstdev(found)) if found else (None, 0.0)
