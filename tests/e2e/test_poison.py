"""What fails alone is set aside where people see it, is tried again, and stops nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests import builders, seeded
from tests.builders import MINUTE, MONA, PROPOSED, VERA
from tests.e2e import processes
from tests.e2e.world import FakePhones, World
from watchbill.actions import incidents
from watchbill.core.incidents import IncidentState
from watchbill.core.messages import Message, Receipt, TemporaryFailure
from watchbill.core.people import Grouping
from watchbill.engine import tick
from watchbill.engine.loop import Engine
from watchbill.sender.loop import LEASE, Sender


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    company = builders.company(service={"grouping": Grouping.ALERT})
    with World(database_url, company, at=builders.dublin("Sat 03:00")) as made:
        yield made


def complaints(world: World) -> list[str]:
    """Take what was logged as wrong, so that it is no surprise at the end."""
    wrong = [e["event"] for e in world.log.entries if e["log_level"] in ("warning", "error")]
    world.log.entries.clear()
    return wrong


def spoil(world: World, query: Any, *values: object) -> None:
    with world.watchbill.db.transaction() as tx:
        tx.execute(query, list(values))


def test_an_incident_the_engine_fails_on_is_set_aside_tried_again_and_costs_nobody(
    world: World,
) -> None:
    """Its row cannot even be read; the incident beside it escalates in time."""
    world.fires(key="bad")
    bad = world.incident()
    world.fires(key="good")
    good = world.incident()
    vera = world.phone(VERA)
    assert len(vera._unread()) == 2
    vera._forget()
    spoil(world, "update incidents set facts = '7' where id = %s", bad.id)
    world.wait(minutes=5)
    assert world.phone(MONA).rings().thread == good.id
    said = [entry for entry in world.log.entries if entry["log_level"] == "error"]
    assert {entry["error"] for entry in said} == {"TypeError"}
    assert all(entry["at"].startswith("_facts:") for entry in said)
    assert complaints(world) == ["engine.batch_failed", "engine.set_aside"]
    seen = world.rows("select id, error, due_at from incidents where failed_at is not null")
    assert [(row[0], row[2]) for row in seen] == [(bad.id, world.clock.now() + MINUTE)]
    assert "TypeError" in seen[0][1]
    spoil(world, "update incidents set facts = '[]' where id = %s", bad.id)
    world.wait(minutes=1)
    assert world.phone(MONA).rings().thread == bad.id
    assert world.rows("select count(*) from incidents where failed_at is not null") == [(0,)]
    resolve_all(world)


def resolve_all(world: World) -> None:
    for (incident_id,) in world.rows("select id from incidents where state <> 'resolved'"):
        incidents.resolve(world.watchbill.shell, incident_id, by=MONA)
    world.settle()
    for got in world.phones.got.values():
        got.clear()


def test_a_message_that_cannot_be_written_is_set_aside_and_the_others_leave(world: World) -> None:
    """A notification whose data is broken stood in the way of every other one of its lane."""
    world.fires(key="a")
    first = world.phone(VERA).rings().thread
    spoil(
        world,
        "insert into notifications (id, kind, incident_id, page_id, person_id, method_id, channel,"
        " data, state, due_at, attempts, created_at, provider_id, error)"
        " select 'ntf_0', 'growth', incident_id, page_id, person_id, method_id, channel,"
        " '7', 'planned', due_at, 0, created_at, '', '' from notifications where incident_id = %s",
        first,
    )
    world.fires(key="b")
    assert world.phone(VERA).rings().thread != first
    assert complaints(world) == ["sender.claim_failed", "sender.set_aside"]
    state, error = world.rows("select state, error from notifications where id = 'ntf_0'")[0]
    assert state == "failed"
    assert "cannot be written" in error
    resolve_all(world)


class Crashing(FakePhones):
    """A channel with a bug, that answers nonsense too."""

    def send(self, message: Message) -> Receipt:
        """Fail in a way no channel should, then say what no database keeps, then ring."""
        self.calls = getattr(self, "calls", 0) + 1
        if self.calls == 1:
            raise ZeroDivisionError(f"secret {message.address}")
        if self.calls == 2:
            raise TemporaryFailure("busy\0\udcff")
        super().send(message)
        return Receipt(provider_id="id\0\udcff")


def test_a_channel_that_crashes_or_answers_nonsense_is_tried_again(
    database_url: str,
) -> None:
    """The page arrives at the third attempt; nothing of the address is logged."""
    with World(database_url, builders.company(), at=builders.dublin("Sat 03:00")) as world:
        crashing = Crashing()
        world.phones = crashing
        world.watchbill.sender._channels["email"] = crashing
        world.fires()
        assert complaints(world) == ["channel.crashed", "notification.not_sent"]
        world.wait(seconds=10)
        world.phone(VERA).rings()
        assert complaints(world) == ["notification.not_sent"]
        assert world.rows("select state, attempts from notifications") == [("sent", 3)]
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)


def test_a_company_that_cannot_be_loaded_sets_no_event_aside(world: World) -> None:
    """Then no event is to blame: all of them wait, and are folded once it is mended."""
    spoil(world, "update teams set week = '7'")
    spoil(world, "update organization set version = version + 1")
    body = {
        "routing_key": seeded.key_of(builders.INTEGRATION), "event_action": "trigger", "dedup_key": "k",
        "payload": {"summary": "s", "source": "s", "severity": "critical", "class": PROPOSED},
    }  # fmt: skip
    assert world.post("/v2/enqueue", body)[0] == 202
    engine = Engine(world.watchbill.shell)
    until = engine._cycle()
    assert until is None or until > world.clock.now(), "the engine would go round and round"
    assert world.rows("select count(*) from inbox where failed_at is null") == [(1,)]
    assert set(complaints(world)) == {"engine.batch_failed", "engine.step_failed"}
    spoil(world, "update teams set week = '[]'")
    spoil(world, "update organization set version = version + 1")
    world.settle()
    assert world.incident().state in (IncidentState.HELD, IncidentState.TRIGGERED)
    resolve_all(world)


def test_an_engine_that_fails_at_everything_goes_on(world: World) -> None:
    """Even setting aside fails: the thread lives, says so, and does its other work after a rest."""

    def fail(*_: object) -> Any:
        raise ZeroDivisionError

    bad = tick.Step(name="bad", batch=fail, items=lambda _shell: [1], one=fail, set_aside=fail)
    engine = Engine(world.watchbill.shell, steps=(*tick.STEPS, bad))
    until = engine._cycle()
    assert until is not None
    assert until > world.clock.now()
    assert complaints(world) == ["engine.batch_failed", "engine.set_aside", "engine.cycle_failed"]


def test_a_sender_that_cannot_set_a_message_aside_goes_on(world: World) -> None:
    """The table is not as the code knows it, as in the middle of an upgrade."""
    spoil(world, "alter table notifications rename column turn to turned")
    until = world.watchbill.sender.turn()
    assert until is not None
    assert until > world.clock.now()
    assert complaints(world)[-1] == "sender.turn_failed"
    spoil(world, "alter table notifications rename column turned to turn")
    world.fires()
    world.phone(VERA).rings()
    resolve_all(world)


class Hanging(FakePhones):
    """A channel that never answers, against its contract."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def send(self, message: Message) -> Receipt:
        """Wait for the end of the test."""
        self.over.wait(30)
        return super().send(message)


def test_a_message_is_held_while_it_is_sent_and_given_up_by_a_channel_that_hangs(
    world: World,
) -> None:
    """Longer than its deadline allows nobody holds a message: another process sends it."""
    shell, hanging = world.watchbill.shell, Hanging()
    first = Sender(shell, {"email": hanging})
    second = Sender(shell, {"email": world.phones})
    world.post("/v2/enqueue", processes.trigger("k"))
    tick.tick(shell)
    first.turn()
    for _ in range(12):  # a minute: eight messages one after the other may take fifty seconds
        world.clock.move(LEASE / 4)
        first.turn()
        second.turn()
        assert second.in_hand == 0
    for _ in range(12):
        world.clock.move(LEASE / 4)
        second.turn()
        first.turn()
    processes.until(lambda: bool(world.phones.got), within_s=5, what="the second's call")
    world.phone(VERA).rings()
    hanging.over.set()
    first.stop()
    second.stop()
    resolve_all(world)
