"""Matching: which alarm an event is of (AL1, RO2)."""

from __future__ import annotations

import pytest

from tests import builders
from watchbill.core import matching
from watchbill.core.alarms import Alarm
from watchbill.core.definitions import as_match
from watchbill.core.events import Event
from watchbill.core.matching import Index
from watchbill.core.people import ServiceId


def alarm(key: str, match: dict[str, object] | None = None, *, service: str = "svc") -> Alarm:
    return builders.alarm(key, match=match, service_id=ServiceId(service))  # type: ignore[arg-type]


def event(name: str = "", **fields: str) -> Event:
    return builders.event(name, fields=tuple(fields.items()))


def found(alarms: list[Alarm], seen: Event, *, service: str = "svc") -> str | None:
    one = Index(alarms).find(service, seen)
    return one.key if one else None


def test_without_a_match_the_events_own_name_is_the_key() -> None:
    alarms = [alarm("cards"), alarm("disk")]
    assert found(alarms, event("disk")) == "disk"
    assert found(alarms, event("diskk")) is None
    assert found(alarms, event("")) is None
    assert found(alarms, event("", alarm="disk")) is None, "a label is not the name"


def test_alarms_are_of_their_service_alone() -> None:
    alarms = [alarm("cards", service="one"), alarm("cards", service="two")]
    assert found(alarms, event("cards"), service="one") == "cards"
    assert found(alarms, event("cards"), service="three") is None


@pytest.mark.parametrize(
    ("fields", "is_of_it"),
    [
        ({"env": "prod", "job": "pay"}, True),
        ({"env": "stage", "job": "pay", "more": "x"}, True),
        ({"env": "test", "job": "pay"}, False),
        ({"env": "prod"}, False),
        ({"env": "prod", "job": ""}, False),
        ({}, False),
    ],
)
def test_all_conditions_hold_and_one_value_of_each_will_do(
    fields: dict[str, str], is_of_it: bool
) -> None:
    one = alarm("cards", {"env": ["prod", "stage"], "job": "pay"})
    assert (found([one], event("any", **fields)) == "cards") is is_of_it
    assert matching.matches(one.conditions, event("any", **fields)) is is_of_it


def test_an_empty_value_is_a_value() -> None:
    one = alarm("cards", {"env": ""})
    assert found([one], event("x", env="")) == "cards"
    assert found([one], event("x")) is None


def test_should_two_match_the_one_that_says_more_is_taken_then_the_first_by_key() -> None:
    wide, narrow = alarm("a", {"env": "prod"}), alarm("b", {"env": "prod", "job": "pay"})
    same = alarm("c", {"env": "prod", "job": "pay"})
    assert found([wide, narrow, same], event("x", env="prod", job="pay")) == "b"
    assert found([same, narrow, wide], event("x", env="prod", job="pay")) == "b"
    assert found([wide, narrow, same], event("x", env="prod")) == "a"


def test_the_name_and_labels_together() -> None:
    alarms = [
        alarm("eu", {"alertname": "Down", "region": "eu"}),
        alarm("us", {"alarm": "Down", "region": "us"}),
    ]
    assert found(alarms, event("Down", region="us")) == "us"
    assert found(alarms, event("Down", region="eu")) == "eu"
    assert found(alarms, event("Up", region="eu")) is None


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ({"a": "1"}, {"a": "1"}, True),
        ({"a": "1"}, {"a": "2"}, False),
        ({"a": ["1", "2"]}, {"a": ["2", "3"]}, True),
        ({"a": "1"}, {"b": "1"}, True),
        ({"a": "1", "b": "1"}, {"a": "1", "b": "2"}, False),
        ({"a": "1", "b": "1"}, {"b": "1"}, True),
    ],
)
def test_two_overlap_unless_a_field_that_both_name_keeps_them_apart(
    one: dict[str, object], other: dict[str, object], overlap: bool
) -> None:
    assert matching.overlap(as_match(one), as_match(other)) is overlap
    assert matching.overlap(as_match(other), as_match(one)) is overlap
    pairs = list(matching.overlaps([alarm("x", one), alarm("y", other)]))
    assert bool(pairs) is overlap


def test_alarms_of_two_services_never_overlap() -> None:
    assert not list(matching.overlaps([alarm("x", service="one"), alarm("x", service="two")]))


def test_an_index_made_from_one_before_keeps_what_is_the_same() -> None:
    one, two = alarm("a", service="one"), alarm("b", service="two")
    before = Index([one, two])
    after = Index([one, alarm("c", service="two")], before=before)
    assert after.find("one", event("a")) is one
    assert after.find("two", event("b")) is None
    assert after.find("two", event("c")) is not None
    assert Index([one], before=before).find("two", event("b")) is None
