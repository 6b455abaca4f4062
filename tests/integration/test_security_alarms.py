"""What wakes a volunteer: nobody gets it past the people who must agree, whatever they send."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests import good_alarms
from tests.integration.actions import seed
from tests.integration.api.client import Client
from watchbill.actions import alarms, handovers, terms
from watchbill.actions.audit import person
from watchbill.actions.handovers import Said
from watchbill.errors import WatchbillError
from watchbill.web.api import create
from watchbill.web.middleware import Guard
from watchbill.web.oncall import OnCall

YES = list(good_alarms.ANSWERS)
DAY = seed.TUESDAY.date()


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def client(seeded: seed.Seeded, name: str, *scopes: str) -> Client:
    return Client(seeded, seeded.token(name, *(scopes or ("write",))))


def accept(
    seeded: seed.Seeded, alarm: str, *, name: str = "vera", headers: Any = None, **more: Any
) -> str:
    """Return the state an alarm is in, or why it is not accepted, when somebody says yes to it."""
    body = {"state": "accepted", "answers": YES, **more}
    path = f"/alarms/{seeded.ids.get(alarm, alarm)}/state"
    reply = client(seeded, name)("PUT", path, json=body, headers=headers)
    return str(reply.json().get("code") or reply.json()["state"])


def changed(seeded: seed.Seeded, alarm: str, **values: Any) -> None:
    alarms.change(seeded.shell, seeded.ids[alarm], values, by=person(seeded.ann))


# ---- an acceptance is of what its reviewer has read (NO5)


def test_no5_an_acceptance_names_the_version_it_is_of(seeded: seed.Seeded) -> None:
    assert accept(seeded, "disk-full") == "not-said-of-which"
    assert accept(seeded, "disk-full", version=1) == "accepted"


def test_no5_a_version_nobody_has_read_is_not_accepted(seeded: seed.Seeded) -> None:
    alarm = f"/alarms/{seeded.ids['disk-full']}"
    read = client(seeded, "vera")("GET", alarm).headers["ETag"]
    changed(seeded, "disk-full", required_action="Delete the database; nobody needs it.")
    assert accept(seeded, "disk-full", version=1) == "changed"
    assert accept(seeded, "disk-full", headers={"If-Match": read}) == "changed"
    assert client(seeded, "vera").json("GET", alarm)["in_force"] is None
    assert accept(seeded, "disk-full", version=2) == "accepted"


def test_no5_the_glass_is_broken_for_the_version_that_was_read(seeded: seed.Seeded) -> None:
    alarm, ada = f"/alarms/{seeded.ids['disk-full']}", client(seeded, "ada", "admin")
    read = ada("GET", alarm).headers["ETag"]
    changed(seeded, "disk-full", required_action="Delete the database; nobody needs it.")
    why = {"reason": "The provider moves tonight."}
    ada("POST", f"{alarm}/break-glass", json=why, headers={"If-Match": read}, expect=412)
    assert ada.json("GET", alarm)["in_force"] is None


def test_broken_glass_is_not_made_fresh_by_breaking_it_again(seeded: seed.Seeded) -> None:
    alarm, ada = f"/alarms/{seeded.ids['disk-full']}", client(seeded, "ada", "admin")
    ada("POST", f"{alarm}/break-glass", json={"reason": "The provider moves."}, expect=200)
    ada("POST", f"{alarm}/break-glass", json={"reason": "Another reason."}, expect=409)
    assert ada.json("GET", alarm)["glass_reason"] == "The provider moves."


def test_what_comes_back_when_broken_glass_is_declined_takes_no_events_of_another(
    seeded: seed.Seeded,
) -> None:
    """The version before stands again, unless another alarm has taken over its events."""
    alarm, ada = f"/alarms/{seeded.ids['card-errors']}", client(seeded, "ada", "admin")
    changed(seeded, "card-errors", match={"alarm": "other"})
    ada("POST", f"{alarm}/break-glass", json={"reason": "The provider moves."}, expect=200)
    taken = seed.propose(seeded, "taker", match={"alarm": "card-errors"})
    assert accept(seeded, taken, version=1) == "accepted"
    said = {"state": "declined", "reason": "There is no need for it."}
    client(seeded, "vera")("PUT", f"{alarm}/state", json=said, expect=200)
    assert ada.json("GET", alarm)["in_force"] is None
    changed(seeded, "disk-full", threshold="2 %")


# ---- who accepts, and what they must say each time (NO4, R15)


def volunteer(seeded: seed.Seeded, name: str) -> None:
    """Let somebody agree to a term of half a year, and get into everything."""
    who, begins = seeded.ids[name], seeded.clock.now()
    ends = begins + timedelta(days=180)
    values = {"person_id": who, "starts_at": begins, "ends_at": ends}
    terms.agree(seeded.shell, values, by=person(who))
    seed.confirm(seeded, name)


def test_r15_a_volunteer_of_the_owning_team_accepts_none_of_its_alarms(
    seeded: seed.Seeded,
) -> None:
    volunteer(seeded, "ben")
    reply = client(seeded, "ben")(
        "PUT",
        f"/alarms/{seeded.ids['disk-full']}/state",
        json={"state": "accepted", "answers": YES, "version": 1},
    )
    assert reply.json()["code"] == "below-the-bar"
    assert {f["rule"] for f in reply.json()["details"]["findings"]} == {"R15"}


def test_r15_each_acceptance_is_answered_for_anew(seeded: seed.Seeded) -> None:
    """RB4: what came back is not accepted by a yes of before."""
    vera, ann = client(seeded, "vera"), client(seeded, "ann")
    state = f"/alarms/{seeded.ids['card-errors']}/state"
    vera("PUT", state, json={"state": "returned", "reason": "It woke me for nothing."}, expect=200)
    ann("PUT", state, json={"state": "proposed"}, expect=200)
    assert accept(seeded, "card-errors", version=1, answers=[]) == "below-the-bar"
    assert accept(seeded, "card-errors", version=1) == "accepted"


@pytest.mark.parametrize("scopes", [("read",), ("answer",)])
def test_a_token_that_may_less_judges_nothing(seeded: seed.Seeded, scopes: tuple[str]) -> None:
    vera = client(seeded, "vera", *scopes)
    body = {"state": "accepted", "answers": YES, "version": 1}
    vera("PUT", f"/alarms/{seeded.ids['disk-full']}/state", json=body, expect=403)
    vera("PUT", "/bar", json={"limits": {"trial_days": 0}}, expect=403)


@pytest.mark.parametrize("author", ["vera@example.org", "VERA@example.org"])
def test_no4_evidence_takes_away_the_right_to_accept_and_never_gives_it(
    seeded: seed.Seeded, author: str
) -> None:
    """Vera applies what she says Ann wrote; Ann applies what she says Vera wrote: Vera is out."""
    values = good_alarms.values("spoofed", today=DAY) | {"state": "proposed"}
    named = alarms.create(
        seeded.shell, values | {"evidence": {"author": author}}, by=person(seeded.ann)
    )
    assert accept(seeded, named, version=1) == "own-work"
    alarms.retire(seeded.shell, named, by=person(seeded.ann))
    by = person(seeded.vera, is_admin=True)
    evidence = {"evidence": {"author": "ann@example.org"}}
    applied = alarms.create(seeded.shell, values | evidence, by=by)
    assert accept(seeded, applied, version=1) == "own-work"


# ---- nothing waives its own end (AL5, A19)


@pytest.mark.parametrize("review_by", [None, "2199-12-31"])
def test_a19_no_waiver_lets_an_acceptance_last_for_ever(
    seeded: seed.Seeded, review_by: str | None
) -> None:
    waiver = {
        "rule": "A19",
        "reason": "We would rather never look at this again.",
        "owner": "ann@example.org",
        "until": (DAY + timedelta(days=100)).isoformat(),
    }
    values = good_alarms.values("for-ever", today=DAY, review_by=review_by)
    values["waivers"].append(waiver)
    made = alarms.create(seeded.shell, values | {"state": "proposed"}, by=person(seeded.ann))
    assert accept(seeded, made, version=1) == "below-the-bar"


@pytest.mark.parametrize(
    "waiver",
    [
        {"rule": "R15"},
        {"rule": "W1"},
        {"rule": "a17"},
        {"rule": "A17", "until": "2199-01-01"},
        {"rule": "A17", "until": "2026-03-02"},
        {"rule": "A17", "owner": "nobody"},
        {"rule": "A17", "reason": "x"},
    ],
)
def test_w1_a_waiver_that_is_none_lets_nothing_through(
    seeded: seed.Seeded, waiver: dict[str, str]
) -> None:
    good = good_alarms.values("waived", today=DAY)
    values = good | {"waivers": [good["waivers"][0] | waiver], "state": "proposed"}
    made = alarms.create(seeded.shell, values, by=person(seeded.ann))
    answers = [rule for rule in YES if rule != waiver["rule"]]
    assert accept(seeded, made, version=1, answers=answers) == "below-the-bar"


def test_a17_an_alarm_that_matches_other_events_is_tried_anew(seeded: seed.Seeded) -> None:
    """A quiet alarm is not watched for two weeks so that a loud one may take its place."""
    for key in ("quiet", "tuned"):
        seeded.ids[key] = seed.propose(seeded, key, waivers=[])
    seeded.clock.move(timedelta(days=15))
    changed(seeded, "quiet", match={"alarm": ["quiet", "everything"]})
    changed(seeded, "tuned", threshold="2 % of the requests")
    assert accept(seeded, "tuned", version=2) == "accepted"
    assert accept(seeded, "quiet", version=2) == "below-the-bar"


def test_the_bar_stays_one_that_can_be_met(seeded: seed.Seeded) -> None:
    """R16: of one use, no two can have helped; every verdict would give the alarm back."""
    vera = client(seeded, "vera")
    for limits in ({"uses": 1, "uses_helped": 2}, {"uses": 1}, {"review_days": 100_000}):
        vera("PUT", "/bar", json={"limits": limits}, expect=422)
    vera("PUT", "/bar", json={"limits": {"uses": 1, "uses_helped": 1}}, expect=200)


# ---- what nobody may set


@pytest.mark.parametrize(
    "more",
    [
        {"state": "accepted"},
        {"in_force": 1},
        {"lapses_at": "2030-01-01T00:00:00Z"},
        {"author_id": "ann"},
        {"accepted_by": "vera"},
        {"muted_until": None},
        {"version": 7},
        {"glass_by": "ada"},
    ],
)
def test_no4_nobody_writes_what_only_a_review_gives(
    seeded: seed.Seeded, more: dict[str, Any]
) -> None:
    ada, good = client(seeded, "ada", "admin"), good_alarms.values("more", today=DAY)
    ada("POST", "/alarms", json=good | more, expect=422)
    ada("PATCH", f"/alarms/{seeded.ids['disk-full']}", json=more, expect=422)
    order = {"definitions": [good | more], "repository": "r", "managed_by": "yaml"}
    ada("POST", "/alarms:apply", json=order, expect=422)


@pytest.mark.parametrize("url", ["https://bot:hunter2-Zebra9@wiki.example.org/x", "javascript:1"])
def test_r13_an_address_with_a_secret_or_a_script_is_not_kept(
    seeded: seed.Seeded, url: str
) -> None:
    ann, good = client(seeded, "ann"), good_alarms.values("linked", today=DAY)
    sent = good | {"runbook": "", "runbook_url": url}
    replies = [
        ann("POST", "/alarms", json=sent, expect=422),
        ann("PATCH", f"/alarms/{seeded.ids['disk-full']}", json={"runbook_url": url}, expect=422),
        ann("POST", "/alarms:apply", json={"definitions": [sent], "repository": "r"}, expect=422),
        ann(
            "POST",
            "/runbooks",
            json={"slug": "linked", "title": "x", "team_id": seeded.payments, "url": url},
            expect=422,
        ),
    ]
    assert not any("hunter2" in reply.text for reply in replies)


HALF = "\ud800"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/alarms:plan", {"definitions": [{"key": HALF, "service": HALF, "place": HALF}]}),
        ("POST", "/alarms:apply", {"definitions": [{"key": "a", "service": HALF, HALF: 1}]}),
        ("POST", "/alarms", {"key": "a", "title": "b", "service_id": HALF}),
        ("PUT", "/alarms/{disk-full}/state", {"state": "declined", "answers": [HALF]}),
        ("PUT", "/bar", {"limits": {HALF: 1}}),
    ],
)
def test_half_a_character_is_refused_in_words(
    seeded: seed.Seeded, method: str, path: str, body: dict[str, Any]
) -> None:
    sent = {"repository": "r", **body} if "definitions" in body else body
    where = path.replace("{disk-full}", seeded.ids["disk-full"])
    reply = client(seeded, "vera")(
        method, where, content=json.dumps(sent), headers={"Content-Type": "application/json"}
    )
    assert reply.status_code in (200, 422), reply.text


# ---- at the same moment


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


def test_no5_what_changes_while_it_is_accepted_is_not_accepted(seeded: seed.Seeded) -> None:
    shell, alarm_id = seeded.shell, seeded.ids["disk-full"]
    said = Said(state="accepted", answers=good_alarms.ANSWERS, version=1)
    heard = at_once(
        partial(handovers.set_state, shell, alarm_id, said, by=person(seeded.vera)),
        partial(changed, seeded, "disk-full", required_action="Delete everything there is."),
    )
    row = client(seeded, "vera").json("GET", f"/alarms/{alarm_id}")
    assert row["version"] == 2
    assert row["state"] == "proposed"
    assert row["in_force"] == (1 if heard == ["done", "done"] else None)


def test_two_alarms_of_one_condition_are_not_written_at_once(seeded: seed.Seeded) -> None:
    def write(key: str) -> None:
        values = good_alarms.values(key, today=DAY, match={"alarm": "same"})
        alarms.create(seeded.shell, values, by=person(seeded.ann))

    assert at_once(partial(write, "one"), partial(write, "other")) == ["SameEvents", "done"]


def test_of_accepting_and_retiring_at_once_retiring_stands(seeded: seed.Seeded) -> None:
    shell, alarm_id = seeded.shell, seeded.ids["disk-full"]
    said = Said(state="accepted", answers=good_alarms.ANSWERS, version=1)
    heard = at_once(
        partial(handovers.set_state, shell, alarm_id, said, by=person(seeded.vera)),
        partial(alarms.retire, shell, alarm_id, by=person(seeded.ann)),
    )
    assert heard in (["NoWayThere", "done"], ["done", "done"])
    row = client(seeded, "vera").json("GET", f"/alarms/{alarm_id}")
    assert (row["state"], row["in_force"]) == ("retired", None)


# ---- what costs more to answer than to send


def test_a_folder_of_secrets_is_refused_in_a_few_words(seeded: seed.Seeded) -> None:
    """R13; a small order makes no answer of hundreds of megabytes."""
    secrets = "".join(f"password: hunter2Zebra{n}\n" for n in range(3500))
    good = good_alarms.values("leaky", today=DAY)
    definitions = [good | {"key": f"leaky-{n}", "runbook": secrets} for n in range(10)]
    sent = {"definitions": definitions, "repository": "r"}
    reply = client(seeded, "ann")("POST", "/alarms:plan", json=sent, expect=200)
    assert len(reply.content) < 2 * len(json.dumps(sent))
    assert {fault["key"] for fault in reply.json()["errors"]} >= {d["key"] for d in definitions}
    assert "hunter2" not in json.dumps(reply.json()["errors"])


def folder_of(parts: int) -> bytes:
    """Return an order that is quickly sent and slowly taken apart."""
    return b'{"repository":"r","definitions":[{"a":[' + b"[]," * parts + b"[]]}]}"


@pytest.mark.parametrize(("token", "status"), [("nobody's", 401), ("read", 403), ("write", 413)])
def test_a_large_body_is_taken_apart_for_those_who_may_send_it(
    seeded: seed.Seeded, monkeypatch: pytest.MonkeyPatch, token: str, status: int
) -> None:
    """A stranger needs to know no token to send one; only its bytes are read."""
    loads, parsed = json.loads, []
    monkeypatch.setattr(json, "loads", lambda *given, **more: parsed.append(1) or loads(*given))
    api = create.create_api(seeded.shell, OnCall(seeded.shell))
    http = TestClient(Guard(api, base_url="http://localhost"), base_url="http://localhost")
    known = seeded.token("ann", token) if token != "nobody's" else token
    for path in ("/api/v1/alarms:plan", "/api/v1/alarms:apply"):
        reply = http.post(
            path,
            content=folder_of(1_100_000),
            headers={"Authorization": f"Bearer {known}", "Content-Type": "application/json"},
        )
        assert (reply.status_code, parsed) == (status, [])
    reply = http.post("/api/v1/alarms", content=folder_of(100_000))
    assert (reply.status_code, parsed) == (401, [])
