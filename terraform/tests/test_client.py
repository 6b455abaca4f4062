"""The client: patient where that does no harm, clear where something is refused, and quiet about the token."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from watchbill_terraform import telling
from watchbill_terraform.client import Client, Problem
from watchbill_terraform.framework.servicer import Telling

TOKEN = "wb_secret"


class Far:
    """A server that answers what it is told to, in turn."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], Any]] = []
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        far = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                far.asked.append((self.command, self.path, dict(self.headers), body))
                status, headers, said = far.answers.pop(0)
                text = json.dumps(said).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def far() -> Iterator[Far]:
    made = Far()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def client(far: Far) -> Client:
    return Client(far.url, TOKEN)


BUSY = (503, {"Retry-After": "0"}, {"title": "Not now."})


def test_what_may_be_repeated_is_tried_again(far: Far, client: Client) -> None:
    far.answers = [BUSY, (429, {"Retry-After": "0"}, {}), (200, {"ETag": '"7"'}, {"a": 1})]
    reply = client.ask("GET", "teams/1")
    assert (reply.data, reply.etag) == ({"a": 1}, '"7"')
    assert [path for _, path, _, _ in far.asked] == ["/api/v1/teams/1"] * 3


def test_what_makes_something_is_tried_once(far: Far, client: Client) -> None:
    far.answers = [BUSY]
    with pytest.raises(Problem) as caught:
        client.ask("POST", "teams", {})
    assert caught.value.status == 503
    assert len(far.asked) == 1


def test_a_list_is_read_to_its_end(far: Far, client: Client) -> None:
    far.answers = [
        (200, {}, {"items": [{"id": "1"}], "next_cursor": "x y"}),
        (200, {}, {"items": [{"id": "2"}], "next_cursor": None}),
    ]
    assert [row["id"] for row in client.every("teams", slug="a")] == ["1", "2"]
    assert far.asked[1][1] == "/api/v1/teams?limit=200&slug=a&cursor=x+y"


def test_the_token_does_not_follow_a_redirect(far: Far, client: Client) -> None:
    far.answers = [(302, {"Location": f"{far.url}/elsewhere"}, {})]
    with pytest.raises(Problem):
        client.ask("GET", "teams")
    assert len(far.asked) == 1


def test_a_change_carries_the_version_that_was_read(far: Far, client: Client) -> None:
    far.answers = [(200, {}, {})]
    client.ask("PATCH", "teams/1", {"name": "x"}, etag='"7"')
    _, _, headers, body = far.asked[0]
    assert headers["If-Match"] == '"7"'
    assert json.loads(body) == {"name": "x"}


@pytest.mark.parametrize(
    "details",
    [
        {"fields": {"week": "each span has a weekday"}},
        {"errors": [{"where": "body.week.0", "what": "each span has a weekday"}]},
    ],
)
def test_a_problem_is_told_on_the_attribute(far: Far, client: Client, details: Any) -> None:
    far.answers = [(422, {}, {"code": "bad-fields", "title": "No.", "details": details})]
    with pytest.raises(Problem) as caught:
        client.ask("POST", "teams", {})
    told = telling.told(caught.value, "create this team", {"week": "hours"})
    assert told.path == ["hours"]
    assert "week: each span has a weekday" in told.detail
    assert told.summary == "Watchbill refused to create this team: No."


def test_a_bad_token_is_told_as_such(far: Far, client: Client) -> None:
    far.answers = [(401, {}, {"title": "Who are you?"})]
    with pytest.raises(Problem) as caught:
        client.ask("GET", "me")
    assert "WATCHBILL_TOKEN" in telling.told(caught.value, "read", {}).detail


def test_nobody_sees_the_token(client: Client) -> None:
    assert TOKEN not in repr(client)
    silent = Client("http://127.0.0.1:9", TOKEN)
    with pytest.raises(Telling) as caught:
        silent.ask("POST", "teams", {})
    assert TOKEN not in f"{caught.value} {caught.value.detail}"
    assert "WATCHBILL_URL" in caught.value.detail
