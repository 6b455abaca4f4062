"""Intake over real sockets: 202 means on disk; bad input is refused whole, in its own dialect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests import builders, seeded
from tests.e2e.world import World
from watchbill.core.company import Integration

KEY = seeded.key_of(builders.INTEGRATION)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    company = builders.company()
    doors = dict(company.integrations)
    for source in ("alertmanager", "generic", "heartbeat"):
        doors[source] = Integration(
            id=source, service_id=builders.SERVICE, source=source, name=source
        )
    object.__setattr__(company, "integrations", doors)
    with World(database_url, company, at=builders.dublin("Sat 03:00")) as made:
        yield made
        made.phones.got.clear()
        made.log.entries.clear()


def trigger(**more: Any) -> dict[str, Any]:
    payload = {"summary": "disk", "source": "h1", "severity": "critical"}
    return {
        "routing_key": KEY, "event_action": "trigger", "dedup_key": "k",
        "payload": payload, **more,
    }  # fmt: skip


def stored(world: World) -> int:
    return world.rows("select (select count(*) from inbox) + (select count(*) from events)")[0][0]


def test_202_means_the_event_is_on_disk(world: World):
    status, body = world.post("/v2/enqueue", trigger())
    assert status == 202
    assert json.loads(body) == {
        "status": "success", "message": "Event processed", "dedup_key": "k",
    }  # fmt: skip
    assert stored(world) == 1
    assert world.rows("select body from inbox")[0][0].startswith('{"routing_key"')


def test_an_unknown_routing_key_is_refused_in_pagerdutys_shape(world: World):
    status, body = world.post("/v2/enqueue", trigger(routing_key="x" * 32))
    answer = json.loads(body)
    assert status == 400
    assert answer["status"] == "invalid event"
    assert answer["errors"]
    assert stored(world) == 0


DEEP = (
    b'{"routing_key":"%s","event_action":"trigger","payload":{"summary":"s","source":"s",'
    % (KEY.encode())
    + b'"severity":"critical","custom_details":'
    + b'{"a":' * 10_000
    + b"1"
    + b"}" * 10_000
    + b"}}"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"routing_key": 7}',
        b'{"routing_key": "' + b"k" * 32 + b'"',
        DEEP,
        json.dumps(trigger(event_action="explode")).encode(),
        json.dumps(trigger(payload=None)).encode(),
        json.dumps(trigger(payload={"summary": 7, "source": [], "severity": {}})).encode(),
        json.dumps(trigger(dedup_key="k" * 256)).encode(),
    ],
    ids=[
        "empty",
        "no-json",
        "no-utf8",
        "list",
        "null",
        "key-a-number",
        "cut-off",
        "deep",
        "action",
        "no-payload",
        "wrong-types",
        "long-key",
    ],
)
def test_bad_input_is_a_clear_400_and_stores_nothing(world: World, body: bytes):
    status, answer = world.post("/v2/enqueue", body)
    assert status == 400, answer
    said = json.loads(answer)
    assert said["errors"]
    assert "Traceback" not in answer.decode()
    assert stored(world) == 0
    assert world.post("/v2/enqueue", trigger())[0] == 202, "the process is alive"


@pytest.mark.parametrize(
    "payload",
    [
        {"summary": "\x00nul and \U0001f525", "source": "h", "severity": "critical"},
        {"summary": "s", "source": "h", "severity": "dreadful"},
        {"summary": "s", "source": "h", "severity": "info", "timestamp": "0001-01-01T00:00:00Z"},
        {"summary": "s", "source": "h", "severity": "info", "timestamp": "9999-12-31T23:59:59Z"},
        {"summary": "s", "source": "h", "severity": "info", "custom_details": "a string"},
        {"summary": "x" * 5000, "source": "h", "severity": "info", "unknown": {"a": [1]}},
    ],
    ids=["nul-emoji", "severity", "year-1", "year-9999", "string-details", "long-unknown"],
)
def test_odd_but_usable_events_are_taken_and_folded(world: World, payload: dict[str, Any]):
    status, answer = world.post("/v2/enqueue", trigger(payload=payload))
    assert status == 202, answer
    world.settle()
    assert world.rows("select count(*) from alerts") == [(1,)]
    assert world.rows("select count(*) from inbox") == [(0,)]


def test_a_body_of_a_megabyte_is_taken_and_a_larger_one_refused(world: World):
    details = {"a": "x" * 1_000_000}
    fits = trigger(payload={**trigger()["payload"], "custom_details": details})
    assert world.post("/v2/enqueue", fits)[0] == 202
    status, answer = world.post("/v2/enqueue", b"x" * 3_000_000)
    assert status == 413
    assert b"larger" in answer
    assert stored(world) == 1


def test_a_get_is_told_to_post(world: World):
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{world.base_url}/v2/enqueue", timeout=5)
    assert refused.value.code == 405
    refused.value.close()


def test_a_named_source_wants_its_own_key(world: World):
    assert world.post("/intake/generic/wrong", {})[0] == 404
    assert world.post(f"/intake/alertmanager/{seeded.key_of('generic')}", {})[0] == 404
    assert world.post("/intake/nagios/wrong", {})[0] == 404
    assert stored(world) == 0


def test_an_alertmanager_group_is_one_incident_with_an_alert_for_each_fingerprint(world: World):
    alerts = [
        {
            "status": "firing", "fingerprint": f"f{n}",
            "labels": {"alertname": builders.ACCEPTED, "severity": "critical", "pod": str(n)},
            "annotations": {"summary": "Cards fail"},
        }
        for n in range(3)
    ]  # fmt: skip
    body = {"version": "4", "status": "firing", "groupKey": "{}:{}", "alerts": alerts}
    path = f"/intake/alertmanager/{seeded.key_of('alertmanager')}"
    assert world.post(path, body)[0] == 202
    world.settle()
    assert world.rows("select count(*), sum(firing) from incidents") == [(1, 3)]
    assert world.rows("select count(*) from alerts") == [(3,)]
    world.phone(builders.VERA).rings()


def test_a_silent_heartbeat_is_an_alert_and_its_ping_resolves_it(world: World):
    with world.watchbill.db.transaction() as tx:
        tx.execute("insert into heartbeats (integration_id, every_s) values ('heartbeat', 60)")
    path = f"/intake/heartbeat/{seeded.key_of('heartbeat')}"
    assert world.post(path, b"")[0] == 202
    world.wait(seconds=59)
    assert world.rows("select count(*) from incidents") == [(0,)]
    world.wait(seconds=2)
    assert world.rows("select state from alerts") == [("firing",)]
    assert world.post(path, b"")[0] == 202
    world.settle()
    assert world.rows("select state from alerts") == [("resolved",)]
    assert world.rows("select state from incidents") == [("resolved",)]


def test_many_at_once_are_all_on_disk_in_order_of_each_client(world: World):
    """Group commit: whoever was answered 202 is stored, exactly once."""

    def client(c: int) -> list[str]:
        done = []
        for n in range(25):
            key = f"c{c}-{n}"
            if world.post("/v2/enqueue", trigger(dedup_key=key))[0] == 202:
                done.append(key)
        return done

    with ThreadPoolExecutor(8) as clients:
        answered = [key for done in clients.map(client, range(8)) for key in done]
    assert len(answered) == 200
    kept = [
        json.loads(row[0])["dedup_key"] for row in world.rows("select event from inbox order by id")
    ]
    assert sorted(kept) == sorted(answered)
    for c in range(8):
        own = [key for key in kept if key.startswith(f"c{c}-")]
        assert own == [f"c{c}-{n}" for n in range(25)]


def test_an_event_the_engine_cannot_fold_is_set_aside_and_the_rest_goes_on(world: World):
    """A poisoned event stops nobody: it is kept, shown, and logged."""
    with world.watchbill.db.transaction() as tx:
        tx.execute(
            "insert into inbox (service_id, integration_id, received_at, event)"
            " values (%s, %s, %s, %s)",
            [builders.SERVICE, builders.INTEGRATION, world.clock.now(), '{"action": "trigger"}'],
        )
    world.post("/v2/enqueue", trigger())
    world.settle()
    aside = world.rows("select error from inbox where failed_at is not null")
    assert len(aside) == 1
    assert aside[0][0]
    assert world.rows("select count(*) from alerts") == [(1,)]


def test_what_is_kept_of_a_request_holds_no_key(world: World):
    """Everybody who may read incidents reads the request an alert came in."""
    assert world.post("/v2/enqueue", trigger())[0] == 202
    kept = world.rows("select body from inbox union all select body from events")[0][0]
    assert kept.startswith('{"routing_key": "(key)"')
    assert KEY not in kept
