"""Who may do what: each role what is its own, and no token more than it was given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests import good_alarms
from tests.good_alarms import ANSWERS
from tests.integration.actions import seed
from tests.integration.api.client import Client
from watchbill.actions import people, services, terms, tokens
from watchbill.actions.audit import SYSTEM, person
from watchbill.errors import WatchbillError


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def put_state(seeded: seed.Seeded, name: str, alarm: str, state: str, **more: Any) -> str:
    """Return what the API answers when somebody moves an alarm: its state, or why not."""
    scope = "admin" if name == "ada" else "write"
    said = {"reason": "it must say where to look", "answers": list(ANSWERS)}
    body = said | {"state": state, "version": 1}
    reply = Client(seeded, seeded.token(name, scope))(
        "PUT", f"/alarms/{seeded.ids[alarm]}/state", json=body | more
    )
    return str(reply.json().get("code") or reply.json()["state"])


@pytest.mark.parametrize("name", ["ben", "mona", "ada", "ann"])
def test_no4_only_the_on_call_team_accepts_an_alarm(seeded: seed.Seeded, name: str) -> None:
    refused = put_state(seeded, name, "disk-full", "accepted")
    assert refused == "only-the-on-call-team"
    assert put_state(seeded, "vera", "disk-full", "accepted") == "accepted"


def test_no4_who_was_a_volunteer_once_accepts_nothing(seeded: seed.Seeded) -> None:
    seeded.clock.move(timedelta(days=200))
    assert put_state(seeded, "vera", "disk-full", "accepted") == "only-the-on-call-team"


def test_no4_a_volunteer_does_not_accept_their_own_work(seeded: seed.Seeded) -> None:
    begins = seed.TUESDAY
    term = {"person_id": seeded.ann, "starts_at": begins, "ends_at": begins + timedelta(days=90)}
    terms.agree(seeded.shell, term, by=person(seeded.ann))
    assert put_state(seeded, "ann", "disk-full", "accepted") == "own-work"


def test_a_team_does_not_move_the_alarms_of_another(seeded: seed.Seeded) -> None:
    assert put_state(seeded, "mona", "disk-full", "retired") == "only-the-team"
    assert put_state(seeded, "mona", "card-errors", "returned") == "only-the-team"
    assert put_state(seeded, "mona", "disk-full", "declined") == "only-the-on-call-team"
    assert put_state(seeded, "ada", "disk-full", "in_review") == "only-the-on-call-team"
    assert put_state(seeded, "ben", "card-errors", "returned") == "returned"
    assert put_state(seeded, "ben", "card-errors", "retired") == "retired"


def test_a_team_does_not_write_the_alarms_of_another(seeded: seed.Seeded) -> None:
    mona = Client(seeded, seeded.token("mona", "write"))
    url, new = f"/alarms/{seeded.ids['disk-full']}", good_alarms.values("other")
    order = {"definitions": [new], "repository": "acme/other"}
    runbook = {"slug": "r", "title": "R", "team_id": seeded.payments, "body": "x"}
    for method, path, body in (
        ("POST", "/alarms", new),
        ("PATCH", url, {"title": "x"}),
        ("DELETE", url, None),
        ("PUT", f"{url}/mute", {"until": None}),
        ("POST", "/alarms:apply", order),
        ("POST", "/runbooks", runbook),
    ):
        reply = mona(method, path, json=body)
        assert (reply.status_code, reply.json()["code"]) == (403, "only-the-team"), path
    mona("POST", "/alarms:plan", json=order, expect=200)
    mona("POST", "/alarms:dryRun", json=new, expect=200)
    ann = Client(seeded, seeded.token("ann", "write"))
    assert ann.json("POST", "/alarms:apply", json=order)["applied"]


def test_a_folder_does_not_retire_the_alarms_of_another_team(seeded: seed.Seeded) -> None:
    services.create(
        seeded.shell, {"slug": "find", "name": "Find", "team_id": seeded.search}, by=SYSTEM
    )
    theirs = good_alarms.values("slow", service="find", team="search")
    order = {"definitions": [theirs], "repository": "acme/all"}
    Client(seeded, seeded.token("vera", "write")).json("POST", "/alarms:apply", json=order)
    empty = {"definitions": [], "repository": "acme/all"}
    reply = Client(seeded, seeded.token("ann", "write"))("POST", "/alarms:apply", json=empty)
    assert (reply.status_code, reply.json()["code"]) == (403, "only-the-team")


@pytest.mark.parametrize("name", ["vera", "ann", "mona"])
def test_al2_only_an_admin_breaks_the_glass(seeded: seed.Seeded, name: str) -> None:
    url, body = f"/alarms/{seeded.ids['disk-full']}/break-glass", {"reason": "it must page tonight"}
    refused = Client(seeded, seeded.token(name, "write"))("POST", url, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-too-small")
    refused = Client(seeded, seeded.token("ada", "write"))("POST", url, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-too-small")
    broken = Client(seeded, seeded.token("ada", "admin")).json("POST", url, json=body)
    assert (broken["in_force"], broken["glass_by"]) == (1, seeded.ada)


def test_al4_only_the_on_call_team_agrees_on_the_bar(seeded: seed.Seeded) -> None:
    body = {"limits": {"pages_a_month": 1}}
    for name, scope in (("ann", "write"), ("ada", "admin"), ("mona", "write")):
        refused = Client(seeded, seeded.token(name, scope))("PUT", "/bar", json=body)
        assert refused.json()["code"] == "only-the-on-call-team-agrees", name
    agreed = Client(seeded, seeded.token("vera", "write")).json("PUT", "/bar", json=body)
    assert (agreed["version"], agreed["limits"]["pages_a_month"]) == (1, 1)


def test_r8_access_is_confirmed_by_oneself(seeded: seed.Seeded) -> None:
    body = {"systems": ["Grafana"]}
    ada = Client(seeded, seeded.token("ada", "admin"))
    refused = ada("PUT", f"/people/{seeded.vera}/access", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "only-themselves")


@pytest.mark.parametrize("scope", ["write", "admin"])
def test_a_token_sets_no_password_unless_it_may_do_everything(
    seeded: seed.Seeded, scope: str
) -> None:
    ada = Client(seeded, seeded.token("ada", scope))
    body = {"password": "a password of mine"}
    reply = ada("PUT", f"/people/{seeded.ada}/password", json=body)
    assert reply.status_code == (204 if scope == "admin" else 403), reply.text


def test_a_token_makes_none_that_outlives_it(seeded: seed.Seeded) -> None:
    narrow = Client(seeded, seeded.token("ann", "write"))
    reply = narrow("POST", "/tokens", json={"name": "for ever", "scopes": ["write"]})
    assert (reply.status_code, reply.json()["code"]) == (403, "not-by-token")
    by = person(seeded.ann)
    assert tokens.make(
        seeded.shell, seeded.ann, name="mine", scopes=["write"], expires_at=None, by=by
    )


def test_a_token_loses_what_its_person_loses(seeded: seed.Seeded) -> None:
    people.change(seeded.shell, seeded.ann, {"is_admin": True}, by=person("x", is_admin=True))
    ann = Client(seeded, seeded.token("ann", "admin"))
    ann("GET", "/audit", expect=200)
    people.change(seeded.shell, seeded.ann, {"is_admin": False}, by=person("x", is_admin=True))
    ann("GET", "/audit", expect=403)
    people.disable(seeded.shell, seeded.ann, by=person("x", is_admin=True))
    ann("GET", "/me", expect=401)
    ann("GET", "/oncall", expect=401)


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Return how deeds ended that began at the same moment."""
    start = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> str:
        start.wait()
        try:
            deed()
        except WatchbillError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sorted(pool.map(do, deeds))


def test_of_two_first_admins_one_gets_in(database_url: str) -> None:
    shell = seed.empty(database_url).shell
    try:
        heard = at_once(
            *(
                partial(
                    people.create_first,
                    shell,
                    {"name": name, "email": f"{name}@example.org"},
                    password=seed.PASSWORD,
                )
                for name in ("one", "two")
            )
        )
        assert heard == ["NotEmpty", "done"]
    finally:
        shell.db.close()


def test_two_admins_cannot_remove_each_other_at_once(seeded: seed.Seeded) -> None:
    people.change(seeded.shell, seeded.ann, {"is_admin": True}, by=SYSTEM)
    heard = at_once(
        partial(people.disable, seeded.shell, seeded.ann, by=person(seeded.ada, is_admin=True)),
        partial(people.disable, seeded.shell, seeded.ada, by=person(seeded.ann, is_admin=True)),
    )
    assert heard == ["LastAdmin", "done"]
