"""The express way: what is answered is what the ordinary way answers, in the order of asking."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests import builders, seeded
from tests.e2e.world import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World(database_url, builders.company(), at=builders.dublin("Sat 03:00")) as made:
        yield made
        made.phones.got.clear()
        made.log.entries.clear()


def body(key: str, **more: Any) -> bytes:
    payload = {"summary": "disk", "source": "h1", "severity": "critical", **more}
    event = {"routing_key": seeded.key_of(builders.INTEGRATION), "event_action": "trigger"}
    return json.dumps({**event, "dedup_key": key, "payload": payload}).encode()


def request(content: bytes, *headers: str) -> bytes:
    lines = ["POST /v2/enqueue HTTP/1.1", "Host: x", f"Content-Length: {len(content)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def chunked(content: bytes) -> bytes:
    head = b"POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)


def exchange(world: World, sent: bytes, *, answers: int) -> list[tuple[int, bytes, bytes]]:
    """Send bytes over one connection and return status, body and head of each answer."""
    host, port = world.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(sent)
        data = b""
        while len(found := _whole(data)) < answers:
            data += connection.recv(65536)
        return found


def _whole(data: bytes) -> list[tuple[int, bytes, bytes]]:
    found = []
    while match := re.match(
        rb"HTTP/1.1 (\d+).*?content-length: (\d+)(?:\r\n.*?)??\r\n\r\n", data, re.DOTALL
    ):
        end = match.end() + int(match.group(2))
        if len(data) < end:
            break
        found.append((int(match.group(1)), data[match.end() : end], match.group()))
        data = data[end:]
    return found


def keys(answers: list[tuple[int, bytes, bytes]]) -> list[str]:
    assert [status for status, _, _ in answers] == [202] * len(answers)
    return [json.loads(answer)["dedup_key"] for _, answer, _ in answers]


def test_both_ways_answer_alike(world: World):
    quick = exchange(world, request(body("a")), answers=1)
    assert quick == exchange(world, chunked(body("a")), answers=1)
    bad = exchange(world, request(b"{}"), answers=1)
    assert bad[0][0] == 400
    assert bad == exchange(world, chunked(b"{}"), answers=1)


def test_pipelined_requests_are_answered_in_order(world: World):
    sent = request(body("a")) + chunked(body("b")) + request(body("c")) + request(body("d"))
    assert keys(exchange(world, sent, answers=4)) == ["a", "b", "c", "d"]


def test_a_large_body_goes_the_ordinary_way(world: World):
    sent = request(body("large", custom_details={"text": "x" * 200_000}))
    assert keys(exchange(world, sent, answers=1)) == ["large"]


def test_a_connection_that_is_to_end_ends(world: World):
    host, port = world.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request(body("a"), "Connection: close"))
        data = b""
        while chunk := connection.recv(65536):
            data += chunk
    assert b"connection: close" in data
    assert keys(_whole(data)) == ["a"]


def test_who_leaves_without_an_answer_has_been_heard_all_the_same(world: World):
    host, port = world.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request(body("left")))
    assert keys(exchange(world, request(body("next")), answers=1)) == ["next"]
    kept = world.rows("select (select count(*) from inbox) + (select count(*) from events)")
    assert kept[0][0] in (1, 2)
