"""Links of runbooks: only allowed hosts are asked, and nobody is kept waiting."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from watchbill import app, clock, outgoing
from watchbill.config import Settings, networks


@contextlib.contextmanager
def dripping() -> Iterator[int]:
    """Give the port of a server that answers one byte, now and then, for ever."""
    over = threading.Event()

    def drip(conversation: socket.socket) -> None:
        with conversation, contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000:
                conversation.sendall(bytes([byte]))
                if over.wait(0.05):
                    return

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                conversation, _ = server.accept()
                threading.Thread(target=drip, args=[conversation], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1]
        over.set()
        server.shutdown(socket.SHUT_RDWR)


def look(urls: list[str], *, within_s: float = 10.0) -> dict[str, int]:
    """Look at links as a server does that may ask wiki.example.org and itself."""
    settings = Settings(runbook_hosts="Wiki.example.org, 127.0.0.1,")
    calls = outgoing.Outgoing(allowed=networks("127.0.0.0/8"))
    return dict(app.make_links(settings, calls, within_s=within_s)(urls))


def test_many_slow_links_take_no_longer_together() -> None:
    with dripping() as port:
        urls = [f"http://127.0.0.1:{port}/{n}" for n in range(50)]
        began = clock.real_monotonic()
        found = look(urls, within_s=1.0)
        took = clock.real_monotonic() - began
    assert found == dict.fromkeys(urls, 0)
    assert took < 3


@pytest.mark.parametrize(
    "url",
    [
        "http://wiki.example.org.evil.example/",
        "http://wiki.example.org@evil.example/",
        "http://evil.example/#wiki.example.org",
        "http://evil.example\\@wiki.example.org.evil.example/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "//wiki.example.org.evil.example",
        "",
    ],
)
def test_a_host_that_is_not_allowed_is_not_asked(url: str) -> None:
    assert look([url]) == {url: -1}


@pytest.mark.parametrize(
    "url",
    [
        "http://[",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "ftp://127.0.0.1/",
        "file://127.0.0.1/etc/passwd",
        "gopher://127.0.0.1:25/",
        "http://127.0.0.1\t/",
        "http://127.0.0.1/\r\nHost: evil",
        "http://127.0.0.1\\@evil.example/",
        "http://wiki.example.org\uff0f@evil.example/",
    ],
)
def test_an_address_that_is_none_fails_nothing(url: str) -> None:
    assert look([url], within_s=2.0)[url] in (0, -1)
