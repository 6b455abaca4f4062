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
    ("NO4", "update alarms set state = 'accepted' where id = %s", "disk-full"),
    ("NO4", "update alarms set state = 'accepted', in_force = 1 where id = %s", "disk-full"),
    ("NO4", "update alarms set in_force = 1 where id = %s", "disk-full"),
    ("NO4", "update alarms set in_force = 2 where id = %s", "card-errors"),
    ("NO4", "update alarms set state = 'returned' where id = %s", "card-errors"),
    ("NO4", "update alarms set state = 'declined' where id = %s", "card-errors"),
    ("NO4", "update alarms set state = 'retired' where id = %s", "card-errors"),
    ("NO4", "update alarms set version = 2 where id = %s", "card-errors"),
    ("NO4", "update alarm_versions set accepted_by = author_id where alarm_id = %s", "card-errors"),
    ("NO4", "update alarm_versions set accepted_by = 'ann' where alarm_id = %s", "card-errors"),
    (
        "NO4",
        "update alarm_versions set accepted_by = null, accepted_at = null where alarm_id = %s",
        "card-errors",
    ),
    ("NO4", "update alarm_versions set accepted_at = created_at where alarm_id = %s", "disk-full"),
    ("AL2", "update alarm_versions set glass_at = created_at where alarm_id = %s", "disk-full"),
    (
        "AL2",
        "update alarm_versions set glass_by = 'ada', glass_at = created_at where alarm_id = %s",
        "disk-full",
    ),
    ("NO5", "update alarm_versions set runbook = 'x' where alarm_id = %s", "card-errors"),
    ("NO5", "update alarm_versions set title = 'x' where alarm_id = %s", "card-errors"),
    ("NO5", "update alarm_versions set definition = '{}' where alarm_id = %s", "card-errors"),
    ("NO5", "update alarm_versions set author_id = 'ben' where alarm_id = %s", "card-errors"),
    ("NO5", "update alarm_versions set number = 2 where alarm_id = %s", "disk-full"),
    ("NO5", "delete from alarm_versions where alarm_id = %s", "card-errors"),
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


#: Change nothing: the way is proved already; what is only tried is not done.
IDLE = (
    "/api/v1/contact-methods/{method_id}/verify",
    "/api/v1/alarms:dryRun",
    "/api/v1/alarms:plan",
)


def not_nothing(path: str, sent: object) -> bool:
    """Say whether a body asks for anything: an order of no alarms does not."""
    return sent != {} and not path.endswith(":apply")


def test_every_write_leaves_a_line(seeded: seed.Seeded) -> None:
    api = Client(seeded, seeded.token("ada", "admin"))
    written = []
    for method, path, _ in OPERATIONS:
        if method == "get" or path in IDLE:
            continue
        fresh = {"service_id": seeded.checkout, "title": path, "reason": "x"}
        seeded.ids["incident"] = api.json("POST", "/incidents", json=fresh, expect=201)["id"]
        before, sent = traces(seeded), sample(path, method)
        reply = api(method.upper(), real(path, seeded), json=sent)
        if reply.status_code < 300 and not_nothing(path, sent):
            written.append(path)
            assert traces(seeded) > before, (method, path)
    assert len(written) >= 12, written
