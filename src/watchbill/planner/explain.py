"""Explain: why not every week can have somebody, in as few weeks as say it.

The smallest set of weeks that cannot all be stood, found by hitting sets: a set of weeks that hits
everything that ever had to be left out is either coverable, and teaches one more, or is the answer.

Source: Ignatiev et al., "Smallest MUS extraction with minimal hitting set dualization" (CP 2015).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from watchbill.planner.cases import Case
from watchbill.planner.model import Model

_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Weeks that cannot all be stood, and for each who could, by their place in the case."""

    weeks: tuple[int, ...]
    #: Week to the people whose term and time would allow it.
    could: dict[int, tuple[int, ...]]
    #: False if there may be a smaller set: the time was over.
    is_smallest: bool = True


def explain(case: Case) -> Reason | None:
    """Return the smallest set of weeks that cannot all be stood; None if all can."""
    for week in range(len(case.loads)):
        if not _could(case, week):
            return Reason(weeks=(week,), could={week: ()})
    everything = range(len(case.loads))
    if _coverable(case, everything) is not None:
        return None
    left_out: list[frozenset[int]] = []
    while True:
        weeks = _hitting(left_out, len(case.loads))
        covered = _coverable(case, weeks)
        if covered is None:
            return Reason(weeks=tuple(weeks), could={w: _could(case, w) for w in weeks})
        left_out.append(frozenset(everything) - covered)


def _could(case: Case, week: int) -> tuple[int, ...]:
    decided = case.fixed.get(week)
    return tuple(
        who
        for who, person in enumerate(case.people)
        if week in person.weeks and decided in (None, who)
    )


def _coverable(case: Case, weeks: Iterable[int]) -> frozenset[int] | None:
    """Return as many weeks as can be stood together with all of `weeks`; None if those cannot."""
    model = Model(case)
    needed = [model.need(week) for week in weeks]
    if needed:
        model.cp.add_bool_and(needed)
    everything = [model.need(week) for week in range(len(case.loads))]
    model.cp.maximize(sum(everything))
    solver = _solver()
    if solver.solve(model.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return frozenset(w for w, need in enumerate(everything) if solver.boolean_value(need))


def _hitting(sets: list[frozenset[int]], count: int) -> list[int]:
    """Return the fewest weeks that have one in common with each set."""
    model = cp_model.CpModel()
    taken = [model.new_bool_var(f"w{week}") for week in range(count)]
    for each in sets:
        model.add_bool_or([taken[week] for week in sorted(each)])
    model.minimize(sum(taken))
    solver = _solver()
    solver.solve(model)
    return [week for week in range(count) if solver.boolean_value(taken[week])]


def _solver() -> Any:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = _PATIENCE_S
    return solver
