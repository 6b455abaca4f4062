"""Rosters after a change: as few shifts move as must, what was swapped stays (SH1-SH5, NO2).

Seven volunteers, whole weeks from Friday 18:00 UTC, thirteen of them published; it is Tuesday,
3 March 2026.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.actions import seed
from watchbill.actions import (
    absences,
    fields,
    leaving,
    offices,
    on_call_team,
    people,
    rosters,
    shifts,
    swaps,
    terms,
    wishes,
)
from watchbill.actions.audit import CLI, SYSTEM, person
from watchbill.store import rows

pytestmark = pytest.mark.timeout(180)

FIRST = datetime(2026, 3, 6, 18, tzinfo=UTC)
WEEK = timedelta(days=7)
NAMES = ("ann", "ben", "eve", "fay", "gus", "hal", "ida")


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    with made.shell.db.transaction() as tx:
        tx.execute("delete from shifts")
        tx.execute("delete from terms")
    for name in NAMES:
        if name not in made.ids:
            made.ids[name] = people.create(
                made.shell,
                {
                    "name": name.title(),
                    "email": f"{name}@example.org",
                    "role": "engineer",
                    "team_id": made.search,
                    "office_id": made.dublin,
                },
                by=SYSTEM,
            )
        join(made, name)
    yield made
    made.shell.db.close()


def join(seeded: seed.Seeded, name: str) -> str:
    now = seeded.clock.now()
    term = {"person_id": seeded.ids[name], "starts_at": now, "ends_at": now + 40 * WEEK}
    seeded.ids[f"{name}_term"] = terms.agree(seeded.shell, term, by=person(seeded.ids[name]))
    return seeded.ids[f"{name}_term"]


def outcome(seeded: seed.Seeded, plan_id: str | None) -> dict[str, Any]:
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select outcome from plans where id = %s", [plan_id]).fetchone()
    assert row is not None
    found: dict[str, Any] = row[0]
    return found


def published(seeded: seed.Seeded, weeks: int = 13) -> list[dict[str, Any]]:
    plan_id = rosters.make(seeded.shell, {"weeks": weeks}, by=CLI)
    rosters.publish(seeded.shell, plan_id, by=CLI)
    made: list[dict[str, Any]] = outcome(seeded, plan_id)["weeks"]
    return made


def stored(seeded: seed.Seeded, *, shadow: bool = False) -> list[tuple[Any, ...]]:
    with seeded.shell.db.transaction() as tx:
        return tx.execute(
            "select lower(during), upper(during), person_id, id from shifts"
            " where shadow = %s order by lower(during)",
            [shadow],
        ).fetchall()


def away(seeded: seed.Seeded, person_id: str, start: datetime, weeks: int) -> None:
    times = {"person_id": person_id, "starts_at": start, "ends_at": start + weeks * WEEK}
    absences.add(seeded.shell, times, by=person(person_id))


def test_only_the_weeks_of_who_falls_ill_change_hands(seeded: seed.Seeded) -> None:
    weeks = published(seeded)
    ill = weeks[3]["person_id"]
    away(seeded, ill, FIRST + 3 * WEEK, 3)
    lost = [w["starts_at"] for w in weeks[3:6] if w["person_id"] == ill]
    new = outcome(seeded, rosters.replan(seeded.shell, by=CLI))
    assert new["keeps"]
    assert [aim["aim"] for aim in new["aims"]][:2] == ["cover", "steady"]
    assert [c["starts_at"] for c in new["changes"]] == lost
    assert all(c["was"] == ill != c["becomes"] is not None for c in new["changes"])


def test_vo4_stepping_down_moves_only_ones_own_weeks(seeded: seed.Seeded) -> None:
    weeks = published(seeded)
    gone = seeded.ida
    leaving.step_down(seeded.shell, seeded.ida_term, by=person(gone))
    before = {row[3] for row in stored(seeded)}
    plan_id = rosters.replan(seeded.shell, by=CLI)
    new = outcome(seeded, plan_id)
    assert all(w["person_id"] not in (None, gone) for w in new["weeks"])
    own = {w["starts_at"] for w in weeks if w["person_id"] == gone}
    assert {c["starts_at"] for c in new["changes"]} == own
    assert plan_id is not None
    rosters.publish(seeded.shell, plan_id, by=CLI)
    assert before <= {row[3] for row in stored(seeded)}, "what did not move is untouched"


def test_a_new_volunteer_moves_nothing_that_is_published(seeded: seed.Seeded) -> None:
    published(seeded)
    on_call_team.change(seeded.shell, {"seats": 9}, by=CLI)
    join(seeded, "vera")
    assert outcome(seeded, rosters.replan(seeded.shell, by=CLI))["changes"] == []


def test_sh5_what_was_swapped_stays_and_the_open_rest_is_planned(seeded: seed.Seeded) -> None:
    weeks = published(seeded)
    mine = stored(seeded)[2]
    taker = next(seeded.ids[n] for n in NAMES if seeded.ids[n] != mine[2])
    asked = {"shift_id": mine[3], "starts_at": mine[0], "ends_at": mine[0] + timedelta(days=2)}
    swap = swaps.ask(seeded.shell, asked, by=person(mine[2]))
    swaps.accept(seeded.shell, swap, by=person(taker))
    same = outcome(seeded, rosters.replan(seeded.shell, by=CLI))
    assert same["changes"] == []
    assert same["weeks"][2]["fixed"]
    assert [k["person_id"] for k in same["weeks"][2]["kept"]] == [taker, mine[2]]

    away(seeded, mine[2], mine[0] + timedelta(days=3), 1)
    plan_id = rosters.replan(seeded.shell, by=CLI)
    third = outcome(seeded, plan_id)["weeks"][2]
    assert [k["person_id"] for k in third["kept"]] == [taker]
    assert third["was"] == weeks[2]["person_id"] != third["person_id"]
    assert plan_id is not None
    rosters.publish(seeded.shell, plan_id, by=CLI)
    now = [row for row in stored(seeded) if mine[0] <= row[0] < mine[1]]
    assert [row[2] for row in now] == [taker, third["person_id"]]
    assert (now[0][1], now[-1][1]) == (now[1][0], mine[1])


def test_the_gap_is_kept_to_shifts_outside_of_the_plan(seeded: seed.Seeded) -> None:
    for name, start in (("ann", FIRST - WEEK), ("ben", FIRST + 4 * WEEK)):
        begins = max(start, seeded.clock.now())
        shift = {"person_id": seeded.ids[name], "starts_at": begins, "ends_at": start + WEEK}
        shifts.plan(seeded.shell, shift, by=SYSTEM)
    plan_id = rosters.make(seeded.shell, {"weeks": 4}, by=CLI)
    standing = [w["person_id"] for w in outcome(seeded, plan_id)["weeks"]]
    assert seeded.ann not in standing[:2]
    assert seeded.ben not in standing[2:]


def test_wishes_are_heard_and_only_ones_own(seeded: seed.Seeded) -> None:
    wishes.wish(seeded.shell, seeded.gus, {FIRST + 3 * WEEK: 3}, by=person(seeded.gus))
    plan_id = rosters.make(seeded.shell, {"weeks": 7}, by=CLI)
    assert outcome(seeded, plan_id)["weeks"][3]["person_id"] == seeded.gus


def test_a_plan_that_breaks_a_rule_is_never_written(seeded: seed.Seeded) -> None:
    plan_id = rosters.make(seeded.shell, {"weeks": 6}, by=CLI)
    made = outcome(seeded, plan_id)
    for week in made["weeks"]:
        week["person_id"] = seeded.ann
    with seeded.shell.db.transaction() as tx:
        rows.change(tx, "plans", plan_id, {"outcome": made})
    with pytest.raises(rosters.AgainstRules, match="2 free weeks between shifts"):
        rosters.publish(seeded.shell, plan_id, by=CLI)
    assert stored(seeded) == []


def test_nobody_who_is_away_is_given_a_week_by_a_changed_plan(seeded: seed.Seeded) -> None:
    away(seeded, seeded.ann, FIRST, 1)
    plan_id = rosters.make(seeded.shell, {"weeks": 1}, by=CLI)
    made = outcome(seeded, plan_id)
    made["weeks"][0]["person_id"] = seeded.ann
    with seeded.shell.db.transaction() as tx:
        rows.change(tx, "plans", plan_id, {"outcome": made})
    with pytest.raises(rosters.AgainstRules, match="not while away"):
        rosters.publish(seeded.shell, plan_id, by=CLI)


def test_sh2_each_week_has_a_shadow_who_is_another(seeded: seed.Seeded) -> None:
    on_call_team.change(seeded.shell, {"shadows": True}, by=CLI)
    weeks = published(seeded, weeks=7)
    assert all(w["shadow_id"] not in (None, w["person_id"]) for w in weeks)
    assert [row[2] for row in stored(seeded, shadow=True)] == [w["shadow_id"] for w in weeks]
    assert len({w["shadow_id"] for w in weeks}) >= 6
    assert outcome(seeded, rosters.replan(seeded.shell, by=CLI))["changes"] == []


def test_sh1_watches_split_each_week_between_offices(seeded: seed.Seeded) -> None:
    far = {"slug": "sf", "name": "San Francisco", "zone": "America/Los_Angeles", "week": seed.WEEK}
    sf = offices.create(seeded.shell, far | {"country": "US"}, by=SYSTEM)
    for name in ("gus", "hal", "ida"):
        people.change(seeded.shell, seeded.ids[name], {"office_id": sf}, by=SYSTEM)
    day = {"office_id": seeded.dublin, "starts": "08:00", "ends": "20:00"}
    night = {"office_id": sf, "starts": "12:00", "ends": "00:00"}
    with pytest.raises(fields.BadFields, match="a hole"):
        on_call_team.change(seeded.shell, {"watches": [day | {"ends": "17:00"}, night]}, by=CLI)
    on_call_team.change(seeded.shell, {"watches": [day, night]}, by=CLI)
    weeks = published(seeded, weeks=6)
    assert len(weeks) == 12
    americans = {seeded.ids[name] for name in ("gus", "hal", "ida")}
    assert all((w["person_id"] in americans) == (w["watch"] == sf) for w in weeks)
    rows_now = stored(seeded)
    assert (rows_now[0][0], rows_now[-1][1]) == (FIRST, datetime(2026, 4, 17, 18, tzinfo=UTC))
    assert all(a[1] == b[0] for a, b in itertools.pairwise(rows_now)), "just one at every instant"
    with seeded.shell.db.transaction() as tx:
        pieces = tx.execute("select count(*) from shifts group by stand_id").fetchall()
    assert len(pieces) == 12
    assert all(7 <= count <= 8 for (count,) in pieces)
    assert outcome(seeded, rosters.replan(seeded.shell, by=CLI))["changes"] == []
