"""The planner against every plan there is, on cases small enough to try them all.

SH1-SH3, NO2: the solver's plan keeps every rule, costs what it says, and none is better; where not
every week can be stood, the reason it gives is one, and none is smaller.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.planner import checker, costs, explain, solve
from watchbill.planner.cases import UNIT, Candidate, Case, Limit, Plan

Weeks = tuple[int | None, ...]


@st.composite
def cases(draw: st.DrawFn, *, most_weeks: int = 5, most_people: int = 3) -> Case:
    count = draw(st.integers(1, most_weeks))
    weeks = st.frozensets(st.integers(0, count - 1))
    people = draw(
        st.lists(
            st.builds(
                Candidate,
                id=st.just("p"),
                office=st.sampled_from("ab"),
                weeks=weeks,
                past=st.integers(0, 30),
                extra=st.dictionaries(st.integers(0, count - 1), st.integers(1, 4), max_size=2),
                share=st.sampled_from((UNIT, UNIT // 2)),
                wishes=st.dictionaries(st.integers(0, count - 1), st.integers(-3, 3), max_size=3),
                had=weeks,
                tired=weeks,
                stood=st.frozensets(st.sampled_from((-3, -2, -1, count, count + 1)), max_size=1),
            ),
            min_size=1,
            max_size=most_people,
        )
    )
    published = draw(
        st.dictionaries(st.integers(0, count - 1), st.integers(0, len(people) - 1), max_size=count)
    )
    return Case(
        loads=tuple(draw(st.lists(st.sampled_from((10, 11, 14)), min_size=count, max_size=count))),
        people=tuple(people),
        gap=draw(st.integers(0, 2)),
        limits=draw(st.sampled_from(((), (Limit(most=1, weeks=4),)))),
        published=published,
        recurring=((0, count - 1),) if count > 3 else (),
        keep=draw(st.booleans()),
    )


def every_plan(case: Case) -> Iterator[Weeks]:
    """Return every plan that keeps the rules, the checker being the judge."""
    for weeks in itertools.product((None, *range(len(case.people))), repeat=len(case.loads)):
        if not checker.check(case, Plan(weeks=weeks, settled=())):
            yield weeks


def cost(case: Case, weeks: Weeks) -> tuple[int, ...]:
    return tuple(costs.of(case, aim, weeks) for aim in case.aims)


@settings(deadline=None, max_examples=60)
@given(case=cases())
def test_sh3_no_plan_is_better_and_the_checker_agrees(case: Case) -> None:
    plan = solve.solve(case)
    assert checker.check(case, plan) == ()
    assert plan.is_proven
    assert tuple(each.cost for each in plan.settled) == min(
        cost(case, weeks) for weeks in every_plan(case)
    )


@settings(deadline=None, max_examples=40)
@given(case=cases(most_weeks=4))
def test_what_cannot_be_stood_is_explained_by_the_fewest_weeks(case: Case) -> None:
    reason = explain.explain(case)
    covered = [{w for w, who in enumerate(p) if who is not None} for p in every_plan(case)]
    if reason is None:
        assert set(range(len(case.loads))) in covered
        return
    assert not any(set(reason.weeks) <= each for each in covered)
    for smaller in itertools.combinations(range(len(case.loads)), len(reason.weeks) - 1):
        assert any(set(smaller) <= each for each in covered)


@settings(deadline=None, max_examples=20)
@given(case=cases())
def test_the_same_case_and_seed_give_the_same_plan(case: Case) -> None:
    assert solve.solve(case) == solve.solve(case)


@settings(deadline=None, max_examples=30)
@given(case=cases(), week=st.integers(0, 4), who=st.integers(0, 2), other=st.integers(0, 4))
def test_what_is_fixed_stays_and_nothing_is_added_too_near(
    case: Case, week: int, who: int, other: int
) -> None:
    who %= len(case.people)
    own = {week % len(case.loads), other % len(case.loads)} & case.people[who].weeks
    fixed = replace(case, fixed=dict.fromkeys(own, who))
    plan = solve.solve(fixed)
    assert all(plan.weeks[each] == who for each in own)
    assert checker.check(fixed, plan) == ()
    assert tuple(each.cost for each in plan.settled) == min(
        cost(fixed, weeks) for weeks in every_plan(fixed)
    )
