"""Checker: is a plan allowed, and does it cost what it says? Knows nothing of the solver.

Source: SH1-SH3, NO2; the issue's "an independent checker verifies every hard rule".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchbill.planner import costs
from watchbill.planner.cases import Case, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a plan breaks, and where."""

    rule: str
    week: int
    person: int | None = None


def check(case: Case, plan: Plan) -> tuple[Broken, ...]:
    """Return every rule the plan breaks, wrong costs and impossible bounds too; none if it is good."""
    return tuple(_broken(case, plan))


def _broken(case: Case, plan: Plan) -> Iterator[Broken]:
    if len(plan.weeks) != len(case.loads):
        yield Broken(rule="a person or nobody for every week", week=len(plan.weeks))
        return
    yield from _not_free(case, plan)
    yield from _too_near(case, plan)
    yield from _beyond_limits(case, plan)
    yield from _wrongly_counted(case, plan)


def _not_free(case: Case, plan: Plan) -> Iterator[Broken]:
    for week, who in enumerate(plan.weeks):
        if who is not None and week not in case.people[who].weeks:
            yield Broken(rule="only inside their term, and not while away", week=week, person=who)
    for week, who in case.fixed.items():
        if plan.weeks[week] != who:
            yield Broken(rule="what is fixed stays", week=week, person=who)


def _wrongly_counted(case: Case, plan: Plan) -> Iterator[Broken]:
    for settled in plan.settled:
        if settled.cost != costs.of(case, settled.aim, plan.weeks):
            yield Broken(rule=f"{settled.aim.value} costs what it says", week=0)
        if settled.bound > settled.cost:
            yield Broken(rule=f"{settled.aim.value} is not below its bound", week=0)


def _too_near(case: Case, plan: Plan) -> Iterator[Broken]:
    last: dict[int, int] = {}
    for week, who in enumerate(plan.weeks):
        if who is None:
            continue
        if who in last and week - last[who] <= case.gap:
            yield Broken(rule=f"{case.gap} free weeks between shifts", week=week, person=who)
        last[who] = week


def _beyond_limits(case: Case, plan: Plan) -> Iterator[Broken]:
    for limit in case.limits:
        for start in range(len(plan.weeks)):
            window = plan.weeks[start : start + limit.weeks]
            for who in {who for who in window if who is not None}:
                if window.count(who) > limit.most:
                    rule = f"at most {limit.most} in {limit.weeks} weeks"
                    yield Broken(rule=rule, week=start, person=who)
