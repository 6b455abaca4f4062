"""A storm never drops and never shouts: everything is kept, and a person gets few messages."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

from tests import builders, seeded
from tests.builders import ACCEPTED, VERA
from tests.e2e.world import World
from watchbill.actions import incidents
from watchbill.core.company import Company, Integration
from watchbill.core.messages import Message
from watchbill.core.people import Grouping, ServiceId

OTHER = ServiceId("search")
DOORS = {"storm": builders.SERVICE, "calm": OTHER}


def company(grouping: Grouping) -> Company:
    """Return the default company with a second service, and a door for groups to each."""
    made = builders.company(
        service={"grouping": grouping}, alarms=[builders.alarm("search-slow", service_id=OTHER)]
    )
    first = made.services[builders.SERVICE]
    other = dataclasses.replace(first, id=OTHER, slug="search", name="Search")
    doors = {
        name: Integration(id=name, service_id=service, source="alertmanager", name=name)
        for name, service in DOORS.items()
    }
    return dataclasses.replace(
        made,
        services={**made.services, OTHER: other},
        integrations={**made.integrations, **doors},
    )


@pytest.fixture
def by_alarm(database_url: str) -> Iterator[World]:
    start = builders.dublin("Sat 03:00")
    with World(database_url, company(Grouping.ALARM), at=start) as made:
        yield made


@pytest.fixture
def by_alert(database_url: str) -> Iterator[World]:
    start = builders.dublin("Sat 03:00")
    with World(database_url, company(Grouping.ALERT), at=start) as made:
        yield made


def post(world: World, door: str, count: int, *, alarm: str = ACCEPTED) -> None:
    """Let a monitoring system report so many alerts, fifty a request; nothing is folded yet."""
    alerts = [
        {
            "status": "firing",
            "fingerprint": f"{door}{n}",
            "labels": {"alertname": alarm, "instance": f"host{n}", "severity": "critical"},
            "annotations": {"summary": f"{alarm} on host{n}"},
        }
        for n in range(count)
    ]
    path = f"/intake/alertmanager/{seeded.key_of(door)}"
    for n in range(0, count, 50):
        body = {"version": "4", "groupKey": door, "alerts": alerts[n : n + 50]}
        assert world.post(path, body)[0] == 202


def take(world: World) -> list[Message]:
    """Return what Vera's phone got, in its order, and forget it."""
    phone = world.phone(VERA)
    got = phone._unread()
    phone._forget()
    return got


def test_two_thousand_alerts_of_one_alarm_are_one_incident_and_one_page(by_alarm: World) -> None:
    """All are kept, and the phone rings once; it hears how large it is when it has grown."""
    world = by_alarm
    post(world, "storm", 2000)
    world.settle()
    assert [m.kind.value for m in take(world)] == ["page"]
    assert world.rows("select firing, alerts from incidents") == [(2000, 2000)]
    assert world.rows("select count(*) from events") == [(2000,)]
    incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)
    world.wait(minutes=30)


def test_three_hundred_incidents_are_few_messages_and_each_is_counted(by_alert: World) -> None:
    world = by_alert
    post(world, "storm", 300)
    world.settle()
    world.wait(minutes=2)
    got = take(world)
    assert len(got) <= 12
    assert world.rows("select count(*) from incidents") == [(300,)]
    assert world.rows("select state, count(*) from notifications group by 1") == [("sent", 300)]
    messages = world.rows("select message_id, count(*) from notifications group by 1")
    assert sum(count for _, count in messages) == 300
    assert len(messages) == len(got)
    bundle = max(got, key=lambda m: len(m.text))
    size = max(count for _, count in messages)
    assert re.search(rf"\b{size}\b", bundle.subject)
    resolve_all(world)


def test_another_services_first_incident_goes_before_the_storms_many(by_alert: World) -> None:
    """It came behind all of them, and is called among the first."""
    world = by_alert
    post(world, "storm", 300)
    post(world, "calm", 1, alarm="search-slow")
    world.settle()
    first = [m.subject for m in take(world)[:3]]
    assert [s for s in first if "search-slow" in s], first
    resolve_all(world)


def test_another_services_incident_is_told_of_within_seconds_of_a_storm(by_alert: World) -> None:
    """The phone already has its fill of messages; this one waits for the next, and no longer."""
    world = by_alert
    post(world, "storm", 300)
    world.settle()
    take(world)
    post(world, "calm", 1, alarm="search-slow")
    world.settle()
    world.wait(seconds=15)
    assert ["search-slow" in m.subject for m in take(world)] == [True]
    resolve_all(world)


def resolve_all(world: World) -> None:
    """End every incident, so that nothing is left to be told."""
    with world.watchbill.db.transaction() as tx:
        found = tx.execute("select id from incidents where state <> 'resolved'").fetchall()
    for (incident_id,) in found:
        incidents.resolve(world.watchbill.shell, incident_id, by=VERA)
    world.settle()
    take(world)
