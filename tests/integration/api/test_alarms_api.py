"""Alarms over the API: written, changed, handed over, planned and applied; every reply as described."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests import good_alarms
from tests.integration.actions import seed
from tests.integration.api.client import Client
from watchbill.actions import runbooks, services
from watchbill.actions.audit import SYSTEM
from watchbill.core.definitions import FIELDS

TODAY = seed.TUESDAY.date()
ACCEPT = {"state": "accepted", "answers": list(good_alarms.ANSWERS), "version": 1}


def good(key: str = "late", **changes: Any) -> dict[str, Any]:
    return good_alarms.values(key, today=TODAY, **changes)


@pytest.fixture
def ann(seeded: seed.Seeded) -> Client:
    return Client(seeded, seeded.token("ann", "write"))


@pytest.fixture
def vera(seeded: seed.Seeded) -> Client:
    return Client(seeded, seeded.token("vera", "write"))


def keys(api: Client, query: str) -> set[str]:
    return {row["key"] for row in api.json("GET", f"/alarms?{query}")["items"]}


def failed(found: dict[str, Any]) -> dict[str, str]:
    """Return rule to field of what failed in a dry run."""
    return {f["rule"]: f["field"] for f in found["findings"] if f["outcome"] == "failed"}


def test_an_alarm_from_draft_to_accepted(seeded: seed.Seeded, ann: Client, vera: Client) -> None:
    made = ann("POST", "/alarms", json=good(), expect=201)
    alarm, url = made.json(), made.headers["location"].removeprefix("/api/v1")
    assert set(FIELDS) <= set(alarm)
    assert (alarm["state"], alarm["in_force"], alarm["covered_out_of_hours"]) == (
        "draft",
        None,
        False,
    )
    assert ann.json("GET", url) == alarm
    assert ann.json("PUT", f"{url}/state", json={"state": "proposed"})["state"] == "proposed"
    refused = ann("PUT", f"{url}/state", json=ACCEPT)
    assert (refused.status_code, refused.json()["code"]) == (403, "only-the-on-call-team")
    below = vera("PUT", f"{url}/state", json={"state": "accepted", "version": 1})
    assert (below.status_code, below.json()["code"]) == (409, "below-the-bar")
    assert {"A7", "A8", "R15"} <= {f["rule"] for f in below.json()["details"]["findings"]}
    accepted = vera.json("PUT", f"{url}/state", json=ACCEPT)
    assert accepted["accepted_by"] == seeded.vera
    assert (accepted["in_force"], accepted["covered_out_of_hours"]) == (1, True)
    assert accepted["lapses_at"].startswith("2026-08-01T00:00")
    asked = "/route?service=checkout&alarm=late&at=2026-03-07T03:00:00%2B00:00"
    assert ann.json("GET", asked)["steps"][0]["people"][0]["name"] == "Vera"
    held = ann.json("GET", asked.replace("late", "disk-full"))
    assert (held["side"], held["reason"]) == ("hold", "alarm_not_accepted")
    steps = ann.json("GET", f"{url}/steps")["items"]
    assert [step["state"] for step in steps] == ["accepted", "proposed", "draft"]
    assert (steps[0]["person"], steps[2]["person"]) == ("Vera", "Ann")


def test_no5_a_change_waits_while_the_old_version_stands(
    seeded: seed.Seeded, ann: Client, vera: Client
) -> None:
    url = f"/alarms/{seeded.ids['card-errors']}"
    changed = ann.json("PATCH", url, json={"title": "Cards fail more often than they may"})
    assert (changed["state"], changed["version"], changed["in_force"]) == ("proposed", 2, 1)
    assert (changed["accepted_by"], changed["covered_out_of_hours"]) == (None, True)
    versions = ann.json("GET", f"{url}/versions")["items"]
    assert [v["number"] for v in versions] == [2, 1]
    assert ann.json("GET", f"{url}/versions/1") == versions[1]
    assert versions[1]["accepted_by_name"] == "Vera"
    assert {f["rule"] for f in versions[1]["findings"]} >= {"A1", "A20", "R1", "R17"}
    assert ann("GET", f"{url}/versions/3").status_code == 404
    held = ann.json("GET", f"{url}/bar")
    assert (held["version"], held["bar_version"]) == (2, 0)
    assert 0 < held["score"] <= 100


def test_a_patch_says_what_is_otherwise(seeded: seed.Seeded, ann: Client) -> None:
    url = f"/alarms/{seeded.ids['card-errors']}"
    before = ann.json("GET", url)
    same = ann.json("PATCH", url, json={"title": before["title"], "match": before["match"]})
    assert same["version"] == 1, "unchanged contents are no new version"
    assert ann.json("PATCH", url, json={})["version"] == 1
    none = ann.json("PATCH", url, json={"for_minutes": None, "review_by": None})
    assert (none["for_minutes"], none["review_by"], none["version"]) == (None, None, 2)
    matched = ann.json("PATCH", url, json={"match": {"alarm": "X", "env": ["a", "b"]}})
    assert matched["match"] == {"alarm": ["X"], "env": ["a", "b"]}
    out = ann.json("PATCH", url, json={"match": None, "waivers": None, "threshold": None})
    assert (out["match"], out["waivers"], out["threshold"]) == ({}, [], "")
    for name in ("title", "severity"):
        refused = ann("PATCH", url, json={name: None})
        assert refused.json()["details"]["fields"].keys() == {name}
    for body in ({"key": "other"}, {"service": "x"}, {"state": "accepted"}, {"nothing": 1}):
        refused = ann("PATCH", url, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
        assert next(iter(body)) in refused.text


def test_no5_who_accepts_says_which_version_they_have_read(
    seeded: seed.Seeded, ann: Client, vera: Client
) -> None:
    url = f"/alarms/{seeded.ids['disk-full']}"
    tag = vera("GET", url).headers["etag"]
    blind = {"state": "accepted", "answers": ACCEPT["answers"]}
    assert vera("PUT", f"{url}/state", json=blind).json()["code"] == "not-said-of-which"
    ann("PATCH", url, json={"threshold": "99 %"}, expect=200)
    assert vera("PUT", f"{url}/state", json=ACCEPT).status_code == 412
    assert vera("PUT", f"{url}/state", json=blind, headers={"If-Match": tag}).status_code == 412
    accepted = vera.json("PUT", f"{url}/state", json=ACCEPT | {"version": 2})
    assert (accepted["state"], accepted["in_force"]) == ("accepted", 2)


def test_if_match_guards_every_write(seeded: seed.Seeded, ann: Client, vera: Client) -> None:
    url = f"/alarms/{seeded.ids['card-errors']}"
    old = ann("GET", url).headers["etag"]
    new = ann("PATCH", url, json={"title": "Other"}, headers={"If-Match": old}, expect=200)
    assert new.headers["etag"] != old
    stale = {"If-Match": old}
    for reply in (
        ann("PATCH", url, json={"title": "Third"}, headers=stale),
        ann("DELETE", url, headers=stale),
        vera("PUT", f"{url}/state", json={"state": "in_review"}, headers=stale),
    ):
        assert (reply.status_code, reply.json()["code"]) == (412, "changed")
    fresh = {"If-Match": new.headers["etag"]}
    vera("PUT", f"{url}/state", json={"state": "in_review"}, headers=fresh, expect=200)


def test_al8_deleting_retires_and_frees_the_name(seeded: seed.Seeded, ann: Client) -> None:
    url = f"/alarms/{seeded.ids['card-errors']}"
    ann("DELETE", f"{url}?reason=nobody+missed+it", expect=204)
    ann("DELETE", url, expect=204)
    gone = ann.json("GET", url)
    assert (gone["state"], gone["in_force"], gone["state_reason"]) == (
        "retired",
        None,
        "nobody missed it",
    )
    assert keys(ann, "service=checkout") == {"disk-full"}
    assert keys(ann, "state=retired") == {"card-errors"}
    refused = ann("PATCH", url, json={"title": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "retired-stays")
    assert ann.json("POST", "/alarms", json=good("card-errors"), expect=201)["version"] == 1


def test_a_service_goes_with_its_retired_alarms(seeded: seed.Seeded, api: Client) -> None:
    made = api.json(
        "POST",
        "/services",
        json={"slug": "old", "name": "Old", "team_id": seeded.payments},
        expect=201,
    )
    alarm = api.json("POST", "/alarms", json=good(service="old"), expect=201)
    assert api("DELETE", f"/services/{made['id']}").json()["code"] == "in-use"
    api("DELETE", f"/alarms/{alarm['id']}", expect=204)
    api("DELETE", f"/services/{made['id']}", expect=204)
    api("GET", f"/alarms/{alarm['id']}", expect=404)


def test_lists_are_narrowed(seeded: seed.Seeded, api: Client, ann: Client) -> None:
    ann.json(
        "POST",
        "/alarms",
        json=good("bare", runbook=" \n", match={"a": "b", "alarm": "x"}),
        expect=201,
    )
    code = {"managed_by": "terraform", "source": {"repository": "acme/tf", "path": "a.tf"}}
    ann.json("POST", "/alarms", json=good("coded") | code, expect=201)
    services.create(
        seeded.shell, {"slug": "find", "name": "F", "team_id": seeded.search}, by=SYSTEM
    )
    api.json("POST", "/alarms", json=good("slow", service="find", team="search"), expect=201)
    broken = f"/alarms/{seeded.ids['disk-full']}/break-glass"
    api.json("POST", broken, json={"reason": "it must page tonight"})
    assert keys(ann, "team=search") == keys(ann, "service=find") == {"slow"}
    assert keys(ann, f"team_id={seeded.search}") == {"slow"}
    assert keys(ann, f"service_id={seeded.checkout}") == {
        "card-errors",
        "disk-full",
        "bare",
        "coded",
    }
    assert keys(ann, "without_runbook=true") == {"bare"}
    assert keys(ann, "broken_glass=true") == {"disk-full"}
    assert keys(ann, "state=accepted") == keys(ann, "key=card-errors") == {"card-errors"}
    assert keys(ann, "repository=acme/tf") == keys(ann, "managed_by=terraform") == {"coded"}
    assert keys(ann, "overdue=true") == set()
    assert keys(ann, "team=nobody") == keys(ann, "state=nothing") == set()
    assert keys(ann, "overdue=false&without_runbook=false") == keys(ann, "")
    assert ann("GET", "/alarms?overdue=perhaps").status_code == 422
    seeded.clock.move(timedelta(days=170))
    assert keys(ann, "overdue=true") == {"card-errors", "disk-full"}
    late = ann.json("GET", f"/alarms/{seeded.ids['card-errors']}")
    assert (late["state"], late["covered_out_of_hours"]) == ("accepted", False)


def test_the_list_goes_on_to_its_end(seeded: seed.Seeded, ann: Client) -> None:
    order = {"definitions": [good(f"a{n}") for n in range(7)], "repository": "acme/a"}
    ann.json("POST", "/alarms:apply", json=order)
    found: list[str] = []
    cursor = ""
    while True:
        part = ann.json("GET", f"/alarms?service=checkout&limit=2{cursor}")
        found += [row["key"] for row in part["items"]]
        if part["next_cursor"] is None:
            break
        cursor = f"&cursor={part['next_cursor']}"
    assert sorted(found) == sorted({*found}) == sorted(keys(ann, "service=checkout&limit=200"))
    assert len(found) == 9


def test_a_dry_run_writes_nothing_and_names_the_field(seeded: seed.Seeded, ann: Client) -> None:
    fine = ann.json("POST", "/alarms:dryRun", json=good())
    assert (fine["would"], fine["state"], fine["blocking"], failed(fine)) == (
        "create",
        "draft",
        0,
        {},
    )
    assert {"title", "runbook", "review_by"} <= set(fine["changed"])
    assert "late" not in keys(ann, "")
    weak = ann.json("POST", "/alarms:dryRun", json=good(runbook="Restart it.", customer_impact=""))
    assert failed(weak)["R3"] == "runbook"
    assert failed(weak)["A7"] == "customer_impact"
    assert weak["blocking"] > 3
    assert 0 <= weak["score"] < fine["score"] <= 100
    rules = {rule["id"] for rule in ann.json("GET", "/bar")["rules"]}
    assert {f["rule"] for f in weak["findings"]} == rules
    assert all(f["field"] in {*FIELDS, "source", "evidence", ""} for f in weak["findings"])
    homeless = {name: value for name, value in good().items() if name != "source"}
    assert failed(ann.json("POST", "/alarms:dryRun", json=homeless)) == {"A14": "source"}


def test_a_dry_run_takes_what_writing_takes(seeded: seed.Seeded, ann: Client) -> None:
    body = good(service=None, service_id=seeded.checkout, state="proposed")
    tried = ann.json("POST", "/alarms:dryRun", json=body)
    assert (tried["would"], tried["state"], tried["blocking"]) == ("create", "proposed", 0)
    assert ann.json("POST", "/alarms", json=body, expect=201)["state"] == "proposed"
    for broken in ({"service_id": "none"}, {"service_id": None}):
        for path in ("/alarms:dryRun", "/alarms"):
            refused = ann("POST", path, json=body | {"key": "other"} | broken)
            assert refused.status_code == 422, (path, broken)
            assert "service" in refused.text


def test_a_dry_run_of_what_is_there(seeded: seed.Seeded, ann: Client) -> None:
    same = ann.json("POST", "/alarms:dryRun", json=good("card-errors"))
    assert (same["would"], same["state"], same["changed"]) == ("nothing", "accepted", [])
    other = ann.json("POST", "/alarms:dryRun", json=good("card-errors", threshold="2 %"))
    assert (other["would"], other["state"], other["changed"]) == (
        "change",
        "proposed",
        ["threshold"],
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service": "nowhere"}, "service"),
        ({"runbook": "<script>alert(1)</script>"}, "runbook"),
        ({"runbook": "AKIAIOSFODNN7EXAMPLE is the key"}, "runbook"),
        ({"runbook": "x" * 100_001}, "runbook"),
        ({"runbook_slug": "none"}, "runbook_slug"),
        ({"key": "two words"}, "key"),
        ({"impact_within_minutes": -1}, "impact_within_minutes"),
        ({"for_minutes": 1e300}, "for_minutes"),
        ({"match": {"": "x"}}, "match"),
        ({"match": {"a": []}}, "match"),
        ({"severity": "urgent"}, "severity"),
        ({"review_by": "soon"}, "review_by"),
        ({"review_by": "0001-01-01"}, "review_by"),
        ({"waivers": [{"rule": "A17"}]}, "waivers"),
        ({"source": {"repository": "x" * 501}}, "source"),
        ({"nothing": "x"}, "nothing"),
    ],
)
def test_what_cannot_be_stored_names_its_field(
    seeded: seed.Seeded, ann: Client, changes: dict[str, Any], field: str
) -> None:
    for path in ("/alarms", "/alarms:dryRun"):
        refused = ann("POST", path, json=good() | changes)
        assert refused.status_code == 422, (path, refused.text[:500])
        assert field in str(refused.json().get("details")), refused.text[:500]
    assert "late" not in keys(ann, "")


def test_two_alarms_of_the_same_events_are_refused(seeded: seed.Seeded, ann: Client) -> None:
    refused = ann("POST", "/alarms", json=good(match={"alarm": "card-errors"}))
    assert (refused.status_code, refused.json()["code"]) == (409, "same-events")
    assert {refused.json()["details"][n] for n in ("alarm", "other")} == {"late", "card-errors"}
    taken = ann("POST", "/alarms", json=good("card-errors"))
    assert (taken.status_code, taken.json()["code"]) == (409, "taken")


def test_a_folder_is_planned_applied_and_planned_again(seeded: seed.Seeded, ann: Client) -> None:
    order = {
        "definitions": [good("a") | {"place": "a.yml:1"}, good("b") | {"place": "b.yml:1"}],
        "repository": "acme/payments",
    }
    plan = ann.json("POST", "/alarms:plan", json=order)
    assert [c["action"] for c in plan["changes"]] == ["create", "create"]
    assert (plan["errors"], plan["applied"]) == ([], False)
    assert not keys(ann, "repository=acme/payments")
    done = ann.json("POST", "/alarms:apply", json={**order, "base": plan["base"]})
    assert done["applied"]
    assert {
        row["state"] for row in ann.json("GET", "/alarms?repository=acme/payments")["items"]
    } == {"proposed"}
    again = ann.json("POST", "/alarms:plan", json=order)
    assert {c["action"] for c in again["changes"]} == {"nothing"}
    stale = ann("POST", "/alarms:apply", json={**order, "base": plan["base"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale-plan")


def test_a_plan_names_the_place_of_each_fault(seeded: seed.Seeded, ann: Client) -> None:
    order: dict[str, Any] = {
        "definitions": [
            good("bad", runbook="<script>x</script>") | {"place": "bad.yml:3"},
            good("odd") | {"severity": "urgent", "place": "odd.yml:9"},
            {"title": "no key"},
            good("part") | {"source": "github", "place": "part.yml:1"},
        ],
        "repository": "acme/payments",
    }
    plan = ann.json("POST", "/alarms:plan", json=order)
    found = {(e["place"], e["field"]) for e in plan["errors"]}
    assert {
        ("bad.yml:3", "runbook"),
        ("odd.yml:9", "severity"),
        ("definitions[3]", "service"),
        ("definitions[3]", "key"),
        ("part.yml:1", "source"),
    } <= found
    assert all(e["message"] and e["fix"] for e in plan["errors"])
    refused = ann("POST", "/alarms:apply", json=order)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-appliable")
    assert {(f["place"], f["field"]) for f in refused.json()["details"]["faults"]} == found
    assert not keys(ann, "repository=acme/payments")


@pytest.mark.parametrize(
    "body",
    [
        {"definitions": [], "repository": "x" * 501},
        {"definitions": {}, "repository": "x"},
        {"definitions": [[]], "repository": "x"},
        {"definitions": [{}] * 5001, "repository": "x"},
        {"definitions": [], "repository": "x", "managed_by": "hand"},
        {"repository": "x"},
    ],
)
def test_an_order_of_another_shape_is_refused(ann: Client, body: dict[str, Any]) -> None:
    for path in ("/alarms:plan", "/alarms:apply"):
        assert ann("POST", path, json=body).status_code == 422


def test_al2_broken_glass_over_the_api(seeded: seed.Seeded, api: Client, vera: Client) -> None:
    url = f"/alarms/{seeded.ids['disk-full']}"
    short = api("POST", f"{url}/break-glass", json={"reason": "now"})
    assert (short.status_code, short.json()["code"]) == (422, "say-why")
    broken = api.json("POST", f"{url}/break-glass", json={"reason": "it must page tonight"})
    assert (broken["glass_by"], broken["glass_reason"]) == (seeded.ada, "it must page tonight")
    assert (broken["state"], broken["in_force"], broken["covered_out_of_hours"]) == (
        "proposed",
        1,
        True,
    )
    accepted = vera.json("PUT", f"{url}/state", json=ACCEPT)
    assert accepted["accepted_by"] == seeded.vera
    assert not keys(vera, "broken_glass=true")


def test_the_board_and_the_unregistered(seeded: seed.Seeded, ann: Client) -> None:
    rows = {row["team"]: row for row in ann.json("GET", "/alarms:board")["items"]}
    payments = rows["payments"]
    assert (payments["alarms"], payments["accepted"], payments["in_force"]) == (2, 1, 1)
    assert (payments["with_runbook"], payments["waiting"], payments["retired"]) == (2, 1, 0)
    assert rows["search"]["alarms"] == 0
    assert ann.json("GET", "/alarms:unregistered")["items"] == []


def test_the_bar_is_read_and_agreed_on(seeded: seed.Seeded, vera: Client) -> None:
    bar = vera.json("GET", "/bar")
    assert (bar["version"], bar["limits"]["pages_a_month"]) == (0, 2)
    assert {"A1", "A20", "R1", "R17"} <= {rule["id"] for rule in bar["rules"]}
    agreed = vera.json("PUT", "/bar", json={"limits": {"pages_a_month": 1, "review_days": 90}})
    assert (agreed["version"], agreed["limits"]["review_days"]) == (1, 90)
    for limits in ({"pages_a_month": -1}, {"nothing": 1}, {"uses": 2.5}, {"review_days": 10**9}):
        refused = vera("PUT", "/bar", json={"limits": limits})
        assert refused.status_code == 422, limits
        assert next(iter(limits)) in refused.text
    assert vera.json("GET", "/bar")["version"] == 1


def test_r8_access_is_confirmed_as_a_whole(seeded: seed.Seeded, vera: Client, ann: Client) -> None:
    url = f"/people/{seeded.vera}/access"
    assert ann.json("GET", url) == {"systems": ["Grafana"]}
    assert vera.json("PUT", url, json={"systems": ["VPN", "VPN", "k8s"]}) == {
        "systems": ["VPN", "k8s"]
    }
    assert ann("GET", "/people/none/access").status_code == 404
    assert vera("PUT", url, json={"systems": [""]}).status_code == 422


def test_runbooks_kept_on_their_own(seeded: seed.Seeded, ann: Client, vera: Client) -> None:
    text = good_alarms.runbook("late", today=TODAY)
    body = {"slug": "late", "title": "Late", "team_id": seeded.payments, "body": text}
    made = ann("POST", "/runbooks", json=body, expect=201)
    url = f"/runbooks/{made.json()['id']}"
    alarm = ann.json("POST", "/alarms", json=good(runbook="", runbook_slug="late"), expect=201)
    assert alarm["runbook"] == text
    stale = ann("PATCH", url, json={"title": "L"}, headers={"If-Match": '"old"'})
    assert stale.status_code == 412
    ann("PATCH", url, json={"body": text + "\nMore.\n"}, expect=200)
    seen = ann.json("GET", f"/alarms/{alarm['id']}")
    assert (seen["version"], seen["runbook"].endswith("More.\n")) == (2, True)
    refused = ann("PATCH", url, json={"body": "<script>x</script>"})
    assert refused.json()["details"]["fields"].keys() == {"body"}
    assert ann("DELETE", url).json()["code"] == "still-named"
    ann("DELETE", f"/alarms/{alarm['id']}", expect=204)
    ann("DELETE", url, expect=204)
    assert [r["slug"] for r in ann.json("GET", "/runbooks?slug=late")["items"]] == []
    assert runbooks.NOUN.table == "runbooks"


def test_r16_a_review_is_given_once_it_is_over(seeded: seed.Seeded, api: Client) -> None:
    body = {"service_id": seeded.checkout, "title": "Cards fail", "reason": "customers wait"}
    made = api.json("POST", "/incidents", json=body, expect=201)
    url = f"/incidents/{made['id']}"
    verdict = {"needed": True, "action": "fixed", "runbook": "helped"}
    ann = Client(seeded, seeded.token("ann", "answer"))
    assert ann("PUT", f"{url}/review", json=verdict).json()["code"] == "not-over"
    ann.json("POST", f"{url}/resolve")
    ann("PUT", f"{url}/review", json=verdict, expect=204)
    ann("PUT", f"{url}/review", json=verdict | {"runbook": "wrong", "note": "old"}, expect=204)
    assert api("PUT", f"{url}/review", json=verdict).json()["code"] == "only-who-was-called"
    assert ann("PUT", f"{url}/review", json=verdict | {"runbook": "so"}).status_code == 422
    with seeded.shell.db.transaction() as tx:
        assert tx.execute("select runbook, note from reviews").fetchall() == [("wrong", "old")]
