"""Plans of shifts over the API: made, looked at, published, refused when stale (SH1-SH3, NO2).

The on-call team is Vera, Ann, Ben and Ada; Vera stands the shift of 2 March 2026, Mona is no part.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.integration.actions import seed
from tests.integration.api.client import Client
from watchbill.actions import absences, applications
from watchbill.actions.audit import person

pytestmark = pytest.mark.timeout(120)
TEAM = ("ann", "ben", "ada", "vera")


@pytest.fixture
def seeded(seeded: seed.Seeded) -> seed.Seeded:
    for name in ("ann", "ben", "ada"):
        own = applications.apply(seeded.shell, {}, by=person(seeded.ids[name]))
        applications.seat(seeded.shell, own, by=person(seeded.ids["vera"]))
    return seeded


@pytest.fixture
def vera(seeded: seed.Seeded) -> Client:
    return Client(seeded, seeded.token("vera", "read", "write"))


def away(seeded: seed.Seeded, name: str, *, first: int, last: int) -> None:
    """Let somebody be away between two days from now."""
    now, who = seeded.clock.now(), seeded.ids[name]
    values: dict[str, object] = {
        "person_id": who,
        "starts_at": now + timedelta(days=first),
        "ends_at": now + timedelta(days=last),
    }
    absences.add(seeded.shell, values, by=person(who))


def shifts(api: Client) -> dict[datetime, str]:
    found = api.json("GET", "/shifts?limit=200")["items"]
    return {datetime.fromisoformat(s["starts_at"]): s["person_id"] for s in found}


def told(seeded: seed.Seeded) -> dict[str, list[dict[str, Any]]]:
    """Return the notices, by person."""
    with seeded.shell.db.transaction() as tx:
        query = "select person_id, data from notifications where kind = 'notice'"
        query += " and data ->> 'path' <> '/on-call-team' order by id"  # not of their seats
        found: dict[str, list[dict[str, Any]]] = {}
        for person_id, data in tx.execute(query).fetchall():
            found.setdefault(person_id, []).append(data)
    return found


def test_sh3_a_plan_is_made_looked_at_and_published(seeded: seed.Seeded, vera: Client) -> None:
    before = shifts(vera)
    reply = vera("POST", "/roster-plans", json={"weeks": 8, "seed": 3}, expect=201)
    made = reply.json()
    plan = made["plan"]
    assert reply.headers["Location"] == f"/api/v1/roster-plans/{plan['id']}"
    assert (plan["state"], plan["weeks"], plan["open_weeks"]) == ("draft", 8, 0)
    assert (plan["is_proven"], plan["seed"], plan["by_name"]) == (True, 3, "Vera")
    assert shifts(vera) == before, "a draft changes nothing"
    assert sum(row["weeks"] for row in made["people"]) == 8
    assert {row["person"] for row in made["people"]} == {"Vera", "Ann", "Ben", "Ada"}
    assert all(aim["gap"] == 0 and aim["cost"] == aim["bound"] for aim in made["aims"])
    assert [week for week in made["weeks"] if week["is_changed"]] == made["differences"]
    assert made == vera.json("GET", f"/roster-plans/{plan['id']}")

    changed = vera.json("POST", f"/roster-plans/{plan['id']}/publish")["changed"]

    assert changed == len(made["differences"]) > 0
    # Of the first week Vera keeps what she stands already.
    whole = [week for week in made["differences"] if not week["kept"]]
    wanted = {datetime.fromisoformat(w["starts_at"]): w["person_id"] for w in whole}
    assert len(wanted) >= 7
    assert shifts(vera).items() >= wanted.items()
    after = vera.json("GET", f"/roster-plans/{plan['id']}")
    assert (after["plan"]["state"], after["is_stale"]) == ("published", False)
    again = vera("POST", f"/roster-plans/{plan['id']}/publish", expect=409)
    assert again.json()["code"] == "not-a-draft"


def test_whoever_stands_other_weeks_is_told_once(seeded: seed.Seeded, vera: Client) -> None:
    made = vera.json("POST", "/roster-plans", json={"weeks": 8}, expect=201)
    vera.json("POST", f"/roster-plans/{made['plan']['id']}/publish")

    notices = told(seeded)
    concerned = {w[k] for w in made["differences"] for k in ("person_id", "was_id")} - {None}
    assert set(notices) == concerned
    assert {len(mails) for mails in notices.values()} == {1}
    first = made["differences"][0]
    at = datetime.fromisoformat(first["starts_at"])
    (mail,) = notices[first["person_id"]]
    assert mail["subject"] == "Your shifts have changed"
    assert f"You stand now:\n- Fri {at.day} {at:%b %Y} 18:00 to " in mail["text"]
    assert "(Europe/Dublin)" in mail["text"]


def test_plans_are_listed_newest_first_in_parts(seeded: seed.Seeded, vera: Client) -> None:
    made = []
    for seed_of in (1, 2, 3):
        body = {"weeks": 1, "seed": seed_of}
        made.append(vera.json("POST", "/roster-plans", json=body, expect=201)["plan"]["id"])
    vera("DELETE", f"/roster-plans/{made[0]}", expect=204)

    first = vera.json("GET", "/roster-plans?limit=2")
    rest = vera.json("GET", f"/roster-plans?limit=2&cursor={first['next_cursor']}")

    assert [row["id"] for row in first["items"] + rest["items"]] == made[::-1]
    assert rest["items"][0]["state"] == "dropped"
    drafts = vera.json("GET", "/roster-plans?state=draft")["items"]
    assert [row["id"] for row in drafts] == made[:0:-1]


def test_a_plan_that_is_no_longer_so_says_it_and_is_refused(
    seeded: seed.Seeded, vera: Client
) -> None:
    plan_id = vera.json("POST", "/roster-plans", json={"weeks": 4}, expect=201)["plan"]["id"]
    before = shifts(vera)
    assert vera.json("GET", f"/roster-plans/{plan_id}")["is_stale"] is False
    away(seeded, "ann", first=5, last=20)

    assert vera.json("GET", f"/roster-plans/{plan_id}")["is_stale"] is True
    refused = vera("POST", f"/roster-plans/{plan_id}/publish", expect=409)

    assert refused.json()["code"] == "stale-shifts"
    assert shifts(vera) == before
    assert told(seeded) == {}


def test_a_christmas_with_everybody_away_is_explained_not_failed(
    seeded: seed.Seeded, vera: Client
) -> None:
    for name in TEAM:
        away(seeded, name, first=18, last=26)

    made = vera.json("POST", "/roster-plans", json={"weeks": 5}, expect=201)

    open_weeks = [w["starts_at"][:10] for w in made["weeks"] if w["person_id"] is None]
    assert open_weeks == ["2026-03-20", "2026-03-27"]
    assert [reason["sentence"] for reason in made["reasons"]] == [
        "Week of 20 Mar 2026: all 4 are away.",
        "Week of 27 Mar 2026: all 4 are away.",
    ]
    assert made["plan"]["open_weeks"] == 2
    assert vera.json("POST", f"/roster-plans/{made['plan']['id']}/publish")["changed"] > 0


def test_who_is_no_part_of_it_reads_and_does_nothing(seeded: seed.Seeded, vera: Client) -> None:
    mona = Client(seeded, seeded.token("mona", "read", "write"))
    plan_id = vera.json("POST", "/roster-plans", json={"weeks": 2}, expect=201)["plan"]["id"]
    before = shifts(vera)

    mona("POST", "/roster-plans", json={"weeks": 2}, expect=403)
    mona("POST", f"/roster-plans/{plan_id}/publish", expect=403)
    mona("DELETE", f"/roster-plans/{plan_id}", expect=403)

    assert mona.json("GET", f"/roster-plans/{plan_id}")["plan"]["state"] == "draft"
    assert shifts(vera) == before


def test_after_a_change_what_is_published_is_planned_anew(
    seeded: seed.Seeded, vera: Client
) -> None:
    first = vera.json("POST", "/roster-plans", json={"weeks": 8}, expect=201)
    vera.json("POST", f"/roster-plans/{first['plan']['id']}/publish")
    week = first["weeks"][4]
    ill = next(name for name in TEAM if seeded.ids[name] == week["person_id"])
    begins = (datetime.fromisoformat(week["starts_at"]) - seeded.clock.now()).days
    away(seeded, ill, first=begins + 1, last=begins + 4)

    made = vera.json("POST", "/roster-plans/replan", expect=201)

    assert made["plan"]["weeks"] == 8
    moved = {w["starts_at"] for w in made["differences"]}
    assert week["starts_at"] in moved
    assert made["weeks"][4]["person_id"] not in (None, seeded.ids[ill])


def test_where_nothing_lies_ahead_there_is_nothing_to_plan_anew(
    seeded: seed.Seeded, vera: Client
) -> None:
    seeded.clock.move(timedelta(days=14))
    refused = vera("POST", "/roster-plans/replan", expect=409).json()
    assert refused["code"] == "nothing-published"


def test_one_plan_at_a_time_is_made(seeded: seed.Seeded, vera: Client) -> None:
    with seeded.shell.planning:
        refused = vera("POST", "/roster-plans", json={"weeks": 1}, expect=409).json()
        assert refused["code"] == "plan-under-way"
        vera("GET", "/roster-plans", expect=200)
    vera("POST", "/roster-plans", json={"weeks": 1}, expect=201)


@pytest.mark.parametrize(
    "body",
    [{"weeks": 0}, {"weeks": 105}, {"seed": -1}, {"weeks": 2, "starts_at": "2026-03-06"}],
)
def test_what_cannot_be_planned_is_refused(vera: Client, body: dict[str, object]) -> None:
    vera("POST", "/roster-plans", json=body, expect=422)


def test_a_plan_nobody_made_is_not_found(vera: Client) -> None:
    vera("GET", "/roster-plans/pln_none", expect=404)
    vera("POST", "/roster-plans/pln_none/publish", expect=404)
    vera("DELETE", "/roster-plans/pln_none", expect=404)
