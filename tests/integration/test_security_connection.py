"""Slow, endless and broken requests: each costs little, and only itself."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn

from tests.e2e.processes import until
from watchbill.web.bodies import Bodies, Lost
from watchbill.web.connection import HEAD_LIMIT, Connection


class Hasty(Connection):
    """Looks often."""

    look_s = 0.1


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the body's length; a path of digits is how many bytes to send."""
    if scope["type"] != "http":
        return
    body = await Bodies(10_000_000).read(await receive(), receive)
    text = str(len(body)) if isinstance(body, bytes) else body.value
    content = b"x" * int(scope["path"][1:]) if scope["path"][1:].isdigit() else text.encode()
    length = (b"content-length", str(len(content)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": content})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(echo, http=Hasty, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def opened(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def heard(sock: socket.socket) -> bytes:
    """Return everything until the other side ends the connection."""
    found = b""
    try:
        while chunk := sock.recv(65_536):
            found += chunk
    except ConnectionError:
        pass
    return found


def pour(sock: socket.socket, chunk: bytes, most: int) -> int:
    """Send until the other side will have no more; return how many bytes it took."""
    taken = 0
    try:
        while taken < most:
            sock.sendall(chunk)
            taken += len(chunk)
    except OSError:
        pass
    return taken


@pytest.mark.parametrize("endless", [b"X-A: " + b"a" * 10_000, b"X-B: b\r\n" * 1_000])
def test_a_head_without_end_is_cut(port: int, endless: bytes) -> None:
    with opened(port) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + endless[:5])
        taken = pour(sock, endless[5:], 100 * HEAD_LIMIT)
        assert taken < 100 * HEAD_LIMIT, "sockets buffer some, but not all of that"


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"],
)
def test_who_does_not_go_on_is_cut_off(port: int, begun: bytes) -> None:
    with opened(port) as sock:
        sock.sendall(begun)
        assert b" 200 " not in heard(sock)


def test_a_head_a_byte_at_a_time_is_cut_off(port: int) -> None:
    with opened(port) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        until(lambda: pour(sock, b"a", 1) == 0, within_s=20, what="the connection ended")


def test_who_does_not_read_the_answer_is_cut_off(port: int) -> None:
    with opened(port) as sock:
        sock.sendall(b"GET /90000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: pour(sock, b"\r\n", 2) == 0, within_s=20, what="the connection ended")


def test_who_does_not_read_the_last_answer_is_cut_off(port: int) -> None:
    """The connection is to be closed, but an answer is still on its way."""
    with opened(port) as sock:
        sock.sendall(b"GET /90000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nno HTTP")
        until(lambda: pour(sock, b"a", 1) == 0, within_s=20, what="the connection ended")


def test_good_requests_pass_however_they_are_cut(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nContent-Length: 200000\r\nX-Long: " + b"x" * 30_000 + b"\r\n\r\n"
    with opened(port) as sock:
        for _ in range(3):
            sock.sendall(head[:100])
            sock.sendall(head[100:] + b"y" * 100_000)
            sock.sendall(b"y" * 100_000)
            assert sock.recv(65_536).endswith(b"200000")
        sock.sendall(head + b"y" * 200_000 + b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert heard(sock).count(b" 200 OK") == 2


def test_many_requests_in_one_go_are_all_answered(port: int) -> None:
    """A piece of what comes is longer than a head may be, and ends in the middle of one."""
    one = b"GET / HTTP/1.1\r\nHost: x\r\nX-Some: header\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
    with opened(port) as sock:
        sender = threading.Thread(target=sock.sendall, args=(one * 10_000 + last,))
        sender.start()
        assert heard(sock).count(b" 200 OK") == 10_001
        sender.join()


def read(bodies: Bodies, *messages: tuple[bytes, bool] | None) -> bytes | Lost:
    """Return what becomes of a body that comes in these pieces; None: it breaks off."""
    waiting = [
        {"type": "http.disconnect"}
        if piece is None
        else {"type": "http.request", "body": piece[0], "more_body": piece[1]}
        for piece in messages
    ]

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def go() -> bytes | Lost:
        return await bodies.read(await receive(), receive)

    with ThreadPoolExecutor(1) as alone:  # a browser's tests may keep a loop running in this thread
        return alone.submit(asyncio.run, go()).result()


def test_half_a_body_is_no_body() -> None:
    bodies = Bodies(10, room=15)
    assert read(bodies, (b"abc", True), (b"de", False)) == b"abcde"
    assert read(bodies, (b"abc", True), None) is Lost.BROKEN_OFF
    assert read(bodies, (b"a" * 11, False)) is Lost.TOO_LARGE
    assert read(bodies, (b"a" * 10, True), (b"a", False)) is Lost.TOO_LARGE
    assert read(bodies, *[(b"a" * 10, True)] * 17) is Lost.TOO_LARGE
    assert bodies.held == 0


def test_all_bodies_together_have_an_end() -> None:
    bodies = Bodies(10, room=15)
    bodies.held = 10  # another's, half-read
    assert read(bodies, (b"a" * 4, True), (b"a" * 4, False)) is Lost.NO_ROOM
    assert read(bodies, (b"a" * 4, False)) == b"aaaa"
    assert bodies.held == 10
