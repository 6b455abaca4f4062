"""Shadows: who stands beside whom, to learn.

Nobody shadows next to a week of their own if that can be avoided. Of the others, first who has not
stood a shift yet, once before their first; else evenly. A shadow is never called: `rotas.standing` leaves them out.

Source: requirements SH2, VO6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watchbill.core.people import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """A volunteer as a shadow."""

    person_id: PersonId
    #: Weeks they can stand.
    weeks: frozenset[int]
    #: True if they have not stood a shift before these weeks.
    is_new: bool = False
    #: How often they were a shadow before.
    before: int = 0


def assign(
    standing: Sequence[PersonId | None],
    learners: Sequence[Learner],
    *,
    stays: Mapping[int, PersonId] | None = None,
) -> list[PersonId | None]:
    """Return each week's shadow, or None: nobody else can, or nobody stands.

    What is in `stays` stays where it can. The same always gives the same.
    """
    found: list[PersonId | None] = []
    counts = {learner.person_id: learner.before for learner in learners}
    for week, stands in enumerate(standing):
        able = [one for one in learners if week in one.weeks and one.person_id != stands]
        if stands is None or not able:
            found.append(None)
            continue
        kept = (stays or {}).get(week)
        best = min(able, key=lambda one: _rank(one, week, standing, counts))
        chosen = kept if any(one.person_id == kept for one in able) else best.person_id
        found.append(chosen)
        if chosen is not None:
            counts[chosen] += 1
    return found


def _rank(
    one: Learner,
    week: int,
    standing: Sequence[PersonId | None],
    counts: Mapping[PersonId, int],
) -> tuple[bool, bool, int, str]:
    """Return how well somebody fits, the least the best."""
    neighbours = standing[max(0, week - 1) : week + 2]
    own = [number for number, who in enumerate(standing) if who == one.person_id]
    learns = one.is_new and counts[one.person_id] == 0 and (not own or week < own[0])
    count = counts[one.person_id]
    return one.person_id in neighbours, not learns, count, one.person_id
