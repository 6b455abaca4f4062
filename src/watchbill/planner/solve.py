"""Solve: settle the aims one after the other; each is held at its best while the next is sought."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ortools.sat.python import cp_model

from watchbill.errors import Conflict
from watchbill.planner import costs
from watchbill.planner.cases import AIMS, Aim, Case, Plan, Settled
from watchbill.planner.model import Model


class Impossible(Conflict):
    """What is fixed breaks a rule, so there is no plan at all."""


def solve(
    case: Case,
    *,
    seconds: float = 60.0,
    seed: int = 0,
    workers: int = 2,
    aims: Sequence[Aim] = AIMS,
) -> Plan:
    """Return the best plan found, each aim with its proven bound.

    The same case and seed give the same plan as long as every aim is proven before its time is
    over. Raises: Impossible.
    """
    model = Model(case)
    settled: list[Settled] = []
    weeks: tuple[int | None, ...] = ()
    for aim in aims:
        cost = model.cost(aim)
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = workers
        solver.parameters.max_time_in_seconds = seconds / 2  # the next ones need some, too
        model.cp.minimize(cost)
        state = solver.solve(model.cp)
        if state not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise Impossible
        seconds -= solver.wall_time
        weeks = _weeks(model, solver)
        value = costs.of(case, aim, weeks)
        bound = value if isinstance(cost, int) else math.ceil(solver.best_objective_bound - 1e-6)
        settled.append(Settled(aim=aim, cost=value, bound=min(bound, value)))
        model.cp.clear_objective()  # type: ignore[no-untyped-call]
        model.cp.add(cost <= value)
        _hint(model, solver)
    return Plan(weeks=weeks, settled=tuple(_final(case, weeks, each) for each in settled))


def _final(case: Case, weeks: Sequence[int | None], settled: Settled) -> Settled:
    """Return an aim as the last plan meets it: a later aim may have bettered an earlier one."""
    cost = costs.of(case, settled.aim, weeks)
    return Settled(aim=settled.aim, cost=cost, bound=min(settled.bound, cost))


def _weeks(model: Model, solver: Any) -> tuple[int | None, ...]:
    found: list[int | None] = [None] * len(model.case.loads)
    for (who, week), stands in model.stands.items():
        if solver.boolean_value(stands):
            found[week] = who
    return tuple(found)


def _hint(model: Model, solver: Any) -> None:
    """Begin the next search from what was found."""
    model.cp.clear_hints()  # type: ignore[no-untyped-call]
    for stands in model.stands.values():
        model.cp.add_hint(stands, solver.boolean_value(stands))
