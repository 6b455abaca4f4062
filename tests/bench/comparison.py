"""The fairness of plans, ours and others', on the same cases; as a table of the documentation."""

from __future__ import annotations

import pathlib
import runpy
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import rotations

from watchbill.core import fairness
from watchbill.planner import checker, costs, solve
from watchbill.planner.cases import UNIT, Case

#: The tests' cases; this folder runs by itself and is no part of their package.
_CASES = pathlib.Path(__file__).parents[1] / "unit" / "planner" / "cases_at_random.py"
#: Weeks, people, and how many of them.
_SIZES = ((26, 7, 7), (26, 12, 7), (52, 9, 6))
_AWAY = 0.15
_HEAD = """
### Fairness, on the same cases

{count} cases at random ({sizes}), always the same: everybody away 15 % of the weeks in spells of one to
three, public holidays where they live, wishes, a third with a past. Each cell is the mean, in brackets
the worst case.

| | rules broken | weeks nobody stands | max − min load, weeks | furthest from what is owed, weeks | Gini | smallest gap, weeks | max − min weekends | max − min holidays | wishes, −3 to 3 | Grafana OnCall's balance |
|---|---|---|---|---|---|---|---|---|---|---|
"""
_READING = """
- **Rotation alone**: turns in a fixed order, as the schedules of Grafana OnCall and others make them;
  they know nobody's leave. Weeks stood by somebody who is away count as broken rules.
- **Rotation with swaps**: who cannot stand swaps with the next who can, two free weeks apart if anybody
  can; what people do by hand today.
- **Watchbill**: the planner, {proven} of {count} plans proven best in every aim, in {seconds:.1f} s each
  in the median (at most {most:.1f}).
- A load is a week, more with public holidays, with what was carried before; what is owed is pro rata by
  the weeks somebody is there. Who was away more should carry less, so max − min need not be 0.
- Every shift is a whole week, so its weekends are its weeks. A holiday is one where that person lives.
- **Grafana OnCall's balance** is the balance part of its schedule quality score (0 to 1, higher is more
  even), computed as its source does; it counts hours on call and looks at nothing else.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one plan of one case is worth."""

    broken: int
    uncovered: int
    spread: float
    furthest: float
    gini: float
    least_gap: float
    weekends: float
    holidays: float
    wishes: float
    balance: float


#: For each figure, which of several is the worst, and how it is written.
_COLUMNS: tuple[tuple[str, Callable[[Sequence[float]], float], str], ...] = (
    ("broken", max, "{:.1f}"),
    ("uncovered", max, "{:.1f}"),
    ("spread", max, "{:.2f}"),
    ("furthest", max, "{:.2f}"),
    ("gini", max, "{:.3f}"),
    ("least_gap", min, "{:.1f}"),
    ("weekends", max, "{:.1f}"),
    ("holidays", max, "{:.1f}"),
    ("wishes", min, "{:+.2f}"),
    ("balance", min, "{:.3f}"),
)


def cases() -> list[Case]:
    """Return the cases, always the same."""
    make = runpy.run_path(str(_CASES))["case"]
    return [
        make(seed, weeks=weeks, people=people, away=_AWAY)
        for weeks, people, count in _SIZES
        for seed in range(count)
    ]


def table(clock: Callable[[], float]) -> str:
    """Return the part of the page: every way of planning, on every case. Half a minute.

    `clock` tells seconds.
    """
    asked = cases()
    planned, taken, proven = [], [], 0
    for case in asked:
        began = clock()
        plan = solve.solve(case)
        taken.append(clock() - began)
        proven += plan.is_proven
        planned.append(plan.weeks)
    ways = {
        "Rotation alone": [rotations.turns(case) for case in asked],
        "Rotation with swaps": [rotations.swapped(case) for case in asked],
        "Watchbill": planned,
    }
    sizes = ", ".join(f"{count} of {weeks} × {people}" for weeks, people, count in _SIZES)
    lines = [_HEAD.format(count=len(asked), sizes=sizes)]
    for name, plans in ways.items():
        lines.append(_line(name, [judged(*each) for each in zip(asked, plans, strict=True)]))
    about = {"seconds": statistics.median(taken), "most": max(taken)}
    lines.append(_READING.format(proven=proven, count=len(asked), **about))
    return "".join(lines)


def judged(case: Case, weeks: Sequence[int | None]) -> Judged:
    """Return what a plan is worth; nothing here asks the solver."""
    own = [[w for w, who in enumerate(weeks) if who == me] for me in range(len(case.people))]
    loads = [
        (person.past + sum(case.load(who, week) for week in own[who])) / UNIT
        for who, person in enumerate(case.people)
    ]
    holidays = [len(person.extra.keys() & set(own[w])) for w, person in enumerate(case.people)]
    found, stood = fairness.of(loads), [len(each) for each in own]
    gaps = [gap for each in own if (gap := fairness.spacing(each)[0]) is not None]
    wished = [case.people[who].wishes.get(w, 0) for w, who in enumerate(weeks) if who is not None]
    return Judged(
        broken=len(checker.hard(case, weeks)),
        uncovered=sum(who is None for who in weeks),
        spread=found.spread,
        furthest=max(
            abs(load - owed / UNIT) for load, owed in zip(loads, costs.owed(case), strict=True)
        ),
        gini=found.gini,
        least_gap=min(gaps, default=len(weeks)),
        weekends=max(stood) - min(stood),
        holidays=max(holidays) - min(holidays),
        wishes=statistics.fmean(wished) if wished else 0.0,
        balance=rotations.balance_score(weeks),
    )


def _line(name: str, all_judged: Sequence[Judged]) -> str:
    cells = []
    for column, worst, how in _COLUMNS:
        values = [float(getattr(each, column)) for each in all_judged]
        cells.append(f"{how.format(statistics.fmean(values))} ({how.format(worst(values))})")
    return f"| {name} | {' | '.join(cells)} |\n"
