"""Bad input: whatever is sent, the answer is a problem that says what is wrong, never a 500."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.integration.actions import seed
from tests.integration.api.client import OPENAPI, OPERATIONS, Client
from tests.integration.api.test_api import sample

NASTY: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**30,
    1.5,
    1e308,
    "",
    "a\x00b",
    "\ud800",
    "🙂" * 400,
    "x" * 200_000,
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31",
    "24:00:00",
    "'; drop table people; --",
    "../../etc/passwd",
    "%00",
    [],
    [[]],
    [None],
    {},
    {"a": {"b": [1, {"c": None}]}},
    [{"weekday": 1, "start": "9", "end": "\x00"}],
    [{"target": "person", "wait_s": 60, "person_id": "\ud800"}],
)


def real(path: str, seeded: seed.Seeded) -> str:
    """Return a path with an id that exists where one fits."""
    nouns = {
        "offices": seeded.dublin,
        "teams": seeded.payments,
        "people": seeded.ben,
        "rotas": seeded.team_rota,
        "services": seeded.checkout,
        "integrations": seeded.door,
        "alarms": seeded.ids["disk-full"],
        "terms": seeded.vera_term,
        "shifts": seeded.vera_shift,
        "incidents": seeded.ids["incident"],
        "contact-methods": seeded.ben_mail,
    }
    parts = path.removeprefix("/api/v1/").split("/")
    if len(parts) > 1 and parts[1].startswith("{"):
        parts[1] = nouns.get(parts[0], "none")
    return "/" + "/".join(parts)


@pytest.fixture
def open_incident(seeded: seed.Seeded, api: Client) -> None:
    body = {"service_id": seeded.checkout, "title": "Cards fail", "reason": "x"}
    seeded.ids["incident"] = api.json("POST", "/incidents", json=body, expect=201)["id"]


def needs_body(path: str, method: str) -> bool:
    body = OPENAPI["paths"][path][method].get("requestBody", {"content": {}})
    return "application/json" in body["content"]


def fields_of(path: str, method: str) -> dict[str, Any]:
    schema = OPENAPI["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    return OPENAPI["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("open_incident")
def test_no_value_in_a_body_breaks_anything(seeded: seed.Seeded, api: Client) -> None:
    chance = random.Random(7)
    for method, path, _ in OPERATIONS:
        if not needs_body(path, method) or "password" in path:
            continue
        for name in fields_of(path, method):
            for nasty in chance.sample(NASTY, 9):
                body = {**sample(path, method), name: nasty}
                raw = json.dumps(body).encode()
                reply = api(method.upper(), real(path, seeded), content=raw)
                assert reply.status_code < 500, (method, path, name, nasty, reply.text)
    assert api("GET", "/tonight").status_code in (200, 401)


@pytest.mark.usefixtures("open_incident")
def test_no_parameter_breaks_anything(seeded: seed.Seeded, api: Client) -> None:
    for method, path, operation in OPERATIONS:
        if method != "get":
            continue
        for parameter in operation.get("parameters", ()):
            for nasty in (
                "",
                "\x00",
                "é🙂",
                "9" * 40,
                "-1",
                "0001-01-01T00:00:00Z",
                "'\"%",
                "x" * 3000,
            ):
                if parameter["in"] != "query":
                    continue
                reply = api("GET", real(path, seeded), params={parameter["name"]: nasty})
                assert reply.status_code < 500, (path, parameter["name"], nasty, reply.text)


@pytest.mark.usefixtures("open_incident")
def test_no_path_breaks_anything(seeded: seed.Seeded, api: Client) -> None:
    for method, path, _ in OPERATIONS:
        for nasty in ("%00", "%ff%fe", "%F0%9F%99%82", "'", "x" * 3000, "%2e%2e"):
            if "{" in path:
                target = real(path, seeded).split("/")
                target[2] = nasty
                body = sample(path, method)
                reply = api(method.upper(), "/".join(target), json=body)
                assert reply.status_code < 500, (method, path, nasty, reply.text)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 20_000, 400),
        (b'{"a":' * 20_000, 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"null", 422),
        (b"1" * 6000, 400),
        (b'{"slug": NaN}', 422),
    ],
)
def test_what_is_no_body_is_refused(api: Client, body: bytes, status: int) -> None:
    reply = api("POST", "/offices", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == status, reply.text


def test_a_form_is_not_a_body(api: Client) -> None:
    assert api("POST", "/offices", data={"slug": "x"}).status_code in (400, 415, 422)
