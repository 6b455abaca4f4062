"""Siblings: which accepted alarm of the same service may already say what a new one says.

Found by an index over the service's alarms, so that thousands of them cost no more than a look
each: an event both could match, or much the same title.

Source: A18.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from watchbill.core import matching
from watchbill.core.bar.facts import Sibling
from watchbill.core.definitions import Definition

#: Two titles are much the same if this share of their words is in both.
_ALIKE = 0.75
#: Most alarms whose titles are compared with one; a suggestion needs no more.
_LOOKED_AT = 100
_WORD = re.compile(r"[a-z]+|\d+")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s)$")
_LITTLE = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "at",
        "be",
        "by",
        "can",
        "cannot",
        "for",
        "from",
        "has",
        "have",
        "in",
        "is",
        "it",
        "its",
        "not",
        "of",
        "on",
        "or",
        "than",
        "that",
        "the",
        "to",
        "too",
        "was",
        "with",
    ]
)

_Words = frozenset[str]


class Siblings:
    """The accepted alarms of one service, by what they match and by the words of their titles."""

    __slots__ = ("_accepted", "_by_value", "_by_word", "_named", "_often", "_without", "_words")

    def __init__(self, siblings: Iterable[Sibling]) -> None:
        self._accepted = tuple(s for s in siblings if s.is_accepted)
        self._by_value: defaultdict[tuple[str, str], list[Sibling]] = defaultdict(list)
        self._named: Counter[str] = Counter()
        self._without: dict[str, list[Sibling]] = {}
        for sibling in self._accepted:
            for name, values in sibling.definition.conditions:
                self._named[name] += 1
                for value in values:
                    self._by_value[name, value].append(sibling)
        self._words = tuple(words(s.definition.title) for s in self._accepted)
        self._often = Counter(word for each in self._words for word in each)
        self._by_word: defaultdict[tuple[_Words, str], list[int]] = defaultdict(list)
        for at, each in enumerate(self._words):
            for word in self._rare(each):
                self._by_word[_numbers(each), word].append(at)

    def overlapping(self, definition: Definition) -> Sibling | None:
        """Return an accepted alarm of another key that could match the same event."""
        conditions = definition.conditions
        name, values = min(conditions, key=lambda c: self._crowd(c[0], c[1]))
        near = [sibling for value in values for sibling in self._by_value.get((name, value), ())]
        for sibling in (*near, *self._not_naming(name)):
            other = sibling.definition
            if other.key != definition.key and matching.overlap(other.conditions, conditions):
                return sibling
        return None

    def alike(self, definition: Definition) -> Sibling | None:
        """Return the accepted alarm of another key whose title is most like this one's, if any is.

        Titles that name other numbers are of other things.
        """
        wanted = words(definition.title)
        numbers = _numbers(wanted)
        near = dict.fromkeys(
            at for word in self._rare(wanted) for at in self._by_word.get((numbers, word), ())
        )
        found = [
            (likeness, self._accepted[at])
            for at in list(near)[:_LOOKED_AT]
            if (likeness := _likeness(wanted, self._words[at])) >= _ALIKE
            and self._accepted[at].definition.key != definition.key
        ]
        return max(found, key=lambda each: each[0])[1] if found else None

    def _crowd(self, name: str, values: tuple[str, ...]) -> int:
        """Return how many alarms a condition does not keep apart."""
        near = sum(len(self._by_value.get((name, value), ())) for value in values)
        return near + len(self._accepted) - self._named[name]

    def _not_naming(self, name: str) -> list[Sibling]:
        if name not in self._without:
            self._without[name] = [
                s for s in self._accepted if all(n != name for n, _ in s.definition.conditions)
            ]
        return self._without[name]

    def _rare(self, each: _Words) -> list[str]:
        """Return the rarest words of a title, of which two that are alike share one.

        Source: Chaudhuri, Ganti, Kaushik, "A primitive operator for similarity joins" (2006):
        the prefix filter.
        """
        ordered = sorted(each, key=lambda word: (self._often[word], word))
        return ordered[: len(each) - math.ceil(_ALIKE * len(each)) + 1]


def of(siblings: tuple[Sibling, ...]) -> Siblings:
    """Return the index of these; the last one read is kept, while it is the same tuple."""
    return _read(_Same(siblings))


class _Same:
    """A tuple that equals itself only, so that thousands of definitions are not compared."""

    __slots__ = ("siblings",)

    def __init__(self, siblings: tuple[Sibling, ...]) -> None:
        self.siblings = siblings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.siblings is self.siblings

    def __hash__(self) -> int:
        return id(self.siblings)


@functools.lru_cache(maxsize=1)
def _read(same: _Same) -> Siblings:
    return Siblings(same.siblings)


def words(title: str) -> _Words:
    """Return the words of a title that carry its meaning, without their endings.

    >>> sorted(words("Payments are failing in the EU"))
    ['eu', 'fail', 'payment']
    """
    found = _WORD.findall(title.lower())
    return frozenset(_ENDING.sub("", word) for word in found if word not in _LITTLE)


def _numbers(each: _Words) -> _Words:
    return frozenset(word for word in each if word.isdigit())


def _likeness(one: _Words, other: _Words) -> float:
    return len(one & other) / len(one | other)
