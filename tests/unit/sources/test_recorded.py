"""Every recorded request becomes exactly the events written beside it."""

from __future__ import annotations

import pytest

from tests.payloads import recorded
from watchbill.core import payloads
from watchbill.sources.pagerduty_v2 import enqueue

ALL = recorded.recorded()


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_request_becomes_the_events_beside_it(path):
    assert recorded.plain(recorded.run(path)) == recorded.expected(path)["events"]


def test_every_source_has_recorded_requests():
    assert {path.parent.name for path in ALL} == {"pagerduty_v2", *recorded.SOURCES}


def test_alertmanagers_four_bodies_are_one_alert_that_grows_shrinks_and_resolves():
    story = [recorded.run(path)[0] for path in ALL if path.stem.startswith("pagerduty_v2_")]
    assert [(event.action.value, event.size) for event in story] == [
        ("trigger", 2), ("trigger", 3), ("trigger", 2), ("resolve", 1),
    ]  # fmt: skip
    assert {(event.dedup_key[:8], event.alarm) for event in story} == {("0f00deef", "HighLatency")}


def test_both_shapes_of_custom_details_give_the_same_labels():
    old, new = (
        dict(recorded.run(recorded.ROOT / "pagerduty_v2" / name)[0].fields)
        for name in ("pagerduty_v2_1_trigger_2_firing.json", "alertmanager_0_34_arrays.json")
    )
    labels = ("alertname", "service", "severity", "team")
    assert [old[one] for one in labels] == [new[one] for one in labels]
    assert "instance" not in old
    assert "instance" not in new


def test_a_group_of_a_thousand_alerts_is_read():
    block = "Labels:\n - alertname = A\n - instance = i{}\nAnnotations:\n - s = {}\nSource: x\n"
    firing = "".join(block.format(index, "y" * 300) for index in range(1000))
    details = {"firing": firing, "num_firing": "1000", "num_resolved": "0", "resolved": ""}
    body = recorded.pagerduty(payload={"custom_details": details})
    event = enqueue.decode(body).events(str)[0]
    assert (event.size, event.alarm) == (1000, "A")
    assert ("alertname", "A") in event.fields


def test_what_a_group_claims_to_be_is_bounded():
    assert payloads.size("1e9") == 1
    assert payloads.size(10**30) == payloads.SIZE_LIMIT
    assert payloads.size(float("inf")) == 1
    assert payloads.size(-3) == 1
