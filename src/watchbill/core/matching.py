"""Matching: which alarm an event is of, by an index and not by a scan.

An alarm's match is a set of conditions, each a field's name with the values that will do; all of
them must hold. Alarms of one service must not overlap: whoever writes two that match the same
event is told so. Should it happen all the same, the one with more conditions is taken, then the
first by key.

Source: AL1, RO2; DESIGN §2.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from watchbill.core.definitions import ALARM, Match
from watchbill.core.events import Event


class Matched(Protocol):
    """What can be looked up: it belongs to a service, has a key and conditions."""

    @property
    def service_id(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def conditions(self) -> Match: ...


A = TypeVar("A", bound=Matched)


class Index(Generic[A]):
    """Alarms by the rarest condition of each, so that an event meets few of them.

    Cost of a look-up: one dictionary access for each of the event's fields, and a check of the
    alarms found there; it does not grow with the number of alarms.
    """

    __slots__ = ("_found_by",)

    def __init__(self, alarms: Iterable[A]) -> None:
        known = sorted(alarms, key=lambda a: (-len(a.conditions), a.key))
        often = Counter(place for alarm in known for place in _places(alarm))
        self._found_by: defaultdict[tuple[str, str, str], list[A]] = defaultdict(list)
        for alarm in known:
            name = _rarest(alarm, often)
            for place in _places(alarm):
                if place[1] == name:
                    self._found_by[place].append(alarm)

    def find(self, service_id: str, event: Event) -> A | None:
        """Return the alarm of this service that the event is of, or None."""
        found = None
        for name, value in ((ALARM, event.alarm), *event.fields):
            for alarm in self._found_by.get((service_id, name, value), ()):
                if (found is None or _goes_before(alarm, found)) and matches(
                    alarm.conditions, event
                ):
                    found = alarm
        return found


def matches(conditions: Match, event: Event) -> bool:
    """Say whether all conditions hold of an event."""
    if len(conditions) == 1 and conditions[0][0] == ALARM:
        return event.alarm in conditions[0][1]
    values = dict(event.fields)
    values[ALARM] = event.alarm
    return all(values.get(name) in wanted for name, wanted in conditions)


def overlap(one: Match, other: Match) -> bool:
    """Say whether some event could be of both: no field that both name keeps them apart."""
    others = dict(other)
    return all(not set(values).isdisjoint(others[name]) for name, values in one if name in others)


def overlaps(alarms: Sequence[A]) -> Iterator[tuple[A, A]]:
    """Return pairs of alarms of one service that could match the same event, each pair once.

    Alarms are first told apart by the field that most of them name, so that thousands of them
    take no more than a look at each.
    """
    by_service: defaultdict[str, list[A]] = defaultdict(list)
    for alarm in alarms:
        by_service[alarm.service_id].append(alarm)
    for of_service in by_service.values():
        yield from _within(of_service)


def _within(alarms: Sequence[A]) -> Iterator[tuple[A, A]]:
    names = Counter(name for alarm in alarms for name, _ in alarm.conditions)
    if not names:
        return
    common = names.most_common(1)[0][0]
    by_value: defaultdict[str, list[A]] = defaultdict(list)
    without: list[A] = []
    seen: set[tuple[int, int]] = set()
    for alarm in alarms:
        values = dict(alarm.conditions).get(common)
        near = without if values is None else [a for value in values for a in by_value[value]]
        for other in [*near, *without] if values is not None else alarms:
            if other is alarm or (id(other), id(alarm)) in seen:
                continue
            seen |= {(id(other), id(alarm)), (id(alarm), id(other))}
            if overlap(other.conditions, alarm.conditions):
                yield other, alarm
        if values is None:
            without.append(alarm)
        for value in values or ():
            by_value[value].append(alarm)


def _places(alarm: Matched) -> Iterator[tuple[str, str, str]]:
    for name, values in alarm.conditions:
        for value in values:
            yield alarm.service_id, name, value


def _rarest(alarm: Matched, often: Mapping[tuple[str, str, str], int]) -> str:
    """Return the name of the condition that the fewest others share."""

    def crowd(condition: tuple[str, tuple[str, ...]]) -> int:
        name, values = condition
        return sum(often[alarm.service_id, name, value] for value in values)

    return min(alarm.conditions, key=crowd)[0]


def _goes_before(one: Matched, other: Matched) -> bool:
    return (-len(one.conditions), one.key) < (-len(other.conditions), other.key)
