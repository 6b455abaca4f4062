"""The checker finds every rule a plan breaks (SH1-SH3, NO2): each is broken once, on purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from watchbill.planner import checker, solve
from watchbill.planner.cases import UNIT, Candidate, Case, Limit, Plan

FREE = frozenset(range(12))
CASE = Case(
    loads=(UNIT,) * 12,
    people=(
        Candidate(id="ann", office="dublin", weeks=FREE, wishes={3: -3}, tired=frozenset({0})),
        Candidate(id="ben", office="dublin", weeks=FREE - {5}, stood=frozenset({-1}), past=20),
        Candidate(id="cat", office="london", weeks=FREE, had=frozenset({6}), extra={6: 4}),
        Candidate(id="dan", office="london", weeks=FREE, stood=frozenset({12})),
        Candidate(id="eve", office="london", weeks=FREE),
    ),
    gap=2,
    limits=(Limit(most=2, weeks=8),),
    fixed={7: 4},
    published={2: 3},
    recurring=((1, 11),),
)
GOOD = solve.solve(CASE)

#: What is broken, by the weeks that are given to others.
BROKEN = {
    "only inside their term, and not while away": {5: 1},
    "what is fixed stays": {7: 0},
    "2 free weeks between shifts": {3: 0, 4: 0},
    "at most 2 in 8 weeks": {0: 2, 3: 2, 6: 2},
    "only people of the on-call team": {2: 9},
}


def rules(case: Case, plan: Plan) -> set[str]:
    return {broken.rule for broken in checker.check(case, plan)}


def test_a_good_plan_breaks_nothing() -> None:
    assert checker.check(CASE, GOOD) == ()


@pytest.mark.parametrize("rule", BROKEN)
def test_each_hard_rule_broken_is_named(rule: str) -> None:
    weeks = list(GOOD.weeks)
    for week, who in BROKEN[rule].items():
        weeks[week] = who
    assert rule in rules(CASE, replace(GOOD, weeks=tuple(weeks)))


@pytest.mark.parametrize(("week", "who"), [(0, 1), (1, 1), (10, 3), (11, 3)])
def test_the_gap_counts_shifts_just_before_and_after(week: int, who: int) -> None:
    weeks: list[int | None] = [None] * 12
    weeks[week], weeks[7] = who, 4
    found = checker.hard(CASE, weeks)
    assert {broken.rule for broken in found} == {"2 free weeks between shifts"}


def test_a_plan_of_another_length_is_named() -> None:
    assert rules(CASE, replace(GOOD, weeks=GOOD.weeks[:-1])) == {
        "a person or nobody for every week"
    }


@pytest.mark.parametrize("number", range(8))
def test_each_aim_is_counted_anew_and_its_bound_looked_at(number: int) -> None:
    settled = list(GOOD.settled)
    wrong = settled[number]
    settled[number] = replace(wrong, cost=wrong.cost + 1)
    assert rules(CASE, replace(GOOD, settled=tuple(settled))) == {
        f"{wrong.aim.value} costs what it says"
    }
    settled[number] = replace(wrong, bound=wrong.cost + 1)
    assert rules(CASE, replace(GOOD, settled=tuple(settled))) == {
        f"{wrong.aim.value} is not below its bound"
    }
    assert rules(CASE, replace(GOOD, settled=GOOD.settled[1:])) == {
        "every aim is counted, in its order"
    }
