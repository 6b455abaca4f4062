"""An on-call team of four in a world of tests: Vera, Ann, Ben and Cas."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import ANN, BEN, CAS, VERA
from tests.e2e.alarm_world import actor
from tests.e2e.world import World
from watchbill.actions import absences, applications, on_call_team
from watchbill.actions.audit import SYSTEM
from watchbill.core import volunteers
from watchbill.core.people import PersonId
from watchbill.store import volunteers as volunteers_store

TEAM = (VERA, ANN, BEN, CAS)


def seat(world: World) -> None:
    """Seat three more beside Vera, whose shift ends when the week does."""
    shell = world.watchbill.shell
    on_call_team.change(shell, {"zone": "Europe/Dublin"}, by=SYSTEM)
    for who in (ANN, BEN, CAS):
        own = applications.apply(shell, {}, by=actor(who))
        applications.seat(shell, own, by=actor(VERA))
    edges = [world.clock.now() - timedelta(days=1), weeks(world, 1)[0].start]
    with shell.db.transaction() as tx:
        tx.execute("update shifts set during = tstzrange(%s, %s)", edges)
        tx.execute("update organization set version = version + 1")


def weeks(world: World, count: int) -> list[volunteers.Week]:
    """Return the next weeks."""
    with world.watchbill.db.transaction() as tx:
        team = volunteers_store.team(tx)
    return volunteers.weeks(team, start=world.clock.now(), count=count)


def unpublish(world: World) -> None:
    """Take away what is published beyond this week."""
    with world.watchbill.db.transaction() as tx:
        tx.execute("delete from shifts where lower(during) >= %s", [weeks(world, 1)[0].start])
        tx.execute("update organization set version = version + 1")


def away(world: World, *people: PersonId, week: int) -> list[str]:
    """Let people be away in a week that lies ahead; return the absences' ids."""
    lies = weeks(world, week + 1)[week]
    ids = []
    for who in people:
        values: dict[str, object] = {
            "person_id": who,
            "starts_at": lies.start + timedelta(days=1),
            "ends_at": lies.start + timedelta(days=2),
        }
        ids.append(absences.add(world.watchbill.shell, values, by=actor(who)))
    return ids


def is_back(world: World, ids: list[str]) -> None:
    """Take absences away again."""
    with world.watchbill.db.transaction() as tx:
        tx.execute("delete from absences where id = any(%s)", [ids])
        tx.execute("update organization set version = version + 1")
