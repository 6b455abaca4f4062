"""Checker: is a plan allowed, and does it cost what it says? Knows nothing of the solver.

Source: SH1-SH3, NO2; the issue's "an independent checker verifies every hard rule".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from watchbill.planner import costs
from watchbill.planner.cases import Candidate, Case, Plan

Weeks = Sequence[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a plan breaks, and where."""

    rule: str
    week: int
    person: int | None = None


def check(case: Case, plan: Plan) -> tuple[Broken, ...]:
    """Return every rule the plan breaks, wrong costs and impossible bounds too; none if it is good."""
    return hard(case, plan.weeks) or tuple(_wrongly_counted(case, plan))


def hard(case: Case, weeks: Weeks) -> tuple[Broken, ...]:
    """Return every rule that people rely on which the weeks break; costs are not looked at."""
    if len(weeks) != len(case.loads):
        return (Broken(rule="a person or nobody for every week", week=len(weeks)),)
    rules = (_unknown, _not_free, _not_kept, _too_near, _beyond_limits)
    return tuple(itertools.chain.from_iterable(rule(case, weeks) for rule in rules))


def _unknown(case: Case, weeks: Weeks) -> Iterator[Broken]:
    for week, who in enumerate(weeks):
        if who is not None and not 0 <= who < len(case.people):
            yield Broken(rule="only people of the on-call team", week=week, person=who)


def _not_free(case: Case, weeks: Weeks) -> Iterator[Broken]:
    for week, who, person in _standing(case, weeks):
        if week not in person.weeks:
            yield Broken(rule="only inside their term, and not while away", week=week, person=who)


def _not_kept(case: Case, weeks: Weeks) -> Iterator[Broken]:
    for week, who in case.fixed.items():
        if weeks[week] != who:
            yield Broken(rule="what is fixed stays", week=week, person=who)


def _too_near(case: Case, weeks: Weeks) -> Iterator[Broken]:
    """Look at each two weeks of one person, unless both were decided before."""
    for who, own in _by_person(case, weeks):
        for first, second in itertools.pairwise(own):
            is_near = second - first <= case.gap
            if is_near and not _decided(case, who, weeks, (first, second)):
                yield Broken(rule=f"{case.gap} free weeks between shifts", week=second, person=who)


def _beyond_limits(case: Case, weeks: Weeks) -> Iterator[Broken]:
    """Look at each stretch of weeks that is too full, unless all in it was decided before."""
    for limit in case.limits:
        for who, own in _by_person(case, weeks):
            for first in own:
                stretch = [week for week in own if first <= week < first + limit.weeks]
                if len(stretch) > limit.most and not _decided(case, who, weeks, stretch):
                    rule = f"at most {limit.most} in {limit.weeks} weeks"
                    yield Broken(rule=rule, week=first, person=who)


def _wrongly_counted(case: Case, plan: Plan) -> Iterator[Broken]:
    if plan.settled and tuple(each.aim for each in plan.settled) != case.aims:
        yield Broken(rule="every aim is counted, in its order", week=0)
    for settled in plan.settled:
        if settled.cost != costs.of(case, settled.aim, plan.weeks):
            yield Broken(rule=f"{settled.aim.value} costs what it says", week=0)
        if settled.bound > settled.cost:
            yield Broken(rule=f"{settled.aim.value} is not below its bound", week=0)


def _standing(case: Case, weeks: Weeks) -> Iterator[tuple[int, int, Candidate]]:
    for week, who in enumerate(weeks):
        if who is not None and 0 <= who < len(case.people):
            yield week, who, case.people[who]


def _by_person(case: Case, weeks: Weeks) -> Iterator[tuple[int, list[int]]]:
    """Yield the weeks of each, with those just outside of what is planned."""
    for who, person in enumerate(case.people):
        own = [week for week, stands in enumerate(weeks) if stands == who]
        yield who, sorted({*own, *person.stood})


def _decided(case: Case, who: int, weeks: Weeks, own: Iterable[int]) -> bool:
    """True if somebody had all of these weeks before anything was planned."""
    return all(week not in range(len(weeks)) or case.fixed.get(week) == who for week in own)
