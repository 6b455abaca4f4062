"""Rosters: a draft is fair and proven, and published as it was looked at (SH1-SH3, NO2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.actions import seed
from watchbill.actions import absences, applications, audit, rosters
from watchbill.actions.audit import person
from watchbill.actions.rosters import NotADraft, StaleShifts

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    for name in ("ann", "ben", "ada"):
        own = applications.apply(made.shell, {}, by=person(made.ids[name]))
        applications.seat(made.shell, own, by=person(made.ids["vera"]))
    yield made
    made.shell.db.close()


def plan(seeded: seed.Seeded, weeks: int = 8) -> tuple[str, dict[str, Any]]:
    by = person(seeded.ids["vera"])
    plan_id = rosters.make(seeded.shell, {"weeks": weeks}, by=by)
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select outcome from plans where id = %s", [plan_id]).fetchone()
    assert row is not None
    return plan_id, row[0]


def standing(seeded: seed.Seeded) -> list[tuple[str, str]]:
    with seeded.shell.db.transaction() as tx:
        return tx.execute(
            "select lower(during)::text, person_id from shifts order by lower(during)"
        ).fetchall()


def test_sh3_a_draft_is_fair_proven_and_changes_nothing_until_it_is_published(
    seeded: seed.Seeded,
) -> None:
    before = standing(seeded)
    plan_id, outcome = plan(seeded)
    assert standing(seeded) == before
    assert outcome["is_proven"]
    assert outcome["reasons"] == []
    weeks = {row["person_id"]: row["weeks"] for row in outcome["fairness"]["people"]}
    assert sorted(weeks.values()) == [2, 2, 2, 2]
    assert all(row["smallest_gap"] >= 2 for row in outcome["fairness"]["people"])
    changed = rosters.publish(seeded.shell, plan_id, by=person(seeded.ids["vera"]))
    # Vera's shift of before ends in the first week: that part stays hers, the rest is planned.
    assert outcome["weeks"][0]["kept"][0]["person_id"] == seeded.ids["vera"]
    assert changed == 8
    assert standing(seeded)[0] == before[0]
    assert [p for _, p in standing(seeded)][1:] == [w["person_id"] for w in outcome["weeks"]]
    with pytest.raises(NotADraft):
        rosters.publish(seeded.shell, plan_id, by=person(seeded.ids["vera"]))


def test_what_somebody_looked_at_is_published_or_nothing(seeded: seed.Seeded) -> None:
    plan_id, _ = plan(seeded, weeks=4)
    now = seeded.clock.now()
    away = {
        "person_id": seeded.ids["ann"],
        "starts_at": now + timedelta(days=5),
        "ends_at": now + timedelta(days=20),
    }
    absences.add(seeded.shell, away, by=person(seeded.ids["ann"]))
    with pytest.raises(StaleShifts):
        rosters.publish(seeded.shell, plan_id, by=person(seeded.ids["vera"]))


def test_weeks_with_everybody_away_are_explained_not_failed(seeded: seed.Seeded) -> None:
    now = seeded.clock.now()
    for name in ("ann", "ben", "ada", "vera"):
        away = {
            "person_id": seeded.ids[name],
            "starts_at": now + timedelta(days=14),
            "ends_at": now + timedelta(days=20),
        }
        absences.add(seeded.shell, away, by=person(seeded.ids[name]))
    _, outcome = plan(seeded, weeks=6)
    assert [w for w in outcome["weeks"] if w["person_id"] is None]
    assert outcome["reasons"][0]["sentence"].endswith("all 4 are away.")


def test_only_the_on_call_team_or_an_admin_plans(seeded: seed.Seeded) -> None:
    with pytest.raises(audit.OnlyAdmins):
        rosters.make(seeded.shell, {"weeks": 2}, by=person(seeded.ids["mona"]))
