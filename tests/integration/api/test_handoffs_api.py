"""Handoffs, escalations and the managers' rota over the API, and what the database refuses.

SH4, ES2-ES4, NO3. The company is that of `seed.company`: Vera stands from 2 to 9 March 2026.
"""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from tests.integration.actions import seed
from tests.integration.api.client import Client
from watchbill.actions import incidents
from watchbill.core.events import Event, EventAction, Severity
from watchbill.engine import tick
from watchbill.store import inbox


@pytest.fixture
def clients(seeded: seed.Seeded) -> dict[str, Client]:
    """The API for each person, with tokens that may write; Ada is the admin."""
    names = ("ann", "vera", "mona")
    made = {name: Client(seeded, seeded.token(name, "read", "write")) for name in names}
    return made | {"ada": Client(seeded, seeded.token("ada", "admin"))}


def fires(seeded: seed.Seeded, key: str) -> str:
    """Let card-errors fire, and return its incident."""
    event = Event(
        dedup_key=key,
        action=EventAction.TRIGGER,
        summary=f"Cards are refused: {key}",
        severity=Severity.CRITICAL,
        source="shop-1",
        alarm="card-errors",
    )
    with seeded.shell.db.transaction() as tx:
        inbox.add(tx, seeded.clock.now(), seeded.checkout, seeded.door, event)
    tick.tick(seeded.shell)
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select id from incidents order by number desc limit 1").fetchone()
    assert row is not None
    return str(row[0])


# -- handoffs ----------------------------------------------------------------------------------


def test_a_handoff_is_written_and_read(seeded: seed.Seeded, clients: dict[str, Client]) -> None:
    path = f"/shifts/{seeded.vera_shift}/handoff"
    before = clients["ann"].json("GET", path)
    assert (before["at"], before["note"]) == (None, "")
    assert set(before["facts"]) == {"open", "held", "changed"}

    written = clients["vera"].json("PUT", path, json={"note": "Mind the queue."})

    assert written["note"] == "Mind the queue."
    assert written == clients["ann"].json("GET", path)
    assert written["person_id"] == seeded.vera


@pytest.mark.parametrize("name", ["ann", "mona", "ada"])
def test_not_even_an_admin_writes_somebody_elses(
    seeded: seed.Seeded, clients: dict[str, Client], name: str
) -> None:
    path = f"/shifts/{seeded.vera_shift}/handoff"

    refused = clients[name]("PUT", path, json={"note": "Hm."}, expect=403)

    assert refused.json()["code"] == "not-your-shift"
    assert clients["ann"].json("GET", path)["at"] is None


@pytest.mark.parametrize("note", ["", "x" * 8001, "a\x00b", None, 7])
def test_a_bad_note_is_refused(
    seeded: seed.Seeded, clients: dict[str, Client], note: object
) -> None:
    path = f"/shifts/{seeded.vera_shift}/handoff"
    clients["vera"]("PUT", path, json={"note": note}, expect=422)


def test_a_shift_that_is_not_there_has_no_handoff(clients: dict[str, Client]) -> None:
    clients["vera"]("GET", "/shifts/shf_none/handoff", expect=404)
    clients["vera"]("PUT", "/shifts/shf_none/handoff", json={"note": "Hm."}, expect=404)


def test_two_days_after_its_end_it_is_too_late(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    seeded.clock.move(timedelta(days=10))
    path = f"/shifts/{seeded.vera_shift}/handoff"
    refused = clients["vera"]("PUT", path, json={"note": "Hm."}, expect=409)
    assert refused.json()["code"] == "not-then"


# -- escalations -------------------------------------------------------------------------------


def counted(client: Client, query: str = "") -> dict[tuple[str, str], int]:
    found = client.json("GET", f"/reports/escalations{query}")["items"]
    return {(row["month"], row["why"]): row["incidents"] for row in found}


def test_es4_each_reason_is_counted_once_an_incident(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    """Calling every manager again in vain is still one incident for which managers were needed."""
    seeded.clock.move_to(seed.SATURDAY)
    assert counted(clients["ann"]) == {}
    helped = fires(seeded, "help")
    incidents.acknowledge(seeded.shell, helped, by=seeded.vera)
    incidents.need_help(seeded.shell, helped, by=seeded.vera)
    incidents.resolve(seeded.shell, helped, by=seeded.mona)
    declined = fires(seeded, "declined")
    incidents.decline(seeded.shell, declined, by=seeded.vera)
    incidents.resolve(seeded.shell, declined, by=seeded.mona)
    fires(seeded, "in vain")
    for _ in range(6):
        seeded.clock.move(timedelta(minutes=5))
        tick.tick(seeded.shell)

    month = "2026-03"
    assert counted(clients["ann"]) == {
        (month, "help"): 1,
        (month, "declined"): 1,
        (month, "timeout"): 1,
    }


def test_es4_time_that_nobody_stands_is_counted_apart(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    with seeded.shell.db.transaction() as tx:
        tx.execute("delete from shifts")
    seeded.clock.move_to(seed.SATURDAY)
    fires(seeded, "nobody")

    assert counted(clients["ann"]) == {("2026-03", "uncovered"): 1}
    seeded.clock.move(timedelta(days=91))
    assert counted(clients["ann"]) == {}
    assert counted(clients["ann"], "?days=92") == {("2026-03", "uncovered"): 1}


def test_es4_what_the_volunteer_answers_is_no_escalation(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    seeded.clock.move_to(seed.SATURDAY)
    incidents.acknowledge(seeded.shell, fires(seeded, "quick"), by=seeded.vera)
    assert counted(clients["ann"]) == {}


@pytest.mark.parametrize("days", ["0", "401", "x"])
def test_es4_the_time_looked_at_is_held_to(clients: dict[str, Client], days: str) -> None:
    clients["ann"]("GET", f"/reports/escalations?days={days}", expect=422)


# -- the managers' rota ------------------------------------------------------------------------


def test_no3_nobody_but_managers_by_the_api(
    seeded: seed.Seeded, clients: dict[str, Client]
) -> None:
    rota = f"/rotas/{seeded.managers_rota}"
    override = {
        "rota_id": seeded.managers_rota,
        "person_id": seeded.vera,
        "starts_at": "2026-03-07T10:00Z",
        "ends_at": "2026-03-07T12:00Z",
    }
    for name in ("ada", "mona"):
        members = {"members": [seeded.mona, seeded.vera]}
        refused = clients[name]("PATCH", rota, json=members, expect=403)
        assert refused.json()["code"] == "only-managers"
        clients[name]("POST", "/overrides", json=override, expect=403)
    for name in ("ann", "vera"):
        clients[name]("PATCH", rota, json={"members": [seeded.mona]}, expect=403)
        clients[name]("POST", "/overrides", json=override | {"person_id": seeded.max}, expect=403)
    assert clients["ann"].json("GET", rota)["members"] == [seeded.mona, seeded.max]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into rota_members values (%(rota)s, 'managers', 9, %(vera)s, 'engineer')",
        "insert into rota_members values (%(rota)s, 'managers', 9, %(vera)s, 'manager')",
        "insert into rota_members values (%(rota)s, 'team', 9, %(vera)s, 'engineer')",
        "update rota_members set person_id = %(vera)s where rota_id = %(rota)s and position = 0",
        "update people set role = 'engineer' where id = %(mona)s",
        (
            "insert into rota_overrides (id, rota_id, rota_kind, person_id, person_role, starts_at, ends_at,"
            " created_at) values ('o', %(rota)s, 'managers', %(vera)s, 'engineer', '2026-03-07',"
            " '2026-03-08', '2026-03-01')"
        ),
        (
            "insert into rota_overrides (id, rota_id, rota_kind, person_id, person_role, starts_at, ends_at,"
            " created_at) values ('o', %(rota)s, 'managers', %(vera)s, 'manager', '2026-03-07',"
            " '2026-03-08', '2026-03-01')"
        ),
    ],
)
def test_no3_nobody_but_managers_by_the_database(
    seeded: seed.Seeded, database_url: str, statement: str
) -> None:
    names = {"rota": seeded.managers_rota, "vera": seeded.vera, "mona": seeded.mona}
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(statement, names)
