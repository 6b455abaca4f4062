"""The real server against other sites, forged links and curious strangers."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from tests import builders, seeded
from tests.e2e.world import World
from tests.integration.api.client import OPERATIONS
from tests.integration.test_security_connection import pour
from watchbill.actions import passwords
from watchbill.web import screens

PASSWORD = "a long enough password"
#: What every answer says, whoever gives it.
HEADERS = {"x-content-type-options": "nosniff"}
#: What every answer of screens, API and health says besides.
STRICT = HEADERS | {"x-frame-options": "DENY", "referrer-policy": "same-origin"}


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World(database_url, builders.company(), at=builders.dublin("Sat 03:00")) as made:
        with made.watchbill.db.transaction() as tx:
            stored = passwords.hashed(PASSWORD)
            tx.execute("update people set password_hash = %s, is_admin = true", [stored])
        yield made
        made.phones.got.clear()
        made.log.entries.clear()


class Answered(http.client.HTTPResponse):
    """A reply that has been read."""

    text: str


def call(
    world: World, method: str, path: str, form: dict[str, str] | None = None, **headers: str
) -> Answered:
    connection = http.client.HTTPConnection(urlsplit(world.base_url).netloc, timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, urlencode(form) if form is not None else None, sent)
    reply: Answered = connection.getresponse()  # type: ignore[assignment]
    reply.text = reply.read().decode("utf-8", "replace")
    connection.close()
    return reply


def session(world: World) -> str:
    form = {"email": "vera@example.org", "password": PASSWORD}
    return str(call(world, "POST", "/sign-in", form).headers["Set-Cookie"].partition(";")[0])


def link(world: World) -> str:
    """Return the path of the acknowledging link that Vera's page carries."""
    world.fires()
    message = world.phone(builders.VERA).rings()
    found = next(a.url for a in message.answers if a.verb == "acknowledge")
    return urlsplit(found).path


def test_every_answer_carries_its_headers(world: World) -> None:
    key = seeded.key_of(builders.INTEGRATION)
    for method, path, status in (
        ("GET", "/v2/enqueue", 405),
        ("POST", "/v2/enqueue", 400),
        ("POST", "/intake/<script>/x", 404),
        ("POST", f"/intake/alertmanager/{key}", 404),
        ("GET", "/", 303),
        ("GET", "/%00", 404),
        ("GET", "/static/../../app.py", 404),
        ("GET", "/static/%2e%2e/%2e%2e/app.py", 404),
        ("GET", "/static/app.css", 200),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/oncall", 401),
        ("GET", "/api/v1/incidents?text=%00", 400),
        ("GET", "/metrics", 200),
        ("GET", "/health/ready", 503),  # no engine runs in this world
        ("GET", "/live?topic=tonight", 401),
        ("GET", "/mailbox", 404),
        ("TRACE", "/", 404),
    ):
        world.settle()
        reply = call(world, method, path)
        assert reply.status == status, (path, reply.text)
        is_event = path.startswith(("/v2", "/intake"))
        for name, value in (HEADERS if is_event else STRICT).items():
            assert reply.headers[name] == value, path
        if not is_event:
            policy = reply.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert reply.headers["cache-control"] == "no-store" or path == "/static/app.css"
        assert "<script>" not in reply.text or "text/plain" in reply.headers["content-type"]
        assert "server" not in reply.headers


def test_no_other_site_changes_anything(world: World) -> None:
    cookie = session(world)
    unsafe = [(method, path) for method, path, _, _ in screens.URLS if method != "GET"]
    unsafe += [(method.upper(), path) for method, path, _ in OPERATIONS if method != "get"]
    assert len(unsafe) > 60
    for method, path in unsafe:
        for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
            reply = call(world, method, path, {}, Cookie=cookie, **headers)
            assert (reply.status, reply.text[:12]) == (403, "Another site"), (method, path)


def test_every_endpoint_of_the_api_asks_who_it_is(world: World) -> None:
    for method, path, _ in OPERATIONS:
        for headers in ({}, {"Authorization": "Bearer wb_guessed"}, {"Cookie": "wb_session=x"}):
            reply = call(world, method.upper(), path, None, **headers)
            assert reply.status in (401, 403), (method, path, reply.status)


def test_every_screen_asks_who_it_is(world: World) -> None:
    for method, path, _, needs in screens.URLS:
        if needs != "nobody":
            reply = call(world, method, path, {} if method == "POST" else None)
            assert reply.status == 303, path
            assert reply.headers["location"].startswith("/sign-in"), path


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_only_the_button_answers_a_page(world: World, method: str) -> None:
    path = link(world)
    for verb in ("acknowledge", "decline", "help", "resolve"):
        assert call(world, method, f"{path}?verb={verb}").status in (200, 404, 405)
    assert world.incident().state.value == "triggered"


def test_a_link_cannot_be_forged_or_cut(world: World) -> None:
    path = link(world)
    token = path.removeprefix("/a/")
    page, person, *rest = token.split(".") if token.count(".") > 1 else ("", "", token)
    forged = [token[:-1], token[:-4] + "AAAA", "A" + token, token + "A", token.swapcase(), "..", ""]
    forged += [".".join([person, page, *rest]), token.replace(".", ".A", 1)]
    for one in forged:
        reply = call(world, "POST", f"/a/{one}", {}, Sec_Fetch_Site="same-origin")
        assert reply.status in (404, 405), one
    assert world.incident().state.value == "triggered"


def test_a_link_is_over_a_day_after_its_page(world: World) -> None:
    path = link(world)
    assert call(world, "POST", path, {}).status == 303
    world.wait(hours=25)
    world.fires(key="again")
    before = world.incident().state
    for verb in ("resolve", "decline", "help", "acknowledge"):
        call(world, "POST", f"{path}?verb={verb}", {})
    assert world.incident().state == before


def test_a_person_who_left_answers_nothing(world: World) -> None:
    path = link(world)
    with world.watchbill.db.transaction() as tx:
        tx.execute("update people set disabled_at = now() where id = %s", [builders.VERA])
    call(world, "POST", path, {})
    assert world.incident().acknowledged_by is None


def test_who_reads_no_answers_is_not_read_for_ever(world: World) -> None:
    """Answers that nobody takes would fill our memory."""
    address = urlsplit(world.base_url)
    bad = b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}" * 1_000
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        sock.settimeout(3)
        sock.connect((address.hostname, address.port))
        assert pour(sock, bad, 40_000_000) < 40_000_000
