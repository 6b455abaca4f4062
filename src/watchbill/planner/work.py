"""Work: solve and explain in a process of their own, so that nothing else waits and memory is freed.

The solver takes a second to import and 80 MB to hold; a server that plans twice a year keeps neither.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from watchbill.planner.cases import Case, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is asked of the planner."""

    case: Case
    seconds: float = 60.0
    seed: int = 0
    #: None: one for a small case, which makes the plan the same each time, else two.
    workers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The plan, and the weeks that say why not every week has somebody; () if every week has."""

    plan: Plan
    reason: tuple[int, ...] = ()


def run(task: Task) -> Found:
    """Return the plan of a case. Raises: Impossible."""
    from watchbill.planner import explain, solve

    plan = solve.solve(task.case, seconds=task.seconds, seed=task.seed, workers=task.workers)
    if None not in plan.weeks:
        return Found(plan=plan)
    reason = explain.explain(task.case)
    return Found(plan=plan, reason=reason.weeks if reason else ())


def apart(tasks: Sequence[Task]) -> list[Found]:
    """Return the same of several, one after the other in a process of its own. Raises: Impossible."""
    context = multiprocessing.get_context("spawn")
    patience = sum(task.seconds for task in tasks) + 60
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return list(pool.map(run, tasks, timeout=patience))
