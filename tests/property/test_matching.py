"""Matching: the index finds what a look at every alarm would find; no overlap is missed."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from watchbill.core import matching
from watchbill.core.alarms import Alarm
from watchbill.core.matching import Index
from watchbill.core.people import ServiceId

NAMES = st.sampled_from(["alarm", "env", "job", "region"])
VALUES = st.sampled_from(["", "a", "b", "c", "d"])
MATCHES = st.dictionaries(NAMES, st.lists(VALUES, min_size=1, max_size=3, unique=True), max_size=4)
SERVICES = st.sampled_from(["one", "two"])
EVENTS = st.builds(
    lambda name, fields: builders.event(name, fields=tuple(fields.items())),
    VALUES,
    st.dictionaries(NAMES, VALUES, max_size=4),
)


@st.composite
def alarms(draw: st.DrawFn, most: int = 40) -> list[Alarm]:
    """Return alarms of two services, each with a key of its own."""
    chosen = draw(st.lists(st.tuples(MATCHES, SERVICES), max_size=most))
    return [
        builders.alarm(f"k{n}", match=match, service_id=ServiceId(service))  # type: ignore[arg-type]
        for n, (match, service) in enumerate(chosen)
    ]


def scan(among: list[Alarm], service: str, event: builders.Event) -> Alarm | None:
    """Return what the rules of the module's first words say, alarm by alarm."""
    fits = [a for a in among if a.service_id == service and matching.matches(a.conditions, event)]
    return min(fits, key=lambda a: (-len(a.conditions), a.key), default=None)


@settings(max_examples=300, deadline=None)
@given(among=alarms(), service=SERVICES, events=st.lists(EVENTS, min_size=1, max_size=5))
def test_the_index_finds_what_a_scan_finds(
    among: list[Alarm], service: str, events: list[builders.Event]
) -> None:
    index = Index(among)
    for event in events:
        assert index.find(service, event) is scan(among, service, event)


@settings(max_examples=100, deadline=None)
@given(before=alarms(), among=alarms(), keep=st.integers(0, 40), event=EVENTS)
def test_an_index_made_from_one_before_finds_the_same(
    before: list[Alarm], among: list[Alarm], keep: int, event: builders.Event
) -> None:
    now = [*before[:keep], *among]
    for service in ("one", "two"):
        found = Index(now, before=Index(before)).find(service, event)
        fresh = Index(now).find(service, event)
        assert (found is None) == (fresh is None)
        assert found is None or fresh is None or found.conditions == fresh.conditions


@settings(max_examples=300, deadline=None)
@given(among=alarms(most=25))
def test_every_pair_that_could_match_the_same_event_is_told_once(among: list[Alarm]) -> None:
    told = [frozenset((one.key, other.key)) for one, other in matching.overlaps(among)]
    brute = {
        frozenset((one.key, other.key))
        for one, other in itertools.combinations(among, 2)
        if one.service_id == other.service_id and matching.overlap(one.conditions, other.conditions)
    }
    assert len(told) == len(set(told))
    assert set(told) == brute


@settings(max_examples=300, deadline=None)
@given(one=MATCHES, other=MATCHES)
def test_overlap_is_that_some_event_matches_both(
    one: dict[str, list[str]], other: dict[str, list[str]]
) -> None:
    first, second = builders.alarm("x", match=one), builders.alarm("y", match=other)  # type: ignore[arg-type]
    names = sorted({name for name, _ in (*first.conditions, *second.conditions)} - {"alarm"})
    values = ["", "a", "b", "c", "d", "x", "y"]
    some = any(
        matching.matches(first.conditions, event) and matching.matches(second.conditions, event)
        for own in values
        for row in itertools.product(values[:5], repeat=len(names))
        for event in [builders.event(own, fields=tuple(zip(names, row, strict=True)))]
    )
    assert matching.overlap(first.conditions, second.conditions) is some
