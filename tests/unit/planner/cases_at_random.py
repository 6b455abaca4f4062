"""Cases for the planner, at random from a seed: offices, terms, leave, holidays, wishes.

Imports the planner's values only, so that the benchmarks, which are no part of the tests, read it too.
"""

from __future__ import annotations

import random

from watchbill.planner.cases import UNIT, Candidate, Case

OFFICES = ("dublin", "london", "san-francisco")
#: Weeks of the year in which somebody's office is closed on a day or more: about nine a year.
HOLIDAYS = (0, 11, 15, 18, 22, 31, 43, 51, 52)


def case(seed: int, *, weeks: int, people: int, away: float = 0.2, wishing: float = 0.3) -> Case:
    """Return a case of so many weeks and people.

    Everybody is away in about the share `away` of the weeks, in spells of one to three; half of
    them live where it matters which holiday it is; in the share `wishing` of the weeks they have a
    wish. A third joined before and carry a past, and of a long case a fifth join or leave within it.
    """
    chance = random.Random(seed)
    return Case(
        loads=(UNIT,) * weeks,
        people=tuple(_person(chance, who, weeks, away, wishing) for who in range(people)),
        recurring=tuple((week, week + 52) for week in range(weeks - 52) if week % 52 in HOLIDAYS),
    )


def _person(chance: random.Random, who: int, weeks: int, away: float, wishing: float) -> Candidate:
    first, last = 0, weeks
    if weeks > 52 and chance.random() < 0.2:
        first, last = sorted((chance.randrange(weeks // 2), chance.randrange(weeks // 2, weeks)))
    free = set(range(first, last))
    while len(free) > (1 - away) * (last - first):
        start = chance.randrange(first, last)
        free -= set(range(start, start + chance.randint(1, 3)))
    extra = {
        week: chance.choice((1, 2, 4))
        for week in sorted(free)
        if week % 52 in HOLIDAYS and chance.random() < 0.5
    }
    return Candidate(
        id=f"person-{who}",
        office=OFFICES[who % len(OFFICES)],
        weeks=frozenset(free),
        past=chance.choice((0, 0, 5, 10)),
        share=max(1, len(free)),
        extra=extra,
        wishes={w: chance.randint(-3, 3) for w in range(weeks) if chance.random() < wishing},
        had=frozenset(w for w in extra if w < 53 and chance.random() < 0.1),
        tired=frozenset({0, 1}) if chance.random() < 0.1 else frozenset(),
    )
