"""Reviews: the verdict on a page; a runbook that keeps failing gives its alarm back (RB4, R16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.actions import seed
from watchbill.actions import alarms, reviews
from watchbill.actions import bars as bars_actions
from watchbill.actions.audit import SYSTEM, person
from watchbill.actions.changes import NoSuchThing
from watchbill.actions.fields import BadFields
from watchbill.actions.reviews import NotOver, OnlyWhoWasCalled

GOOD: dict[str, object] = {"needed": True, "action": "fixed", "runbook": "helped"}
BAD: dict[str, object] = {"needed": True, "action": "mitigated", "runbook": "wrong"}


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def page(seeded: seed.Seeded, *, alarm: str = "card-errors", resolved: bool = True) -> str:
    """Return an incident of an alarm about which Vera was called."""
    incident, call = seeded.shell.new_id("inc"), seeded.shell.new_id("pg")
    at = seeded.clock.now()
    with seeded.shell.db.transaction() as tx:
        tx.execute(
            "insert into incidents (id, service_id, team_id, alarm, group_key, title, severity,"
            " state, side, reason, facts, opened_at, firing, alerts, announced, step, glass_reason,"
            " resolution, resolved_at)"
            " values (%s, %s, %s, %s, '', 'Cards fail', 'critical', %s, 'volunteers', '', '{}', %s,"
            " 0, 1, 1, 0, '', '', %s)",
            [
                incident, seeded.checkout, seeded.payments, alarm,
                "resolved" if resolved else "acknowledged", at, at if resolved else None,
            ],
        )  # fmt: skip
        tx.execute(
            "insert into pages (id, incident_id, person_id, role, reason, facts, step,"
            " out_of_hours, started_at, ended_at, outcome)"
            " values (%s, %s, %s, 'volunteer', 'x', '{}', 0, true, %s, %s, 'acknowledged')",
            [call, incident, seeded.vera, at, at],
        )
    return incident


def give(seeded: seed.Seeded, incident: str, values: dict[str, object], by: str = "vera") -> None:
    seeded.clock.move(timedelta(minutes=1))
    reviews.give(seeded.shell, incident, values, by=person(seeded.ids[by]))


def state(seeded: seed.Seeded, key: str = "card-errors") -> tuple[Any, ...]:
    with seeded.shell.db.transaction() as tx:
        query = "select state, in_force, state_reason from alarms where id = %s"
        found = tx.execute(query, [seeded.ids[key]]).fetchone()
    assert found is not None
    return found


def test_only_who_was_called_judges_and_only_afterwards(seeded: seed.Seeded) -> None:
    with pytest.raises(OnlyWhoWasCalled):
        give(seeded, page(seeded), GOOD, by="mona")
    with pytest.raises(OnlyWhoWasCalled):
        reviews.give(seeded.shell, page(seeded), GOOD, by=SYSTEM)
    with pytest.raises(NotOver):
        give(seeded, page(seeded, resolved=False), GOOD)
    with pytest.raises(NoSuchThing):
        give(seeded, "none", GOOD)
    give(seeded, page(seeded), GOOD)


@pytest.mark.parametrize(
    "values",
    [
        {"needed": True},
        GOOD | {"needed": "yes"},
        GOOD | {"action": "slept"},
        GOOD | {"runbook": "so so"},
        GOOD | {"note": "x" * 4001},
        GOOD | {"more": 1},
    ],
)
def test_a_verdict_of_another_shape_is_refused(
    seeded: seed.Seeded, values: dict[str, object]
) -> None:
    with pytest.raises(BadFields):
        give(seeded, page(seeded), values)


def test_a_second_verdict_of_the_same_person_replaces_the_first(seeded: seed.Seeded) -> None:
    incident = page(seeded)
    give(seeded, incident, GOOD)
    give(seeded, incident, BAD | {"note": "the dashboard is gone"})
    with seeded.shell.db.transaction() as tx:
        found = tx.execute("select runbook, note from reviews").fetchall()
    assert found == [("wrong", "the dashboard is gone")]


def test_r16_two_of_three_uses_that_did_not_help_give_it_back(seeded: seed.Seeded) -> None:
    for verdict in (BAD, GOOD):
        give(seeded, page(seeded), verdict)
        assert state(seeded)[0] == "accepted", "two uses are too few to judge"
    give(seeded, page(seeded), BAD)
    returned, in_force, reason = state(seeded)
    assert (returned, in_force) == ("returned", None)
    assert "R16" in reason
    assert "1 of its last 3" in reason
    with seeded.shell.db.transaction() as tx:
        last = tx.execute(
            "select state, person_id from alarm_steps where alarm_id = %s order by id desc limit 1",
            [seeded.ids["card-errors"]],
        ).fetchone()
    assert last == ("returned", seeded.vera)


def test_r16_two_of_three_that_helped_keep_it(seeded: seed.Seeded) -> None:
    for verdict in (GOOD, BAD, GOOD, GOOD):
        give(seeded, page(seeded), verdict)
    assert state(seeded)[0] == "accepted"


def test_r16_the_newest_uses_count(seeded: seed.Seeded) -> None:
    for verdict in (GOOD, GOOD, GOOD, BAD):
        give(seeded, page(seeded), verdict)
    assert state(seeded)[0] == "accepted"
    give(seeded, page(seeded), BAD)
    assert state(seeded)[0] == "returned"


def test_r16_many_verdicts_on_one_incident_are_one_use(seeded: seed.Seeded) -> None:
    incident = page(seeded)
    for _ in range(4):
        give(seeded, incident, BAD)
    assert state(seeded)[0] == "accepted"


def test_r16_uses_before_the_last_acceptance_do_not_count(seeded: seed.Seeded) -> None:
    for verdict in (BAD, GOOD):
        give(seeded, page(seeded), verdict)
    change = {"threshold": "2 % of the requests"}
    alarms.change(seeded.shell, seeded.ids["card-errors"], change, by=person(seeded.ann))
    seed.accept(seeded, "card-errors")
    give(seeded, page(seeded), BAD)
    assert state(seeded)[0] == "accepted"


def test_r16_the_volunteers_agree_on_how_many(seeded: seed.Seeded) -> None:
    limits: dict[str, object] = {"uses": 1, "uses_helped": 1}
    bars_actions.agree(seeded.shell, limits, by=person(seeded.vera))
    give(seeded, page(seeded), BAD)
    assert state(seeded)[0] == "returned"


def test_a_verdict_on_what_is_of_no_alarm_gives_nothing_back(seeded: seed.Seeded) -> None:
    for _ in range(3):
        give(seeded, page(seeded, alarm=""), BAD)
        give(seeded, page(seeded, alarm="disk-full"), BAD)
    assert state(seeded)[0] == "accepted"
    assert state(seeded, "disk-full")[0] == "proposed"
