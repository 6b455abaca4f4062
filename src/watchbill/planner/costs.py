"""Costs: what a plan costs in each aim, by plain counting. Model and checker mean the same by it.

All costs are whole numbers. Being off by a load is squared, so that one week too many for two
people is better than two for one; between whole weeks it runs straight, which lets a solver prove
what is best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from watchbill.core import fairness
from watchbill.planner.cases import UNIT, Aim, Case


def owed(case: Case) -> list[int]:
    """Return what each person should carry, past and planned together, in tenths of a week.

    Shares of the whole by largest remainder, so that they add up.
    """
    whole = sum(case.loads) + sum(person.past for person in case.people)
    return parts(whole, [person.share for person in case.people])


def owed_by_office(case: Case) -> dict[str, int]:
    """Return what each office's people should carry of what is planned, after what they carried."""
    found: defaultdict[str, int] = defaultdict(int)
    for person, target in zip(case.people, owed(case), strict=True):
        found[person.office] += target - person.past
    return dict(found)


def parts(whole: int, shares: Sequence[int]) -> list[int]:
    """Return `whole` split by shares into whole parts, by largest remainder.

    >>> parts(100, [1, 1, 1])
    [34, 33, 33]
    """
    total = sum(shares)
    if total == 0:
        return [0] * len(shares)
    found = [whole * share // total for share in shares]
    rest = sorted(range(len(shares)), key=lambda i: (-(whole * shares[i] % total), i))
    for i in rest[: whole - sum(found)]:
        found[i] += 1
    return found


def off_by(past: int, planned: int, target: int) -> int:
    """Return the cost of carrying `past` and `planned` instead of `target`.

    Squared at whole planned weeks and straight between them, rounded up.

    >>> off_by(0, 30, 10), off_by(0, 25, 10), off_by(3, 10, 13)
    (400, 250, 0)
    """
    whole, part = divmod(planned, UNIT)
    here = (past + whole * UNIT - target) ** 2
    rise = (past + (whole + 1) * UNIT - target) ** 2 - here
    return here - (-rise * part // UNIT)


def of(case: Case, aim: Aim, weeks: Sequence[int | None]) -> int:
    """Return what a plan costs in one aim."""
    return _COUNTS[aim](case, weeks)


def _uncovered(_case: Case, weeks: Sequence[int | None]) -> int:
    return sum(1 for person in weeks if person is None)


def _unfair(case: Case, weeks: Sequence[int | None]) -> int:
    loads = [0] * len(case.people)
    for week, who in enumerate(weeks):
        if who is not None:
            loads[who] += case.load(who, week)
    return sum(
        off_by(person.past, load, target)
        for person, load, target in zip(case.people, loads, owed(case), strict=True)
    )


def _close(case: Case, weeks: Sequence[int | None]) -> int:
    """Return the free weeks that lack between shifts, to the rest that is good."""
    found = 0
    for who, person in enumerate(case.people):
        own = [week for week, stands in enumerate(weeks) if stands == who]
        found += _lack(case.rest, [*person.stood, *own]) - _lack(case.rest, person.stood)
    return found


def _lack(rest: int, weeks: Collection[int]) -> int:
    return sum(max(0, rest - free) for free in fairness.gaps(sorted(weeks)))


def _against_wishes(case: Case, weeks: Sequence[int | None]) -> int:
    """Return how far from everybody's wishes it is: 3 is as much as each week can be liked."""
    return sum(
        3 - case.people[who].wishes.get(w, 0) for w, who in enumerate(weeks) if who is not None
    )


def _holidays(case: Case, weeks: Sequence[int | None]) -> int:
    again = sum(1 for w, who in enumerate(weeks) if who is not None and w in case.people[who].had)
    twice = sum(1 for a, b in case.recurring if weeks[a] is not None and weeks[a] == weeks[b])
    return again + twice


def _offices(case: Case, weeks: Sequence[int | None]) -> int:
    loads = dict.fromkeys(owed_by_office(case), 0)
    for week, who in enumerate(weeks):
        if who is not None:
            loads[case.people[who].office] += case.load(who, week)
    return sum(
        max(0, abs(loads[office] - target) // UNIT - 1)  # whole weeks beyond the first
        for office, target in owed_by_office(case).items()
    )


def _tired(case: Case, weeks: Sequence[int | None]) -> int:
    return sum(1 for w, who in enumerate(weeks) if who is not None and w in case.people[who].tired)


def _changed(case: Case, weeks: Sequence[int | None]) -> int:
    return sum(1 for week, who in case.published.items() if weeks[week] != who)


_COUNTS = {
    Aim.COVER: _uncovered,
    Aim.FAIR: _unfair,
    Aim.SPACED: _close,
    Aim.WISHES: _against_wishes,
    Aim.HOLIDAYS: _holidays,
    Aim.OFFICES: _offices,
    Aim.RESTED: _tired,
    Aim.STEADY: _changed,
}


def alike(case: Case) -> Iterator[tuple[int, int]]:
    """Yield pairs of people between whom nothing differs but the name, each with the next such."""
    named = {*case.fixed.values(), *case.published.values()}
    due = owed(case)
    last: dict[object, int] = {}
    for who, person in enumerate(case.people):
        if who in named:
            continue
        same = (
            person.office, person.weeks, person.past, person.share, due[who],
            tuple(sorted(person.extra.items())), tuple(sorted(person.wishes.items())),
            person.had, person.tired, person.stood,
        )  # fmt: skip
        if same in last:
            yield last[same], who
        last[same] = who
