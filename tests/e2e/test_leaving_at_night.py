"""A volunteer leaves in the middle of a night: who is called then (VO4, ES1)."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import MAX, MONA, VERA
from tests.e2e.world import World, story
from watchbill.actions import incidents, leaving
from watchbill.actions.audit import person


def term(world: World) -> str:
    ((found,),) = world.rows("select id from terms where person_id = %s", VERA)
    return str(found)


def test_vo4_who_has_stepped_down_is_called_no_more(database_url: str) -> None:
    with story(database_url, at="Sat 03:00") as world:
        leaving.step_down(world.watchbill.shell, term(world), by=person(VERA))
        world.fires()
        world.phone(VERA).stays_silent()
        world.phone(MONA).rings()


def test_vo4_what_rings_as_one_leaves_goes_to_the_duty_manager_at_once(database_url: str) -> None:
    with story(database_url, at="Sat 03:00") as world:
        world.fires()
        world.phone(VERA).rings()
        leaving.step_down(world.watchbill.shell, term(world), by=person(VERA))
        world.settle()
        world.phone(VERA).stays_silent()
        world.phone(MONA).rings()
        world.phone(MAX).stays_silent()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=MONA)
        world.wait(minutes=30)
        world.phone(VERA).stays_silent()


def test_vo4_during_a_pause_the_duty_manager_is_called_and_after_it_the_volunteer(
    database_url: str,
) -> None:
    with story(database_url, at="Sat 03:00") as world:
        values = {"until": world.clock.now() + timedelta(hours=2)}
        leaving.pause(world.watchbill.shell, term(world), values, by=person(VERA))
        world.fires(key="k1")
        world.phone(MONA).rings()
        world.recovers(key="k1")
        world.wait(hours=2)
        assert "shift" in world.phone(VERA).rings("notice").subject
        world.fires(key="k2")
        world.phone(VERA).rings()
