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
from operator import is_
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

    Cost of a look-up: one dictionary access for each field that some alarm of the service names,
    and a check of the few alarms found there; it does not grow with the number of alarms.
    """

    __slots__ = ("_last", "_services")

    def __init__(self, alarms: Iterable[A], *, before: Index[A] | None = None) -> None:
        """Make an index; what `before` knows of a service whose alarms are the same is kept."""
        #: The event last asked about: folding asks about one several times in a row.
        self._last: tuple[str, Event, A | None] | None = None
        of_service: defaultdict[str, list[A]] = defaultdict(list)
        for alarm in alarms:
            of_service[alarm.service_id].append(alarm)
        known = before._services if before else {}  # noqa: SLF001 - its own kind
        self._services: dict[str, tuple[list[A], _Node[A]]] = {
            service: known[service]
            if service in known and _same(known[service][0], group)
            else (group, _node(group))
            for service, group in of_service.items()
        }

    def find(self, service_id: str, event: Event) -> A | None:
        """Return the alarm of this service that the event is of, or None."""
        last = self._last
        if last is not None and last[1] is event and last[0] == service_id:
            return last[2]
        found = self._find(service_id, event)
        self._last = (service_id, event, found)
        return found

    def _find(self, service_id: str, event: Event) -> A | None:
        found = self._services.get(service_id)
        if found is None:
            return None
        node = found[1]
        values = _values(event) if node.has_labels else {ALARM: event.alarm}
        return _best(node, values, None)


def _same(some: Sequence[object], others: Sequence[object]) -> bool:
    return len(some) == len(others) and all(map(is_, some, others))


class _Node(Generic[A]):
    """Some alarms: few to look at one by one, and the rest by a value of a field."""

    __slots__ = ("by_field", "few", "has_labels")

    def __init__(self) -> None:
        self.few: list[A] = []
        self.by_field: dict[str, dict[str, _Node[A]]] = {}
        #: False if none of them asks for more than the event's own alarm name.
        self.has_labels = False


#: So many alarms are looked at one by one.
_FEW = 4
#: So many fields, one after the other, tell alarms apart; and so often may one be listed for that.
_DEPTH, _TIMES = 3, 8


def _node(alarms: list[A], used: frozenset[str] = frozenset()) -> _Node[A]:
    """Return alarms as a node; those of it satisfy the conditions of the fields in `used`."""
    node: _Node[A] = _Node()
    node.has_labels = any(name != ALARM for alarm in alarms for name, _ in alarm.conditions)
    if len(alarms) <= _FEW or len(used) == _DEPTH:
        node.few = alarms
        return node
    often = Counter(place for alarm in alarms for place in _places(alarm, used))
    chosen = [(alarm, _rarest(alarm, often, used)) for alarm in alarms]
    if used and sum(len(found[1]) for _, found in chosen if found) > _TIMES * len(alarms):
        node.few = alarms
        return node
    groups: defaultdict[tuple[str, str], list[A]] = defaultdict(list)
    for alarm, found in chosen:
        if found is None:
            node.few.append(alarm)
            continue
        for value in found[1]:
            groups[found[0], value].append(alarm)
    for (name, value), group in groups.items():
        node.by_field.setdefault(name, {})[value] = _node(group, used | {name})
    return node


def _best(node: _Node[A], values: Mapping[str, str], found: A | None) -> A | None:
    """Return which of `found` and the node's alarms goes first among those that match."""
    for alarm in node.few:
        if (found is None or _goes_before(alarm, found)) and _holds(alarm.conditions, values):
            found = alarm
    by_field = node.by_field
    for name in by_field if len(by_field) <= len(values) else values:
        inner = by_field[name].get(values.get(name, "")) if name in by_field else None
        if inner is not None and name in values:
            found = _best(inner, values, found)
    return found


def matches(conditions: Match, event: Event) -> bool:
    """Say whether all conditions hold of an event."""
    return _holds(conditions, _values(event))


def _values(event: Event) -> dict[str, str]:
    values = dict(event.fields)
    values[ALARM] = event.alarm
    return values


def _holds(conditions: Match, values: Mapping[str, str]) -> bool:
    return all(name in values and values[name] in wanted for name, wanted in conditions)


def overlap(one: Match, other: Match) -> bool:
    """Say whether some event could be of both: no field that both name keeps them apart."""
    others = dict(other)
    return all(not set(values).isdisjoint(others[name]) for name, values in one if name in others)


def overlaps(alarms: Sequence[A]) -> Iterator[tuple[A, A]]:
    """Return pairs of alarms of one service that could match the same event, each pair once.

    Alarms are first told apart by the field that most of them name and with the most values, so
    that thousands of them take no more than a look at each.
    """
    by_service: defaultdict[str, list[A]] = defaultdict(list)
    for alarm in alarms:
        by_service[alarm.service_id].append(alarm)
    for of_service in by_service.values():
        yield from _within(of_service)


def _within(alarms: Sequence[A]) -> Iterator[tuple[A, A]]:
    common = _telling(alarms)
    if common is None:
        return
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


def _telling(alarms: Sequence[A]) -> str | None:
    """Return the field that tells alarms apart best."""
    names = Counter(name for alarm in alarms for name, _ in alarm.conditions)
    values = Counter(name for name, _ in {each for a in alarms for each in a.conditions})
    return max(names, key=lambda name: (names[name], values[name]), default=None)


def _places(alarm: Matched, used: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name, values in alarm.conditions:
        if name not in used:
            for value in values:
                yield name, value


def _rarest(
    alarm: Matched, often: Mapping[tuple[str, str], int], used: frozenset[str]
) -> tuple[str, tuple[str, ...]] | None:
    """Return the condition that the fewest others share, of those on fields not in `used`."""

    def crowd(condition: tuple[str, tuple[str, ...]]) -> int:
        name, values = condition
        return sum(often[name, value] for value in values)

    return min((c for c in alarm.conditions if c[0] not in used), key=crowd, default=None)


def _goes_before(one: Matched, other: Matched) -> bool:
    return (-len(one.conditions), one.key) < (-len(other.conditions), other.key)
