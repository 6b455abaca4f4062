"""Taking: what is looked at when somebody takes time to stand, of their own will.

Nobody stands two shifts at once, nobody who is away is called, and a legal limit on how many weeks
somebody stands holds for swaps as it does for plans. Too little rest is only a warning: they say
yes themselves, and see it before they do (`queries/swaps.py`).

Source: requirements SH5, NO2.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.actions.shell import Shell
from watchbill.core import stands, volunteers
from watchbill.core.people import PersonId
from watchbill.core.stands import Stand
from watchbill.core.volunteers import WEEK
from watchbill.errors import Conflict
from watchbill.planner.cases import Limit
from watchbill.store import terms as terms_store
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx


class StandsThen(Conflict):
    """Whoever takes it has a shift then, or shadows one; nobody stands two at once."""


class AwayThen(Conflict):
    """Whoever takes it is away then, and nobody who is away is called; end the time away first."""


class BeyondLimit(Conflict):
    """Whoever takes it would stand more weeks than a limit of the on-call team allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Somebody takes [start, end), and what they stood before."""

    person_id: str
    start: datetime
    end: datetime
    limits: tuple[Limit, ...]
    #: Stands by week, far enough around for every limit.
    row: tuple[tuple[int, Stand], ...]
    #: The numbers of the weeks they stood.
    weeks: frozenset[int]


def look(shell: Shell, tx: Tx, person_id: str, start: datetime, end: datetime) -> Taking:
    """Note how things are before somebody takes [start, end); `need` looks at it afterwards."""
    limits = tuple(Limit(**each) for each in volunteers_store.limits(tx)[0])
    row = _around(shell, tx, start, end, max((limit.weeks for limit in limits), default=0))
    return Taking(
        person_id=person_id,
        start=start,
        end=end,
        limits=limits,
        row=row,
        weeks=_stood(tx, person_id, row),
    )


def need(tx: Tx, taking: Taking) -> None:
    """Refuse what nobody may take, now that it is theirs.

    Raises: StandsThen, AwayThen, BeyondLimit; the caller's transaction is undone.
    """
    who, start, end = taking.person_id, taking.start, taking.end
    own = terms_store.shifts_in(tx, who, start=start, end=end)
    length = sum((shift["during"].upper - shift["during"].lower for shift in own), timedelta())
    if length > _span([(shift["during"].lower, shift["during"].upper) for shift in own]):
        raise StandsThen(person_id=who)
    if terms_store.is_away(tx, who, start=start, end=end):
        raise AwayThen(person_id=who)
    limit = first_broken(taking.limits, taking.weeks, _stood(tx, who, taking.row))
    if limit is not None:
        said = f"That would be more than {limit.most} weeks on call in {limit.weeks}"
        raise BeyondLimit(
            f"{said}: {limit.source}." if limit.source else f"{said}.",
            person_id=who,
            most=limit.most,
            weeks=limit.weeks,
        )


def first_broken(
    limits: Sequence[Limit], before: Collection[int], after: Collection[int]
) -> Limit | None:
    """Return the first limit that the weeks stood break, and did not before.

    >>> limit = Limit(most=2, weeks=4)
    >>> first_broken([limit], {0, 1}, {0, 1, 4}) is None
    True
    >>> first_broken([limit], {0, 1}, {0, 1, 3}) == limit
    True
    """
    added = set(after) - set(before)
    for limit in limits:
        for first in after:
            stretch = {week for week in after if first <= week < first + limit.weeks}
            if len(stretch) > limit.most and stretch & added:
                return limit
    return None


def _span(periods: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """Return how long periods are altogether, what overlaps counted once."""
    whole, reached = timedelta(), None
    for start, end in sorted(periods):
        begins = start if reached is None else max(start, reached)
        whole += max(end - begins, timedelta())
        reached = end if reached is None else max(end, reached)
    return whole


def _around(
    shell: Shell, tx: Tx, start: datetime, end: datetime, reach: int
) -> tuple[tuple[int, Stand], ...]:
    """Return the stands so many weeks around [start, end), each with its week's number."""
    if not reach:
        return ()
    team = volunteers_store.team(tx)
    count = 2 * reach + (end - start) // WEEK + 2
    weeks = volunteers.weeks(team, start=start - (reach + 1) * WEEK, count=count)
    zones = {name: office.hours.zone for name, office in shell.company(tx).offices.items()}
    return tuple(pair for row in stands.of(team, zones, weeks) for pair in enumerate(row))


def _stood(tx: Tx, person_id: str, row: Sequence[tuple[int, Stand]]) -> frozenset[int]:
    """Return the weeks somebody has the most of: so a plan counts them, too."""
    if not row:
        return frozenset()
    start, end = min(s.week.start for _, s in row), max(s.week.end for _, s in row)
    held = volunteers_store.shifts(tx, start=start, end=end)
    who = PersonId(person_id)
    return frozenset(number for number, stand in row if stands.whose(stand, held) == who)
