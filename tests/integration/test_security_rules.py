"""The last guard: rules that hold even for who writes into the database by hand."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.integration.actions import seed
from tests.integration.api.client import OPERATIONS, Client
from tests.integration.api.test_api import sample
from tests.integration.api.test_hostile import real


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


#: What must never happen, as an update: the id of its rule, the statement, what it names.
FORBIDDEN = (
    ("NO2", "update terms set during = '[2026-03-02,2026-03-03)' where id = %s", "vera_term"),
    ("NO2", "update terms set during = 'empty' where id = %s", "vera_term"),
    ("NO2", "delete from terms where id = %s", "vera_term"),
    ("NO2", "update terms set consented_by = 'ada' where id = %s", "vera_term"),
    ("NO2", "update terms set person_id = 'ben' where id = %s", "vera_term"),
    ("NO2", "update shifts set person_id = 'ben' where id = %s", "vera_shift"),
    ("NO2", "update shifts set during = '[2026-03-01,2027-03-09)' where id = %s", "vera_shift"),
    (
        "NO2",
        "update shifts set term_during = '[2026-01-01,2028-01-01)' where id = %s",
        "vera_shift",
    ),
    ("NO3", "update people set role = 'engineer' where id = %s", "mona"),
    ("NO3", "update rota_members set person_role = 'engineer' where person_id = %s", "mona"),
    ("NO3", "update rota_members set person_id = 'ann' where person_id = %s", "mona"),
    ("NO3", "update rotas set kind = 'managers', team_id = null where id = %s", "team_rota"),
    ("NO4", "update alarms set runbook = '', runbook_url = '' where id = %s", "card-errors"),
    ("NO4", "update alarms set accepted_by = author_id where id = %s", "card-errors"),
    ("NO4", "update alarms set author_id = accepted_by where id = %s", "card-errors"),
    ("NO4", "update alarms set accepted_by = null where id = %s", "card-errors"),
    ("NO4", "update alarms set state = 'accepted' where id = %s", "disk-full"),
)


@pytest.mark.parametrize(("rule", "statement", "name"), FORBIDDEN)
def test_the_database_refuses_what_must_never_happen(
    seeded: seed.Seeded, rule: str, statement: str, name: str
) -> None:
    for short in ("ann", "ben", "ada"):
        statement = statement.replace(f"'{short}'", f"'{seeded.ids[short]}'")
    with pytest.raises(psycopg.errors.IntegrityError), seeded.shell.db.transaction() as tx:
        assert tx.execute(statement, [seeded.ids[name]]).rowcount, rule


def traces(seeded: seed.Seeded) -> int:
    """Return how many lines the audit log and the incidents' histories have."""
    with seeded.shell.db.transaction() as tx:
        count = "select (select count(*) from audit) + (select count(*) from timeline)"
        row = tx.execute(count).fetchone()
    return int(row[0]) if row else 0


#: Changes nothing here: the way is proved already.
IDLE = "/api/v1/contact-methods/{method_id}/verify"


def test_every_write_leaves_a_line(seeded: seed.Seeded) -> None:
    api = Client(seeded, seeded.token("ada", "admin"))
    written = []
    for method, path, _ in OPERATIONS:
        if method == "get" or path == IDLE:
            continue
        fresh = {"service_id": seeded.checkout, "title": path, "reason": "x"}
        seeded.ids["incident"] = api.json("POST", "/incidents", json=fresh, expect=201)["id"]
        before, sent = traces(seeded), sample(path, method)
        reply = api(method.upper(), real(path, seeded), json=sent)
        if reply.status_code < 300 and sent != {}:
            written.append(path)
            assert traces(seeded) > before, (method, path)
    assert len(written) >= 12, written
