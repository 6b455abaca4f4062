from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.integration.actions import seed
from tests.integration.api.client import OPENAPI, OPERATIONS, Client
from tools import docs_api
from watchbill.actions import sessions

DAY = timedelta(days=1)


def test_the_committed_document_is_the_code() -> None:
    assert docs_api.TARGET.read_text() == docs_api.text(), "run `make docs`"


def test_every_operation_has_words_and_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for _, _, operation in OPERATIONS)


def path_of(path: str) -> str:
    return path.removeprefix("/api/v1").replace("{", "x_").replace("}", "")


def test_without_a_token_nothing_is_shown(seeded: seed.Seeded) -> None:
    client = Client(seeded)
    for method, path, _ in OPERATIONS:
        reply = client(method, path_of(path), json={})
        assert reply.status_code in (401, 422), (method, path, reply.text)
        if method == "get":
            assert reply.status_code == 401 or "service" in reply.text
        assert (
            client(method, path_of(path), json={})
            .headers["content-type"]
            .startswith("application/problem")
        )


def test_a_bad_token_is_refused(seeded: seed.Seeded) -> None:
    for token in ("wb_no", "", "é" * 3, "x" * 1000):
        header = f"Bearer {token}".encode()
        assert Client(seeded)("GET", "/me", headers={"Authorization": header}).status_code == 401
        assert (
            Client(seeded)("GET", "/oncall", headers={"Authorization": header}).status_code == 401
        )


def test_a_scope_too_small_is_refused_everywhere(seeded: seed.Seeded) -> None:
    client = Client(seeded, seeded.token("ada", "read"))
    for method, path, _ in OPERATIONS:
        if method == "get":
            continue
        reply = client(method, path_of(path), **sent(path, method))
        assert reply.status_code == 403, (method, path, reply.text)
        assert reply.json()["code"] == "scope-too-small"


def sent(path: str, method: str) -> dict[str, Any]:
    """Return how an operation's body is sent: as JSON, or as a table."""
    body = OPENAPI["paths"][path][method].get("requestBody")
    if body and "text/csv" in body["content"]:
        return {"content": b"name,email", "headers": {"Content-Type": "text/csv"}}
    return {"json": sample(path, method)}


def sample(path: str, method: str) -> Any:
    """Return a body of the right shape for an operation."""
    body = OPENAPI["paths"][path][method].get("requestBody", {"content": {}})
    shape = body["content"].get("application/json")
    return value(shape["schema"]) if shape else None


def value(schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return value(OPENAPI["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return value(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            return {name: value(schema["properties"][name]) for name in needed}
        case "array":
            return [value(schema["items"])]
        case "integer":
            return max(schema.get("minimum", 60), 60)
        case "boolean":
            return True
    formats = {"date-time": "2026-04-01T09:00:00+00:00", "date": "2026-04-01", "time": "09:00:00"}
    return formats.get(schema.get("format", ""), "abcdefgh")


def test_admins_things_are_for_admins(seeded: seed.Seeded) -> None:
    client = Client(seeded, seeded.token("ann", "write"))
    for method, path in (
        ("GET", "/audit"),
        ("GET", "/webhooks"),
        ("PATCH", "/organization"),
        ("POST", f"/people/{seeded.ben}/disable"),
        ("POST", "/people"),
        ("DELETE", f"/offices/{seeded.dublin}"),
    ):
        body = {"name": "x", "email": "x@example.org"} if path == "/people" else {}
        assert client(method, path, json=body).status_code == 403
    assert client("GET", f"/contact-methods?person_id={seeded.ben}").status_code == 403


def test_revoked_expired_and_disabled_tokens_end(seeded: seed.Seeded) -> None:
    token = seeded.token("ann", "write", expires_at=seed.TUESDAY + DAY)
    client = Client(seeded, token)
    mine = client.json("GET", "/tokens")["items"]
    assert client("GET", "/oncall").status_code == 200
    seeded.clock.move(2 * DAY)
    assert client("GET", "/me").status_code == 401
    assert client("GET", "/oncall").status_code == 401
    seeded.clock.move_to(seed.TUESDAY)
    client("DELETE", f"/tokens/{mine[0]['id']}", expect=204)
    client.on_call.forget()
    assert client("GET", "/me").status_code == 401
    assert client("GET", "/oncall").status_code == 401


def test_the_cookie_of_a_screen_counts(seeded: seed.Seeded) -> None:
    cookie = sessions.sign_in(
        seeded.shell, "ann@example.org", seed.PASSWORD, address="10.0.0.1", agent="test"
    )
    client = Client(seeded)
    client.http.cookies.set("wb_session", cookie)
    assert client.json("GET", "/me")["person"]["name"] == "Ann"
    assert client("GET", "/oncall").status_code == 200
    client.json("POST", "/me/sign-out-everywhere")
    assert client("GET", "/me").status_code == 401


def test_an_incident_from_declared_to_resolved(seeded: seed.Seeded, api: Client) -> None:
    body = {"service_id": seeded.checkout, "title": "Cards fail", "reason": "customers wait"}
    made = api.json("POST", "/incidents", json=body, expect=201)
    url = f"/incidents/{made['id']}"
    assert made["calling"] == [seeded.ann]
    ann = Client(seeded, seeded.token("ann", "answer"))
    assert ann.json("GET", "/incidents?mine=true")["items"][0]["id"] == made["id"]
    assert api("POST", f"{url}/decline").json()["code"] == "not-called"
    assert api("POST", f"{url}/break-glass", json={"reason": "x"}).status_code == 409
    assert ann.json("POST", f"{url}/acknowledge")["state"] == "acknowledged"
    first = ann.json("POST", f"{url}/acknowledge")
    assert (first["state"], first["acknowledged_by"]) == ("acknowledged", seeded.ann)
    assert ann.json("POST", f"{url}/notes", json={"text": "looking 👀"}, expect=201)
    assert ann.json("POST", f"{url}/snooze", json={"seconds": 600})["state"] == "snoozed"
    assert {h["id"] for h in ann.json("GET", f"{url}/helpers")["items"]} >= {seeded.ben}
    assert seeded.ben in {h["id"] for h in ann.json("GET", "/helpers")["items"]}
    assert ann.json("GET", "/helpers?skill=no-such-thing")["items"] == []
    assert ann.json("GET", "/helpers?team=no-such-team")["items"] == []
    assert ann.json("POST", f"{url}/helpers", json={"people": [seeded.ben]}) == {
        "people": [seeded.ben]
    }
    assert ann("POST", f"{url}/helpers", json={"people": [seeded.mona]}).status_code == 409
    ann.json("POST", f"{url}/helped", json={"person_id": seeded.ben}, expect=201)
    ann.json("POST", f"{url}/help")
    assert ann.json("POST", f"{url}/resolve")["state"] == "resolved"
    assert ann.json("POST", f"{url}/resolve")["state"] == "resolved"
    shown = ann.json("GET", url)
    assert [p["person"] for p in shown["pages"]][-1] == "Ann"
    assert {e["kind"] for e in ann.json("GET", f"{url}/timeline?limit=200")["items"]} >= {
        "opened",
        "acknowledged",
        "note",
        "helped",
        "resolved",
    }
    pages = ann.json("GET", f"/pages?incident_id={made['id']}")["items"]
    assert ann.json("GET", f"/pages/{pages[0]['id']}")["incident_id"] == made["id"]
    assert ann.json("GET", f"/notifications?incident_id={made['id']}")["items"]


def test_lists_go_on_to_the_end_without_gaps_or_doubles(seeded: seed.Seeded, api: Client) -> None:
    for name in ("/audit", "/people", "/shifts", "/alarms", "/services"):
        whole = api.json("GET", f"{name}?limit=200")["items"]
        found, cursor = [], ""
        while True:
            part = api.json("GET", f"{name}?limit=2{cursor}")
            found += part["items"]
            if part["next_cursor"] is None:
                break
            cursor = f"&cursor={part['next_cursor']}"
        if name != "/audit":  # a token's use leaves no line, but be exact about the rest
            assert found == whole
        assert len({row["id"] for row in found}) == len(found) >= 1


def test_if_match(seeded: seed.Seeded, api: Client) -> None:
    for path, change in (
        (f"/services/{seeded.checkout}", {"name": "One"}),
        (f"/offices/{seeded.dublin}", {"closing_days": [{"day": "2026-12-24"}]}),
        (f"/rotas/{seeded.team_rota}", {"members": [seeded.ben]}),
        (f"/people/{seeded.ann}", {"skills": "cards"}),
        ("/organization", {"pages_a_month": 9}),
    ):
        tag = api("GET", path, expect=200).headers["etag"]
        changed = api("PATCH", path, json=change, headers={"If-Match": tag}, expect=200)
        assert changed.headers["etag"] != tag
        again = api("PATCH", path, json=change, headers={"If-Match": tag})
        assert (again.status_code, again.json()["code"]) == (412, "changed")
        api("PATCH", path, json=change, headers={"If-Match": "*"}, expect=200)


def test_the_company_over_the_api(seeded: seed.Seeded, api: Client) -> None:
    office = api.json(
        "POST",
        "/offices",
        json={"slug": "sf", "name": "SF", "zone": "America/Los_Angeles", "country": "US"},
        expect=201,
    )
    team = api.json(
        "POST",
        "/teams",
        json={"slug": "web", "name": "Web", "office_id": office["id"], "week": seed.WEEK},
        expect=201,
    )
    person = api.json(
        "POST",
        "/people",
        json={"name": "Zoë 🙂", "email": "zoe@example.org", "team_id": team["id"]},
        expect=201,
    )
    assert api("DELETE", f"/offices/{office['id']}").json()["code"] == "in-use"
    rota = api.json(
        "POST",
        "/rotas",
        json={
            "kind": "team",
            "team_id": team["id"],
            "name": "Web",
            "zone": "America/Los_Angeles",
            "turn": "day",
            "starts_on": "2026-03-01",
            "members": [person["id"]],
        },
        expect=201,
    )
    assert rota["begins_at"] == "2026-03-01T17:00:00Z"  # nine in the morning there
    spell = {"starts_at": "2026-03-03T18:00:00Z", "ends_at": "2026-03-04T18:00:00Z"}
    override = api.json(
        "POST",
        "/overrides",
        json={"rota_id": rota["id"], "person_id": person["id"], **spell},
        expect=201,
    )
    absence = api.json("POST", "/absences", json={"person_id": person["id"], **spell}, expect=201)
    api("DELETE", f"/overrides/{override['id']}", expect=204)
    api("DELETE", f"/absences/{absence['id']}", expect=204)
    again = api("POST", "/teams", json={"slug": "web", "name": "W", "office_id": office["id"]})
    assert again.json()["code"] == "taken"
    hook = api.json(
        "POST", "/webhooks", json={"name": "x", "url": "https://example.org/h"}, expect=201
    )
    assert hook["secret"] not in api("GET", "/webhooks").text
    door = api.json(
        "POST",
        "/integrations",
        json={"service_id": seeded.checkout, "source": "heartbeat", "name": "b", "every_s": 60},
        expect=201,
    )
    assert len(door["key"]) == 32
    assert door["key"] not in api("GET", "/integrations").text
    assert api.json("GET", "/heartbeats")["items"][0]["every_s"] == 60
    api.json("POST", f"/integrations/{door['integration']['id']}/rotate")
    api("DELETE", f"/integrations/{door['integration']['id']}", expect=204)


def test_no2_the_api_conscripts_nobody(seeded: seed.Seeded, api: Client) -> None:
    spell = {"starts_at": "2026-04-01T09:00:00Z", "ends_at": "2026-04-08T09:00:00Z"}
    refused = api("POST", "/terms", json={"person_id": seeded.ben, **spell})
    assert (refused.status_code, refused.json()["code"]) == (403, "only-themselves")
    refused = api("POST", "/shifts", json={"person_id": seeded.ben, **spell})
    assert (refused.status_code, refused.json()["code"]) == (409, "no-term")
    ben = Client(seeded, seeded.token("ben", "write"))
    ben("POST", "/terms", json={"person_id": seeded.ben, **spell}, expect=201)
    api("POST", "/shifts", json={"person_id": seeded.ben, **spell}, expect=201)


def test_no3_the_api_puts_no_engineer_on_the_managers_rota(
    seeded: seed.Seeded, api: Client
) -> None:
    refused = api("PATCH", f"/rotas/{seeded.managers_rota}", json={"members": [seeded.ann]})
    assert (refused.status_code, refused.json()["code"]) == (403, "only-managers")


def test_contact_methods_are_proved_by_their_code(seeded: seed.Seeded) -> None:
    ann = Client(seeded, seeded.token("ann", "write"))
    body = {"person_id": seeded.ann, "channel": "email", "address": "ann@home.example"}
    made = ann.json("POST", "/contact-methods", json=body, expect=201)
    url = f"/contact-methods/{made['id']}"
    assert made["verified_at"] is None
    assert ann("POST", f"{url}/test").json()["code"] == "not-verified"
    assert ann("POST", f"{url}/code").status_code == 429
    with seeded.shell.db.transaction() as tx:
        text = tx.execute(
            "select data ->> 'subject' from notifications where kind = 'code'"
        ).fetchone()[0]
    code = text.split()[0]
    assert code not in ann("GET", "/notifications").text
    for wrong in ("000000" if code != "000000" else "1", "", "٣٣٣٣٣٣"):
        assert ann("POST", f"{url}/verify", json={"code": wrong}).json()["code"] == "wrong-code"
    assert ann.json("POST", f"{url}/verify", json={"code": code})["verified_at"]
    rules = {"rules": [{"method_id": made["id"], "after_s": 60}]}
    assert ann.json("PUT", f"/people/{seeded.ann}/rules", json=rules)["items"]
    ann.json("POST", f"{url}/test", expect=202)
    ann("DELETE", url, expect=204)
    assert ann.json("GET", f"/people/{seeded.ann}/rules")["items"] == []


def test_a_code_can_be_tried_five_times(seeded: seed.Seeded) -> None:
    ann = Client(seeded, seeded.token("ann", "write"))
    body = {"person_id": seeded.ann, "channel": "email", "address": "ann@home.example"}
    made = ann.json("POST", "/contact-methods", json=body, expect=201)
    with seeded.shell.db.transaction() as tx:
        text = tx.execute("select data ->> 'subject' from notifications").fetchone()[0]
    for _ in range(5):
        ann("POST", f"/contact-methods/{made['id']}/verify", json={"code": "x"}, expect=422)
    right = {"code": text.split()[0]}
    assert ann("POST", f"/contact-methods/{made['id']}/verify", json=right).status_code == 422


def test_who_is_on_call(seeded: seed.Seeded, api: Client) -> None:
    now = api.json("GET", "/oncall?team=payments")
    assert [c["name"] for c in now["items"][0]["steps"][0]["people"]] == ["Ann"]
    later = api.json("GET", "/oncall?at=2026-03-07T03:00:00Z")
    assert {row["steps"][0]["people"][0]["name"] for row in later["items"]} == {"Vera"}
    assert api("GET", "/oncall?team=none").json()["code"] == "no-such-team"
    for at in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "yesterday", "2026-03-07"):
        assert api("GET", f"/oncall?at={at}").status_code == 422
    api("POST", f"/rotas/{seeded.team_rota}", expect=405)
    api.json("PATCH", f"/rotas/{seeded.team_rota}", json={"members": [seeded.ben]})
    api.on_call.forget()
    now = api.json("GET", "/oncall?team=payments")
    assert [c["name"] for c in now["items"][0]["steps"][0]["people"]] == ["Ben"]


def test_tonight_and_health(api: Client) -> None:
    assert api.json("GET", "/tonight")["volunteer"]["name"] == "Vera"
    lines = api.json("GET", "/health")["items"]
    assert {"ALL", "NO1", "NO3", "NO4"} <= {line["key"] for line in lines}


def test_what_nobody_knows_is_404_as_a_problem(seeded: seed.Seeded, api: Client) -> None:
    for method, path, _ in OPERATIONS:
        own = ("put /access", "put /readiness", "post /test-pages", "get /wishes", "put /wishes")
        if "{" not in path or f"{method} /{path.rpartition('/')[2]}" in own:
            continue  # of these nobody but the person speaks, whether there is one or not
        reply = api(method, path_of(path), json=sample(path, method))
        assert reply.status_code in (404, 422, 200), (method, path, reply.text)
    for path in ("/nothing", "/", "/incidents/", "/incidents/a/b/c"):
        assert api("GET", path).json()["code"] == "no-such-address"
    assert api("DELETE", "/incidents").json()["code"] == "wrong-method"
