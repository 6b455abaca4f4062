"""Rotations without a planner, and what another product says of a plan: what ours is compared with.

`turns` is a plain rotation, as the schedules of Grafana OnCall, PagerDuty and Opsgenie make it: it
knows nobody's leave. `swapped` is what people then do by hand: who cannot swaps with the next who can.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from watchbill.planner.cases import Case

Weeks = tuple[int | None, ...]


def turns(case: Case) -> Weeks:
    """Return a plain rotation, whoever is away."""
    return tuple(week % len(case.people) for week in range(len(case.loads)))


def swapped(case: Case) -> Weeks:
    """Return a rotation in which whoever cannot stand a week swaps with the next who can.

    The next is the first in turn whose shifts stay apart by the gap; if there is none, the first
    who can stand at all; if there is none either, nobody stands.
    """
    queue = list(range(len(case.people)))
    last: dict[int, int] = {}
    found: list[int | None] = []
    for week in range(len(case.loads)):
        able = [who for who in queue if week in case.people[who].weeks]
        rested = [who for who in able if week - last.get(who, -week - case.gap - 1) > case.gap]
        chosen = next(iter(rested or able), None)
        found.append(chosen)
        if chosen is not None:
            last[chosen] = week
            queue.remove(chosen)  # who was passed over keeps their place, and is next
            queue.append(chosen)
    return tuple(found)


def balance_score(weeks: Sequence[int | None]) -> float:
    """Return Grafana OnCall's balance of a schedule, 0 to 1: the mean over all pairs of the less
    time on call by the more.

    Who has no time at all is not looked at, holidays and leave neither. 1 with fewer than two.
    Source: grafana/oncall, engine/apps/schedules/quality_score.py at 1e2faef,
    `get_balance_score_by_duration_map`; the formula is of its issue 118.
    """
    times = Counter(who for who in weeks if who is not None)
    pairs = list(itertools.combinations(times.values(), 2))
    return sum(min(pair) / max(pair) for pair in pairs) / len(pairs) if pairs else 1.0
