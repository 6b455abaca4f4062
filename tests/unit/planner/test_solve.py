"""Solving: proven and checked on a year of random cases, the same each time, steady when asked.

SH3: fairness is settled before wishes; what was published moves only when it must.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from watchbill.planner import checker, costs, solve
from watchbill.planner.cases import UNIT, Aim, Candidate, Case

at_random = run_path(str(Path(__file__).with_name("cases_at_random.py")))["case"]


def everybody(people: int, weeks: int, **more: Any) -> Case:
    free = frozenset(range(weeks))
    candidates = tuple(Candidate(id=f"p{n}", weeks=free) for n in range(people))
    return replace(Case(loads=(UNIT,) * weeks, people=candidates), **more)


@pytest.mark.parametrize("people", [7, 12])
@pytest.mark.parametrize("seed", range(3))
def test_sh3_half_a_year_is_proven_checked_and_the_same_each_time(people: int, seed: int) -> None:
    case = at_random(seed, weeks=26, people=people)
    plan = solve.solve(case, seed=1)
    assert plan.is_proven
    assert checker.check(case, plan) == ()
    assert solve.solve(case, seed=1) == plan


@pytest.mark.parametrize("seed", range(52))
def test_the_checker_agrees_with_the_solver_on_a_year_of_cases(seed: int) -> None:
    case = at_random(seed, weeks=8 + seed % 8, people=4 + seed % 5, away=0.4)
    assert checker.check(case, solve.solve(case)) == ()


def test_what_was_published_moves_only_when_it_must() -> None:
    published = {0: 0, 1: 1, 2: 2, 3: 0, 4: 1, 5: 2}
    case = everybody(4, 6, published=published, keep=True)
    ill = replace(case.people[1], weeks=case.people[1].weeks - {1})
    case = replace(case, people=(case.people[0], ill, *case.people[2:]))
    plan = solve.solve(case)
    assert [w for w, who in published.items() if plan.weeks[w] != who] == [1]
    assert plan.weeks[1] == 3
    assert [each.aim for each in plan.settled][:2] == [Aim.COVER, Aim.STEADY]
    anew = solve.solve(replace(case, keep=False))
    assert costs.of(case, Aim.FAIR, anew.weeks) <= costs.of(case, Aim.FAIR, plan.weeks)


def test_without_enough_time_there_is_no_plan_but_a_foreseen_error() -> None:
    with pytest.raises(solve.OutOfTime):
        solve.solve(at_random(0, weeks=104, people=60), seconds=1e-6)


def test_what_is_fixed_for_whom_cannot_stand_it_is_refused() -> None:
    case = everybody(2, 4)
    away = replace(case.people[0], weeks=frozenset({1, 2, 3}))
    case = replace(case, people=(away, case.people[1]), fixed={0: 0})
    with pytest.raises(solve.Impossible):
        solve.solve(case)
