"""Cover in a hurry, as programs see it: for how long, who has it until then, and what hinders a yes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.builders import BEN, CAS, VERA
from tests.e2e import rota_world
from tests.e2e.rota_world import FRIDAY, NIGHT, WEEK
from tests.e2e.test_screens_http import Client
from tests.e2e.test_screens_swaps_http import plain, standing
from watchbill.actions import absences
from watchbill.actions.audit import person


@pytest.fixture
def ids(world):
    yield rota_world.anew(world)
    world.settle()
    world.phones.got.clear()


@pytest.fixture
def client(world, ids):
    return Client(world)


def cover(client, ids, hours: str):
    values = {"shift_id": ids["now"], "urgent": "yes", "hours": hours, "to_person_id": ""}
    return client("POST", "/swaps", {**values, "note": ""})


def choices(page: str) -> list[tuple[str, bool]]:
    found = re.findall(r'name="hours" value="(\d?)"( checked)?', page)
    return [(value, bool(checked)) for value, checked in found]


def test_it_is_asked_for_one_two_four_or_eight_hours_or_until_the_end(world, client, ids):
    path = f"/swaps/new?shift={ids['now']}&urgent=yes"
    page = client.sign_in(VERA)("GET", path).text
    assert choices(page) == [("1", False), ("2", True), ("4", False), ("8", False), ("", False)]
    assert "Until somebody takes it, you still have it" in plain(page)

    world.clock.move_to(FRIDAY + WEEK - timedelta(hours=2))

    page = client("GET", path).text
    assert choices(page) == [("1", False), ("", True)], "no longer than what is left"


@pytest.mark.parametrize(
    ("hours", "lasts"),
    [("1", timedelta(hours=1)), ("8", timedelta(hours=8)), ("", FRIDAY + WEEK - NIGHT)],
)
def test_sh5_who_says_yes_is_called_from_then_on_and_for_so_long(world, client, ids, hours, lasts):
    path = cover(client.sign_in(VERA), ids, hours).headers["Location"].partition("?")[0]
    asked = plain(client("GET", path).text)
    assert "you are still the one who is called" in asked
    assert "the duty manager is when you do not answer" in asked
    assert standing(world, NIGHT) == VERA

    assert Client(world).sign_in(BEN)("POST", f"{path}/accept", {}).status == 303

    assert standing(world, NIGHT) == BEN
    assert standing(world, NIGHT + lasts - timedelta(seconds=1)) == BEN
    after = VERA if hours else BEN  # Ben's own shift is the next
    assert standing(world, NIGHT + lasts) == after
    assert standing(world, NIGHT - timedelta(seconds=1)) == VERA


def test_hours_that_nobody_offered_mean_nothing(world, client, ids):
    assert cover(client.sign_in(VERA), ids, "9999999").status == 303
    assert world.rows("select ends_at from swaps") == [(FRIDAY + WEEK,)]


def test_no_button_is_offered_that_would_be_refused(world, client, ids):
    """Who is away reads so before, and can decline still; who is not has one big button."""
    path = cover(client.sign_in(VERA), ids, "2").headers["Location"].partition("?")[0]
    ben = Client(world).sign_in(BEN)
    assert "I take it" in ben("GET", path).text
    absences.add(
        world.watchbill.shell,
        {"person_id": BEN, "starts_at": NIGHT, "ends_at": NIGHT + timedelta(hours=1)},
        by=person(BEN),
    )

    page = ben("GET", path).text

    assert "You are away then" in page
    assert "I take it" not in page
    asked = client("POST", "/swaps", {"shift_id": ids["part"], "to_person_id": "", "note": ""})
    shadowed = asked.headers["Location"].partition("?")[0]
    page = Client(world).sign_in(CAS)("GET", shadowed).text
    assert "You have a shift of your own then" in page
    assert "I take it" not in page


@pytest.mark.parametrize("source", ["calendar", "pause"])
def test_what_a_calendar_or_a_pause_says_is_not_struck_out_by_a_crafted_form(
    world, client, ids, source
):
    shell = world.watchbill.shell
    span = {"person_id": BEN, "starts_at": NIGHT + WEEK, "ends_at": NIGHT + 2 * WEEK}
    absence = absences.add(shell, span, by=person(BEN))
    with world.watchbill.db.transaction() as tx:
        tx.execute("update absences set source = %s where id = %s", [source, absence])

    answer = client.sign_in(BEN)("POST", f"/away/{absence}/remove", {})

    assert answer.status == 409
    assert "it is ended there, not here" in plain(answer.text)
    assert world.rows("select source from absences where id = %s", absence) == [(source,)]
