"""Model: the case as constraints, each with its sentence, and each aim as a cost to be least.

Only this package knows CP-SAT.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from ortools.sat.python import cp_model

from watchbill.planner import costs
from watchbill.planner.cases import UNIT, Aim, Case


class Model:
    """A case's constraints; an aim at a time is minimised, then held."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.cp = cp_model.CpModel()
        #: True if the person stands the week; only where they can.
        self.stands: dict[tuple[int, int], Any] = {
            (who, week): self.cp.new_bool_var(f"p{who}w{week}")
            for who, person in enumerate(case.people)
            for week in sorted(person.weeks)
            if week < len(case.loads) and case.fixed.get(week, who) == who
        }
        self._by_week: defaultdict[int, list[Any]] = defaultdict(list)
        self._by_person: defaultdict[int, dict[int, Any]] = defaultdict(dict)
        for (who, week), stands in self.stands.items():
            self._by_week[week].append(stands)
            self._by_person[who][week] = stands
        self._open = [self._nobody(week) for week in range(len(case.loads))]
        self._fixed()
        self._gaps()
        self._limits()
        self._alike()

    def cost(self, aim: Aim) -> Any:
        """Return an aim's cost as an expression of the model."""
        return {
            Aim.COVER: self._uncovered,
            Aim.FAIR: self._unfair,
            Aim.SPACED: self._close,
            Aim.WISHES: self._wishes,
            Aim.HOLIDAYS: self._holidays,
            Aim.OFFICES: self._offices,
            Aim.RESTED: self._tired,
            Aim.STEADY: self._changed,
        }[aim]()

    def _nobody(self, week: int) -> Any:
        """A week has one person, or nobody."""
        nobody = self.cp.new_bool_var(f"open{week}")
        self.cp.add_exactly_one([*self._by_week[week], nobody])
        return nobody

    def need(self, week: int) -> Any:
        """Return the literal that is true while a week has somebody."""
        return self._open[week].negated()

    def _fixed(self) -> None:
        """What is fixed stays."""
        for week, who in self.case.fixed.items():
            stands = self.stands.get((who, week))
            self.cp.add_bool_and([stands] if stands is not None else [False])

    def _gaps(self) -> None:
        """So many free weeks lie between two shifts of one person."""
        for who in range(len(self.case.people)):
            for decided, free in self._windows(who, self.case.gap + 1, self._decided(who)):
                if decided:
                    self.cp.add_bool_and(stands.negated() for stands in free)
                elif len(free) > 1:
                    self.cp.add_at_most_one(free)

    def _limits(self) -> None:
        """A legal pack's limit holds in every stretch of weeks; what is decided counts."""
        for limit in self.case.limits:
            for who in range(len(self.case.people)):
                for decided, free in self._windows(who, limit.weeks, self._decided(who)):
                    if decided + len(free) > limit.most:
                        self.cp.add(sum(free) <= max(0, limit.most - decided))

    def _alike(self) -> None:
        """Of people between whom nothing differs, the one named before begins before.

        Any plan can be told with their names exchanged, so none is lost, and the solver does not
        prove the same for every exchange.
        """
        for one, other in costs.alike(self.case):
            own, theirs = self._by_person[one], self._by_person[other]
            for week, stands in theirs.items():
                self.cp.add_bool_or(stands.negated(), *(own[w] for w in own if w < week))

    def _decided(self, who: int) -> frozenset[int]:
        """Return the weeks somebody stands whatever is planned."""
        fixed = frozenset(week for week, stands in self.case.fixed.items() if stands == who)
        return fixed | self.case.people[who].stood

    def _windows(
        self, who: int, length: int, stood: Collection[int]
    ) -> Iterator[tuple[int, list[Any]]]:
        """Yield for every stretch of weeks how many of `stood` are in it, and the others they may."""
        own = self._by_person[who]
        for start in range(1 - length, len(self.case.loads)):
            window = range(start, start + length)
            free = [own[week] for week in window if week in own and week not in stood]
            if free:
                yield sum(1 for week in window if week in stood), free

    def _uncovered(self) -> Any:
        return sum(self._open)

    def _unfair(self) -> Any:
        targets = costs.owed(self.case)
        parts = []
        for who, target in enumerate(targets):
            own = self._by_person[who]
            most = sum(self.case.load(who, week) for week in own)
            load = self.cp.new_int_var(0, most, f"load{who}")
            self.cp.add(load == sum(self.case.load(who, week) * own[week] for week in own))
            parts.append(self._off_by(self.case.people[who].past, load, most, target))
        return sum(parts)

    def _off_by(self, past: int, load: Any, most: int, target: int) -> Any:
        """Return `costs.off_by` by pieces: it is convex, so it lies above each of them."""
        highest = max(costs.off_by(past, 0, target), costs.off_by(past, most, target)) + 1
        cost = self.cp.new_int_var(0, highest, "")
        for start in range(0, most + 1, UNIT):
            here = (past + start - target) ** 2
            rise = (past + start + UNIT - target) ** 2 - here
            self.cp.add(UNIT * cost >= UNIT * here + rise * (load - start))
        return cost

    def _offices(self) -> Any:
        """An office carries what its people owe, give or take a week; whole weeks beyond count."""
        parts = []
        for office, target in costs.owed_by_office(self.case).items():
            load = sum(
                self.case.load(who, week) * stands
                for (who, week), stands in self.stands.items()
                if self.case.people[who].office == office
            )
            highest = sum(self.case.load(who, week) for who, week in self.stands) + abs(target)
            beyond = self.cp.new_int_var(0, highest, "")
            # Whole weeks beyond the first, rounded down as `costs` does.
            self.cp.add(UNIT * beyond + 2 * UNIT - 1 >= load - target)
            self.cp.add(UNIT * beyond + 2 * UNIT - 1 >= target - load)
            parts.append(beyond)
        return sum(parts)

    def _close(self) -> Any:
        """A week that lacks is a stretch as long as the rest that is good, with a shift too many."""
        parts = []
        for who, person in enumerate(self.case.people):
            for stood, free in self._windows(who, self.case.rest + 1, person.stood):
                if stood:
                    parts += free
                elif len(free) > 1:
                    many = self.cp.new_int_var(0, len(free) - 1, "")
                    self.cp.add(many >= sum(free) - 1)
                    parts.append(many)
        return sum(parts)

    def _wishes(self) -> Any:
        return sum(
            (3 - self.case.people[who].wishes.get(week, 0)) * stands
            for (who, week), stands in self.stands.items()
        )

    def _holidays(self) -> Any:
        return sum(self._again())

    def _again(self) -> Iterator[Any]:
        for (who, week), stands in self.stands.items():
            if week in self.case.people[who].had:
                yield stands
        for first, second in self.case.recurring:
            for who in range(len(self.case.people)):
                own = self._by_person[who]
                if first in own and second in own:
                    both = self.cp.new_bool_var("")
                    self.cp.add_bool_or([own[first].negated(), own[second].negated(), both])
                    yield both

    def _tired(self) -> Any:
        return sum(
            stands
            for (who, week), stands in self.stands.items()
            if week in self.case.people[who].tired
        )

    def _changed(self) -> Any:
        parts = []
        for week, who in self.case.published.items():
            stands = self.stands.get((who, week))
            parts.append(1 if stands is None else 1 - stands)
        return sum(parts)
