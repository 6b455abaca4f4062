"""Solve: settle the aims one after the other; each is held at its best while the next is sought."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ortools.sat.python import cp_model

from watchbill.errors import Conflict, Unavailable
from watchbill.planner import costs
from watchbill.planner.cases import Aim, Case, Plan, Settled
from watchbill.planner.model import Model

#: So many choices of a person for a week one worker settles as fast as two, and always the same way.
_SMALL = 1500

Weeks = tuple[int | None, ...]


class Impossible(Conflict):
    """What is fixed breaks a rule, so there is no plan at all."""


class OutOfTime(Unavailable):
    """No plan was found in the time there was; ask for fewer weeks, or try again."""


def solve(
    case: Case,
    *,
    seconds: float = 60.0,
    seed: int = 0,
    workers: int | None = None,
    aims: Sequence[Aim] | None = None,
) -> Plan:
    """Return the best plan found, each aim with its proven bound.

    One worker (the default for small cases) gives the same plan for the same case and seed as long
    as every aim is proven in its time. Two are better on large cases, and promise only the costs.
    Raises: Impossible, OutOfTime.
    """
    model = Model(case)
    settled: list[Settled] = []
    weeks: Weeks | None = None
    for aim in aims or case.aims:
        cost = model.cost(aim)
        if weeks is not None and _is_least(case, aim, weeks, cost):
            value = costs.of(case, aim, weeks)
            settled.append(Settled(aim=aim, cost=value, bound=value))
            model.cp.add(cost <= value)
            continue
        solver = _solver(seconds / 2, seed, workers or _workers(model))  # the next need some, too
        solver.parameters.linearization_level = _level(model, aim, settled)
        model.cp.minimize(cost)
        weeks, bound = _best(model, solver, weeks)
        seconds = max(0.1, seconds - solver.wall_time)
        value = costs.of(case, aim, weeks)
        settled.append(Settled(aim=aim, cost=value, bound=min(bound, value)))
        model.cp.clear_objective()  # type: ignore[no-untyped-call]
        model.cp.add(cost <= value)
        _hint(model, weeks)
    if weeks is None:
        raise OutOfTime
    return Plan(weeks=weeks, settled=tuple(_final(case, weeks, each) for each in settled))


def _is_least(case: Case, aim: Aim, weeks: Weeks, cost: Any) -> bool:
    """True without a search: nothing costs less than 0, and what is constant cannot change."""
    return isinstance(cost, int) or costs.of(case, aim, weeks) == 0


def _workers(model: Model) -> int:
    return 1 if len(model.stands) <= _SMALL else 2


def _level(model: Model, aim: Aim, settled: Sequence[Settled]) -> int:
    """Return how much is said in linear terms: tight gaps are proven in a second, not a minute."""
    is_tight = any(each.aim is Aim.SPACED and each.cost > 0 for each in settled)
    return 2 if aim is Aim.SPACED or is_tight or len(model.stands) > _SMALL else 1


def _solver(seconds: float, seed: int, workers: int) -> Any:
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = seconds
    return solver


def _best(model: Model, solver: Any, before: Weeks | None) -> tuple[Weeks, int]:
    """Return the best plan by the model's objective, and the least that is proven possible.

    If the time is over before one is found, the plan of the aims before stands.
    """
    state = solver.solve(model.cp)
    if state in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return _weeks(model, solver), max(0, math.ceil(solver.best_objective_bound - 1e-6))
    if state == cp_model.UNKNOWN:
        if before is None:
            raise OutOfTime
        return before, 0
    raise Impossible


def _final(case: Case, weeks: Weeks, settled: Settled) -> Settled:
    """Return an aim as the last plan meets it: a later aim may have bettered an earlier one."""
    cost = costs.of(case, settled.aim, weeks)
    return Settled(aim=settled.aim, cost=cost, bound=min(settled.bound, cost))


def _weeks(model: Model, solver: Any) -> Weeks:
    found: list[int | None] = [None] * len(model.case.loads)
    for (who, week), stands in model.stands.items():
        if solver.boolean_value(stands):
            found[week] = who
    return tuple(found)


def _hint(model: Model, weeks: Weeks) -> None:
    """Begin the next search from what was found."""
    model.cp.clear_hints()  # type: ignore[no-untyped-call]
    for (who, week), stands in model.stands.items():
        model.cp.add_hint(stands, weeks[week] == who)
