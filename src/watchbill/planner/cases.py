"""Cases: what the planner is asked, and what it answers. Values only; no solver here.

Weeks and people are numbered by their place in the case. A load is counted in weeks: an ordinary
week is 1, one with public holidays is more. A share is what somebody owes of all that is planned:
pro rata by term and availability.

Source: requirements VO2, SH1-SH3; on-call-practice §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

#: Loads are counted in tenths of a week, so that all the planner adds up is whole.
UNIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `most` shifts in any `weeks` weeks running: what a legal pack asks for."""

    most: int
    weeks: int
    #: Where it is written, for whom it stops.
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A volunteer as the planner sees one."""

    id: str
    office: str = ""
    #: Weeks they can stand: inside their term, and not away.
    weeks: frozenset[int] = frozenset()
    #: What they stood before, in tenths of a week, decayed over terms.
    past: int = 0
    #: What they owe of the whole, against the others.
    share: int = UNIT
    #: What a week weighs more for them: public holidays where they live, in tenths of a week.
    extra: Mapping[int, int] = field(default_factory=dict)
    #: Weeks they would rather not stand (below zero) or would like to (above): -3 to 3.
    wishes: Mapping[int, int] = field(default_factory=dict)
    #: Weeks of a holiday they stood the last time it came round.
    had: frozenset[int] = frozenset()
    #: Weeks right after a bad one: better not again so soon.
    tired: frozenset[int] = frozenset()
    #: Weeks they stand outside of what is planned: -1 is the week just before the first.
    stood: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is to be planned."""

    #: Each week's load, in tenths of an ordinary week.
    loads: tuple[int, ...]
    people: tuple[Candidate, ...]
    #: Free weeks that lie between two shifts of one person, at least. What is decided already, by
    #: `fixed` and outside of these weeks, may lie closer; nothing is added to it that does.
    gap: int = 2
    limits: tuple[Limit, ...] = ()
    #: Weeks that are decided: week to person.
    fixed: Mapping[int, int] = field(default_factory=dict)
    #: What was published before: week to person.
    published: Mapping[int, int] = field(default_factory=dict)
    #: Weeks of the same holiday in following years: nobody stands it twice running.
    recurring: tuple[tuple[int, int], ...] = ()
    #: True if what was published moves as little as can be: right after cover.
    keep: bool = False

    @property
    def aims(self) -> tuple[Aim, ...]:
        """Return the aims in the order in which they are settled."""
        if not self.keep:
            return AIMS
        return (Aim.COVER, Aim.STEADY, *(a for a in AIMS if a not in (Aim.COVER, Aim.STEADY)))

    def load(self, who: int, week: int) -> int:
        """Return what a week weighs for somebody."""
        return self.loads[week] + self.people[who].extra.get(week, 0)

    @property
    def rest(self) -> int:
        """Return how many free weeks between two shifts are good: seven tenths of what is usual.

        Two months are enough, however many people there are.
        """
        return max(self.gap, min(7 * len(self.people) // 10 - 1, 8))


class Aim(Enum):
    """What a plan is good for, the most important first: each is settled before the next."""

    #: As many weeks as possible have somebody.
    COVER = "cover"
    #: Everybody's load is near what they owe.
    FAIR = "fair"
    #: Offices carry what their people owe, give or take a week.
    OFFICES = "offices"
    #: Shifts of one person lie apart.
    SPACED = "spaced"
    #: People get what they wish.
    WISHES = "wishes"
    #: Nobody stands the same holiday twice running.
    HOLIDAYS = "holidays"
    #: After a bad week there is rest.
    RESTED = "rested"
    #: What was published stays.
    STEADY = "steady"


#: The order in which they are settled.
AIMS = tuple(Aim)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How well an aim is met: its cost, and the least that is proven to be possible."""

    aim: Aim
    cost: int
    bound: int

    @property
    def gap(self) -> float:
        """Return how far the cost may lie above the least, as a share of it; 0 is proven."""
        return (self.cost - self.bound) / self.cost if self.cost > self.bound else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who stands which week; None: nobody can, and the duty manager is called."""

    weeks: tuple[int | None, ...]
    settled: tuple[Settled, ...]

    @property
    def is_proven(self) -> bool:
        """True if no plan is better in any aim without being worse in one before it."""
        return all(each.cost == each.bound for each in self.settled)
