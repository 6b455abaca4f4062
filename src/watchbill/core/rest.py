"""Rest: which weeks come too soon after a bad one.

A week was bad if it woke its volunteer three times or more: three incidents a shift is where
overload begins (Google SRE's two at most; Rootly's load factor). After it, twice the usual gap is
good, and a month at least. The planner prefers that; it does not insist.

Source: the issue's "a rest after a bad week"; on-call-practice §2, ME4 (night is 22:00 to 08:00).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time

from watchbill.core import hours
from watchbill.core.volunteers import Week

#: So many pages at night make a week a bad one.
BAD = 3
#: The night by the responder's own clocks.
NIGHT = (time(22), time(8))


def is_night(at: datetime, zone: str) -> bool:
    """True if people in `zone` sleep at `at`.

    >>> from datetime import UTC
    >>> is_night(datetime(2026, 3, 1, 3, tzinfo=UTC), "Europe/Dublin")
    True
    """
    local = at.astimezone(hours.known_zone(zone)).time()
    return local >= NIGHT[0] or local < NIGHT[1]


def is_bad(week: Week, pages: Collection[datetime], zone: str) -> bool:
    """True if a week woke somebody who lives in `zone` three times or more."""
    woken = [at for at in pages if week.start <= at < week.end and is_night(at, zone)]
    return len(woken) >= BAD


def needed(gap_weeks: int) -> int:
    """Return how many free weeks are good after a bad one."""
    return max(2 * gap_weeks, 4)


def tired(bad: Iterable[int], count: int, *, gap_weeks: int) -> frozenset[int]:
    """Return which of `count` weeks come too soon after bad ones; those before are below zero.

    >>> sorted(tired([-2], 10, gap_weeks=2))
    [0, 1, 2]
    """
    free = needed(gap_weeks)
    return frozenset(week for one in bad for week in range(max(0, one + 1), one + 1 + free)) & (
        frozenset(range(count))
    )
