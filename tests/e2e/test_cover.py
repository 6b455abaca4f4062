"""Cover in the night, through the real engine: who rings before somebody takes it, and after.

Vera stands the watch on Saturday at three; Ben is in a term of his own (SH5, ES1, NO1).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.builders import ANN, BEN, MONA, VERA
from tests.e2e.world import World, story
from watchbill.actions import incidents, swaps, terms
from watchbill.actions.audit import person
from watchbill.core.incidents import IncidentState
from watchbill.core.people import PersonId

HOUR = timedelta(hours=1)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with story(database_url, at="Sat 03:00") as made:
        span = {"starts_at": made.clock.now() - HOUR, "ends_at": made.clock.now() + 4000 * HOUR}
        terms.agree(made.watchbill.shell, {"person_id": BEN, **span}, by=person(BEN))
        made.settle()
        made.phones.got.clear()
        yield made
        made.phones.got.clear()


def ask(world: World, **values: object) -> str:
    """Let Vera ask for cover for two hours from now."""
    ((shift_id,),) = world.rows(
        "select id from shifts where person_id = %s and during @> %s", VERA, world.clock.now()
    )
    values = {"ends_at": world.clock.now() + 2 * HOUR, "urgent": True, **values}
    swap = swaps.ask(world.watchbill.shell, {"shift_id": shift_id, **values}, by=person(VERA))
    world.settle()
    return swap


def take(world: World, swap: str) -> None:
    swaps.accept(world.watchbill.shell, swap, by=person(BEN))
    world.settle()


def standing(world: World) -> str | None:
    with world.watchbill.db.transaction() as tx:
        return world.watchbill.shell.company(tx).volunteer(world.clock.now())


def heard(world: World, who: PersonId) -> list[str]:
    """Return what kinds of messages came to a phone since it was last looked at."""
    phone = world.phone(who)
    kinds = [message.kind.value for message in phone._unread()]
    phone._forget()
    return kinds


def test_everybody_in_a_term_is_asked_by_mail_and_nobody_is_paged(world: World) -> None:
    ask(world)
    assert "Vera needs cover now" in world.phone(BEN).rings("notice").subject
    for who in (VERA, ANN, MONA):
        world.phone(who).stays_silent()


def test_until_it_is_taken_she_has_it_and_the_duty_manager_is_called_as_always(
    world: World,
) -> None:
    """ES1: asking for cover takes nobody off the watch."""
    ask(world)
    world.phone(BEN).rings("notice")
    assert standing(world) == VERA
    world.fires()
    world.phone(VERA).rings()
    world.phone(BEN).stays_silent()
    world.wait(minutes=5)
    world.phone(MONA).rings()
    world.phone(BEN).stays_silent()
    incidents.acknowledge(world.watchbill.shell, world.incident().id, by=MONA)


def test_once_it_is_taken_who_is_on_call_changes_at_once(world: World) -> None:
    """SH5, NO1: from that second he rings and she sleeps; afterwards it is hers again."""
    take(world, ask(world))
    assert standing(world) == BEN
    assert set(heard(world, BEN)) == {"notice"}, "asked, and reminded of a shift that has begun"
    assert "Ben takes your shift" in world.phone(VERA).rings("notice").subject
    world.fires()
    world.phone(BEN).rings()
    world.phone(VERA).stays_silent()
    incidents.acknowledge(world.watchbill.shell, world.incident().id, by=BEN)
    world.recovers()
    world.at(world.clock.now() + 2 * HOUR)
    assert standing(world) == VERA
    world.phones.got.clear()
    world.fires(key="k2")
    world.phone(VERA).rings()
    world.phone(BEN).stays_silent()
    incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)


def test_an_open_page_moves_to_who_covers(world: World) -> None:
    """What rang her and was not answered rings him as soon as he takes it."""
    world.fires()
    world.phone(VERA).rings()
    swap = ask(world)
    world.phone(BEN).rings("notice")
    take(world, swap)
    assert heard(world, VERA) == ["notice"]
    assert heard(world, BEN).count("page") == 1
    assert world.incident().state is IncidentState.TRIGGERED
    incidents.acknowledge(world.watchbill.shell, world.incident().id, by=BEN)
    world.wait(minutes=30)
    world.phone(MONA).stays_silent()


def test_cover_nobody_takes_ends_with_its_time(world: World) -> None:
    """The hourly housekeeping of the engine closes it; she stood it all along."""
    swap = ask(world)
    world.at(world.clock.now() + 4 * HOUR)
    assert world.rows("select state from swaps where id = %s", swap) == [("over",)]
    assert standing(world) == VERA
