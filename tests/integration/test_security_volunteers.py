"""Conscription: nobody is put on call, or called again, but by their own act (NO2, VO4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.actions import seed
from watchbill.actions import (
    absences,
    applications,
    audit,
    leaving,
    on_call_team,
    people,
    readiness,
    rosters,
    wishes,
)
from watchbill.actions.audit import CLI, SYSTEM, person

WEEK = timedelta(days=7)


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def ask(seeded: seed.Seeded, query: Any, *values: object) -> list[tuple[Any, ...]]:
    with seeded.shell.db.transaction() as tx:
        return tx.execute(query, list(values)).fetchall()


def test_no2_who_stepped_down_is_not_seated_by_what_they_applied_for_before(
    seeded: seed.Seeded,
) -> None:
    waits = applications.apply(seeded.shell, {}, by=person(seeded.vera))
    leaving.step_down(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    with pytest.raises(applications.NotWaiting):
        applications.seat(seeded.shell, waits, by=person(seeded.ada, is_admin=True))


def test_no2_an_admin_does_not_end_a_volunteers_time_away(seeded: seed.Seeded) -> None:
    until = seeded.clock.now() + WEEK
    leaving.pause(seeded.shell, seeded.vera_term, {"until": until}, by=person(seeded.vera))
    days = {"person_id": seeded.vera, "starts_at": until, "ends_at": until + WEEK}
    absences.add(seeded.shell, days, by=person(seeded.vera))
    away = [row[0] for row in ask(seeded, "select id from absences")]
    assert len(away) == 2
    for absence in away:  # a pause is refused no otherwise than any: nobody can tell (VO4)
        for by in (person(seeded.ada, is_admin=True), CLI):
            with pytest.raises(audit.OnlyThemselves):
                absences.remove(seeded.shell, absence, by=by)
    for absence in away:
        absences.remove(seeded.shell, absence, by=person(seeded.vera))


def test_no2_who_was_let_go_and_taken_back_is_not_on_call_by_that(seeded: seed.Seeded) -> None:
    waits = applications.apply(seeded.shell, {}, by=person(seeded.vera))
    people.disable(seeded.shell, seeded.vera, by=SYSTEM)
    people.enable(seeded.shell, seeded.vera, by=SYSTEM)
    now = seeded.clock.now()
    assert ask(seeded, "select 1 from terms where upper(during) > %s", now) == []
    assert ask(seeded, "select 1 from shifts where upper(during) > %s", now) == []
    with pytest.raises(applications.NotWaiting):
        applications.seat(seeded.shell, waits, by=SYSTEM)


def test_vo1_whoever_is_seated_hears_of_it(seeded: seed.Seeded) -> None:
    waits = applications.apply(seeded.shell, {}, by=person(seeded.ben))
    applications.seat(seeded.shell, waits, by=SYSTEM)
    told = ask(seeded, "select person_id, data ->> 'subject' from notifications")
    assert (seeded.ben, "You are in the on-call team") in told


def test_sh5_no_plan_rewrites_what_was_stood_or_puts_somebody_on_call_at_once(
    seeded: seed.Seeded,
) -> None:
    begun = seeded.clock.now() - 2 * WEEK
    with pytest.raises(rosters.PastPlan):
        rosters.make(seeded.shell, {"weeks": 4, "starts_at": begun}, by=person(seeded.vera))
    draft = rosters.make(seeded.shell, {"weeks": 2}, by=person(seeded.vera))
    seeded.clock.move(WEEK)  # its first week is under way by now
    with pytest.raises(rosters.PastPlan):
        rosters.publish(seeded.shell, draft, by=person(seeded.vera))


def test_vo4_the_audit_log_keeps_what_somebody_wishes_and_lacks_to_themselves(
    seeded: seed.Seeded,
) -> None:
    on_call_team.change(seeded.shell, {"zone": "UTC"}, by=SYSTEM)
    friday = seeded.clock.now().replace(day=6, hour=18, minute=0)
    wishes.wish(seeded.shell, seeded.vera, {friday: -3}, by=person(seeded.vera))
    readiness.make_sure(seeded.shell, seeded.vera, ["laptop"], by=person(seeded.vera))
    said = ask(
        seeded,
        "select facts from audit where action in ('wishes.said', 'readiness.said') order by action",
    )
    assert [facts for (facts,) in said] == [{"items": 1}, {"weeks": 1}]


def test_no2_whoever_gets_a_password_from_somebody_else_hears_of_it(seeded: seed.Seeded) -> None:
    new = "another long password"
    people.set_password(seeded.shell, seeded.ben, new, by=person(seeded.ben))
    assert ask(seeded, "select 1 from notifications") == []
    people.set_password(seeded.shell, seeded.ben, new, by=person(seeded.ada, is_admin=True))
    told = ask(seeded, "select person_id, data ->> 'subject' from notifications")
    assert told == [(seeded.ben, "Somebody else set your password")]
