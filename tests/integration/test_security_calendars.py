"""Calendars from outside and links given out: neither reaches in, and neither tells anything."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Iterator

import pytest

from watchbill import app, outgoing
from watchbill.config import networks


class Handler(http.server.BaseHTTPRequestHandler):
    """Redirects to `?to`, or answers 50 MB."""

    def do_GET(self) -> None:
        _, _, to = self.path.partition("?")
        if to:
            self.send_response(302)
            self.send_header("Location", to)
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(50):
                self.wfile.write(b"x" * 1_000_000)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def place() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/basic.ics",
        "https://localhost/basic.ics",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://10.1.2.3/\r\nHost: evil",
        "https://[",
        "file:///etc/passwd",
    ],
)
def test_a_calendar_never_reaches_into_a_private_network(url: str) -> None:
    fetched = app.make_calendar_fetch(outgoing.Outgoing())(url, "")
    assert fetched.error
    assert not fetched.body


@pytest.mark.parametrize("to", ["https://10.0.0.1/x", "https://169.254.169.254/"])
def test_nor_does_a_redirect(place: str, to: str) -> None:
    calls = outgoing.Outgoing(allowed=networks("127.0.0.0/8"))
    fetched = app.make_calendar_fetch(calls)(f"{place}?{to}", "")
    assert fetched.error == outgoing.Refused.title()


def test_a_redirect_to_plain_http_is_not_followed(place: str) -> None:
    calls = outgoing.Outgoing(allowed=networks("127.0.0.0/8"))
    fetched = app.make_calendar_fetch(calls)(f"{place}?{place}", "")
    assert (fetched.status, fetched.body) == (302, b"")


def test_a_body_of_50_mb_is_not_read_to_its_end(place: str) -> None:
    calls = outgoing.Outgoing(allowed=networks("127.0.0.0/8"))
    fetched = app.make_calendar_fetch(calls)(place, "")
    assert fetched.error == "It is larger than 2 MB."
    assert not fetched.body
