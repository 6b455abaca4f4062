"""Volunteers over the API: applications, seats, readiness, swaps; conscription is refused.

NO2, VO1-VO8, SH5. The company is that of `seed.company`: Vera stands the shift of 2 March 2026.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.integration.actions import seed
from tests.integration.api.client import Client

WEEK = timedelta(days=7)


@pytest.fixture
def clients(seeded: seed.Seeded) -> dict[str, Client]:
    """The API for each person, with tokens that may write; Ada is the admin."""
    names = ("ann", "ben", "vera", "mona")
    made = {name: Client(seeded, seeded.token(name, "read", "write")) for name in names}
    return made | {"ada": Client(seeded, seeded.token("ada", "admin"))}


def apply(clients: dict[str, Client], name: str, **more: object) -> str:
    return clients[name].json("POST", "/applications", json=more, expect=201)["id"]


def test_vo1_a_person_offers_themselves_and_is_seated(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    application = apply(clients, "ben")
    overview = clients["ann"].json("GET", "/volunteers")
    assert (overview["taken"], overview["waiting"]) == (1, 1)
    term = clients["vera"].json("POST", f"/applications/{application}/seat")["term_id"]
    found = clients["ada"].json("GET", f"/terms/{term}")
    assert found["person_id"] == seeded.ids["ben"]
    after = clients["ann"].json("GET", "/volunteers")
    assert (after["taken"], after["waiting"]) == (2, 0)
    consents = {row["name"]: row["consented_by"] for row in after["items"]}
    assert consents == {"Vera": seeded.ids["vera"], "Ben": seeded.ids["ben"]}
    again = clients["vera"]("POST", f"/applications/{application}/seat", expect=409)
    assert again.json()["code"] == "not-waiting"


def test_no2_an_admin_conscripts_nobody(seeded: seed.Seeded, clients: dict[str, Client]) -> None:
    ben = seeded.ids["ben"]
    start = seeded.clock.now()
    term = {
        "person_id": ben,
        "starts_at": start.isoformat(),
        "ends_at": (start + 26 * WEEK).isoformat(),
    }
    clients["ada"]("POST", "/terms", json=term, expect=403)
    sneaky = clients["ada"].json(
        "POST", "/applications", json={"person_id": ben, "applied_by": ben}, expect=201
    )
    assert sneaky["person_id"] == seeded.ids["ada"], "one applies for oneself, whatever is sent"
    shift = {**term, "ends_at": (start + WEEK).isoformat()}
    clients["ada"]("POST", "/shifts", json=shift, expect=409)
    assert clients["ada"].json("GET", "/reports/involuntary") == {"items": []}


@pytest.mark.parametrize(
    "statement",
    [
        "insert into applications values ('app_x', %(ben)s, %(ada)s, now(), now(), now() + '1 day', 'withdrawn')",
        "insert into terms values ('term_x', %(ben)s, tstzrange('2026-03-01', '2026-09-01'), %(ada)s, now())",
        "update terms set consented_by = %(ada)s",
        "update terms set during = '[2026-03-02 09:00+00,2026-03-05 09:00+00)'",
        "delete from terms",
        "update shifts set person_id = %(ben)s",
        "update shifts set during = '[2026-08-28,2026-09-04)', term_during = '[2026-08-28,2026-09-04)'",
        "update shifts set during = '[2027-03-02,2027-03-09)'",
        "insert into shifts select 'shf_x', id, %(ben)s, during, '[2026-03-20,2026-03-27)' from terms",
        "update applications set applied_by = %(ada)s",
    ],
)
def test_no2_the_database_conscripts_nobody(
    seeded: seed.Seeded, clients: dict[str, Client], database_url: str, statement: str
) -> None:
    apply(clients, "ben")
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(statement, {"ben": seeded.ids["ben"], "ada": seeded.ids["ada"]})


def test_vo3_when_the_seats_are_taken_one_waits(clients: dict[str, Client]) -> None:
    clients["ada"].json("PATCH", "/on-call-team", json={"seats": 1})
    application = apply(clients, "ben")
    refused = clients["vera"]("POST", f"/applications/{application}/seat", expect=409)
    assert refused.json()["code"] == "seats-taken"
    clients["vera"].json("PATCH", "/on-call-team", json={"seats": 2})
    clients["vera"].json("POST", f"/applications/{application}/seat")


def test_only_the_team_or_an_admin_seats_and_only_oneself_withdraws(
    clients: dict[str, Client],
) -> None:
    application = apply(clients, "ben")
    clients["ann"]("POST", f"/applications/{application}/seat", expect=403)
    clients["ann"]("PATCH", "/on-call-team", json={"seats": 3}, expect=403)
    clients["ada"]("DELETE", f"/applications/{application}", expect=403)
    clients["ben"]("POST", "/applications", json={}, expect=409)
    clients["ben"]("DELETE", f"/applications/{application}", expect=204)
    apply(clients, "ben")


def test_es1_managers_stand_behind(clients: dict[str, Client]) -> None:
    assert clients["mona"]("POST", "/applications", json={}, expect=403).json()["code"] == (
        "only-engineers"
    )


def test_vo6_readiness_is_said_by_oneself(seeded: seed.Seeded, clients: dict[str, Client]) -> None:
    vera = seeded.ids["vera"]
    everything = ["internet", "laptop", "power", "second_factor", "credentials"]
    clients["ada"]("PUT", f"/people/{vera}/readiness", json={"items": everything}, expect=403)
    said = clients["vera"].json("PUT", f"/people/{vera}/readiness", json={"items": everything})
    assert (said["missing"], said["is_ready"]) == ([], False), "no test page was answered yet"
    assert list(said["methods"].values()) == [None]
    clients["vera"]("PUT", f"/people/{vera}/readiness", json={"items": ["x"]}, expect=422)


def test_vo6_of_others_one_reads_only_whether_they_are_ready(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    vera = seeded.ids["vera"]
    clients["vera"].json("PUT", f"/people/{vera}/readiness", json={"items": ["internet"]})
    nothing = {"items": [], "missing": [], "methods": {}, "is_ready": False}
    for name in ("ben", "ada", "mona"):
        assert clients[name].json("GET", f"/people/{vera}/readiness") == nothing
    assert clients["vera"].json("GET", f"/people/{vera}/readiness")["items"] == ["internet"]
    clients["ada"]("GET", "/people/nobody/readiness", expect=404)


def test_vo6_a_test_page_goes_over_every_verified_way_of_ones_own(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    vera = seeded.ids["vera"]
    clients["ada"]("POST", f"/people/{vera}/test-pages", expect=403)
    assert clients["vera"].json("POST", f"/people/{vera}/test-pages") == {"sent": 1}


def test_vo2_a_term_is_renewed_paused_and_left_by_its_person(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    term = f"/terms/{seeded.ids['vera_term']}"
    until = {"until": (seeded.clock.now() + WEEK).isoformat()}
    for name in ("ada", "ben"):
        clients[name]("POST", f"{term}/renew", json={}, expect=403)
        clients[name]("POST", f"{term}/pause", json=until, expect=403)
        clients[name]("POST", f"{term}/step-down", expect=403)
        clients[name]("DELETE", term, expect=403)
    vera = clients["vera"]
    later = vera.json("POST", f"{term}/renew", json={}, expect=201)["term_id"]
    assert vera("POST", f"{term}/renew", json={}, expect=409).json()["code"] == "already-agreed"
    vera.json("POST", f"{term}/pause", json=until)
    (absence,) = clients["ada"].json("GET", f"/absences?person_id={seeded.ids['vera']}")["items"]
    assert "pause" not in str(absence), "to others it reads as any time away (VO4)"
    overview = clients["ben"].json("GET", "/volunteers")
    assert [(row["name"], row["is_away"], row["has_next"]) for row in overview["items"]] == [
        ("Vera", True, True)
    ]
    vera("DELETE", f"{term}/pause", expect=204)
    assert clients["ben"].json("GET", "/volunteers")["items"][0]["is_away"] is False
    vera("DELETE", term, expect=204)
    clients["ada"]("GET", f"/terms/{later}", expect=404)
    assert vera("POST", f"{term}/step-down", expect=409).json()["code"] == "term-over"
    assert clients["ben"].json("GET", "/volunteers")["items"] == []
    assert clients["ada"].json("GET", "/reports/involuntary") == {"items": []}


def test_vo3_each_concern_comes_with_its_facts_and_a_sentence(clients: dict[str, Client]) -> None:
    clients["ada"].json("PATCH", "/on-call-team", json={"shadows": True})
    found = {c["concern"]: c for c in clients["ben"].json("GET", "/volunteers")["concerns"]}
    assert set(found) == {"too_few", "shadows_too_few", "too_often"}
    assert found["too_few"]["facts"] == {"people": "1", "least": "6"}
    assert found["too_few"]["sentence"] == (
        "1 volunteer is fewer than the 6 that the rotation needs: call for more."
    )


def test_the_on_call_team_is_set_up_with_care(clients: dict[str, Client]) -> None:
    before = clients["ada"].json("GET", "/on-call-team")
    assert (before["boundary_weekday"], before["boundary_time"]) == (4, "18:00:00")
    for bad in ({"zone": "Mars"}, {"seats": 0}, {"limits": [{"most": 0, "weeks": 4}]}):
        clients["ada"]("PATCH", "/on-call-team", json=bad, expect=422)
    limit = {"most": 2, "weeks": 4, "source": "consignatie"}
    after = clients["ada"].json("PATCH", "/on-call-team", json={"limits": [limit], "gap_weeks": 3})
    assert (after["limits"], after["gap_weeks"]) == ([limit], 3)


def second_volunteer(seeded: seed.Seeded, clients: dict[str, Client], name: str) -> None:
    application = apply(clients, name)
    clients["vera"].json("POST", f"/applications/{application}/seat")


def carrying(seeded: seed.Seeded) -> dict[str, float]:
    """Return how many seconds each person stands, by name."""
    with seeded.shell.db.transaction() as tx:
        found = tx.execute(
            "select p.name, sum(extract(epoch from upper(during) - lower(during))) from shifts s"
            " join people p on p.id = s.person_id group by p.name"
        ).fetchall()
    return {name: float(seconds) for name, seconds in found}


def test_sh5_who_says_yes_first_has_a_part_to_the_second(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    second_volunteer(seeded, clients, "ben")
    seeded.clock.move_to(datetime(2026, 3, 6, 12, tzinfo=UTC))
    before = carrying(seeded)
    asked = {
        "shift_id": seeded.ids["vera_shift"],
        "starts_at": "2026-03-07T20:00:01+00:00",
        "ends_at": "2026-03-08T08:00:00+00:00",
        "note": "a wedding",
    }
    swap = clients["vera"].json("POST", "/swaps", json=asked, expect=201)
    clients["ann"]("POST", f"/swaps/{swap['id']}/accept", expect=409)  # no term of hers
    effect = clients["ben"].json("GET", f"/swaps/{swap['id']}/effect")["items"]
    assert [round(e["after"]["hours"] - e["before"]["hours"], 2) for e in effect] == [-12.0, 12.0]
    clients["ben"].json("POST", f"/swaps/{swap['id']}/accept")
    after = carrying(seeded)
    assert after["Ben"] == 12 * 3600 - 1
    assert sum(after.values()) == sum(before.values())
    late = clients["ben"]("POST", f"/swaps/{swap['id']}/accept", expect=409)
    assert late.json()["code"] == "answered"
    assert clients["ada"].json("GET", "/reports/involuntary") == {"items": []}


def test_sh5_nobody_gives_away_what_is_not_theirs(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    second_volunteer(seeded, clients, "ben")
    seeded.clock.move_to(datetime(2026, 3, 6, 12, tzinfo=UTC))
    asked = {"shift_id": seeded.ids["vera_shift"]}
    clients["ada"]("POST", "/swaps", json=asked, expect=403)
    clients["ben"]("POST", "/swaps", json=asked, expect=403)
    only_ben = {**asked, "to_person_id": seeded.ids["ben"]}
    swap = clients["vera"].json("POST", "/swaps", json=only_ben, expect=201)["id"]
    clients["ann"]("POST", f"/swaps/{swap}/accept", expect=403)
    clients["ada"]("POST", f"/swaps/{swap}/decline", expect=403)
    assert clients["ben"].json("POST", f"/swaps/{swap}/decline")["state"] == "declined"
    other = clients["vera"].json("POST", "/swaps", json=asked, expect=201)["id"]
    clients["ben"]("POST", f"/swaps/{other}/withdraw", expect=403)
    clients["vera"].json("POST", f"/swaps/{other}/withdraw")
    clients["ben"]("POST", f"/swaps/{other}/accept", expect=409)


def test_cover_now_takes_the_rest_of_a_shift_that_runs(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    second_volunteer(seeded, clients, "ben")
    seeded.clock.move_to(datetime(2026, 3, 7, 3, tzinfo=UTC))
    asked = {"shift_id": seeded.ids["vera_shift"], "urgent": True, "ends_at": "2026-03-07T05:00Z"}
    swap = clients["vera"].json("POST", "/swaps", json=asked, expect=201)["id"]
    seeded.clock.move(timedelta(minutes=30))
    clients["ben"].json("POST", f"/swaps/{swap}/accept")
    who = clients["ada"].json("GET", "/route?service=checkout&alarm=card-errors")
    assert who["steps"][0]["people"][0]["name"] == "Ben"
    assert carrying(seeded)["Ben"] == 90 * 60
