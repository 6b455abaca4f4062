"""Outgoing connections: certificates, names, and the address that was judged."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.fakes import certificates, http_receiver, listener
from watchbill import clock, outgoing
from watchbill.core import addresses

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Authority:
    return certificates.Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def calls(authority: certificates.Authority) -> Iterator[outgoing.Outgoing]:
    made = outgoing.Outgoing(allowed=LOOPBACK, ca_file=str(authority.ca_file))
    yield made
    made.close()


def receiver_at(context) -> http_receiver.HttpReceiver:
    return http_receiver.HttpReceiver(context)


def test_a_certificate_is_verified_by_name_though_the_address_was_judged(authority, calls) -> None:
    context = authority.server_context()
    asked: list[str | None] = []
    context.sni_callback = lambda _sock, name, _context: asked.append(name)
    receiver = receiver_at(context)
    try:
        for _ in range(2):
            reply = calls.fetch(f"https://localhost:{receiver.port}/cert.pem")
            assert (reply.status, reply.body, reply.is_whole) == (200, b"ok", True)
    finally:
        calls.close()
        receiver.stop()
    assert asked == ["localhost"]
    assert {r.headers["host"] for r in receiver.received} == {f"localhost:{receiver.port}"}
    assert len({r.peer for r in receiver.received}) == 1


@pytest.mark.parametrize(
    ("name", "days"), [("example.org", 1), ("localhost", -1)], ids=["another name", "expired"]
)
def test_a_wrong_certificate_is_not_accepted(authority, calls, name, days) -> None:
    receiver = receiver_at(authority.server_context(name, valid_for=timedelta(days=days)))
    try:
        with pytest.raises(outgoing.NoAnswer, match="certificate"):
            calls.fetch(f"https://localhost:{receiver.port}/")
    finally:
        receiver.stop()
    assert receiver.received == []


def test_an_unknown_authority_is_not_accepted(authority) -> None:
    receiver = receiver_at(authority.server_context())
    try:
        with pytest.raises(outgoing.NoAnswer, match="certificate"):
            outgoing.Outgoing(allowed=LOOPBACK).fetch(f"https://localhost:{receiver.port}/")
    finally:
        receiver.stop()


def test_plain_http_on_a_tls_url_is_no_answer(calls) -> None:
    plain = listener.saying(b"HTTP/1.1 200 OK\r\n\r\n")
    with listener.listening(plain) as port, pytest.raises(outgoing.NoAnswer, match="secure"):
        calls.fetch(f"https://localhost:{port}/")


def test_a_tls_handshake_has_the_deadline_too(calls) -> None:
    with listener.listening(listener.black_hole) as port:
        begun = clock.real_monotonic()
        with pytest.raises(outgoing.NoAnswer, match="in time"):
            calls.fetch(f"https://localhost:{port}/", deadline_s=0.3)
        assert clock.real_monotonic() - begun < 1.0


def test_a_body_is_cut_at_its_limit(calls) -> None:
    receiver = receiver_at(None)
    receiver.answer = http_receiver.Answer(body=b"x" * 5_000)
    try:
        reply = calls.fetch(receiver.url, limit=1_000)
    finally:
        receiver.stop()
    assert len(reply.body) == 1_000
    assert not reply.is_whole


def test_a_chunked_answer_is_read_and_its_connection_kept(calls) -> None:
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    asked = 0

    def answering(sock, stop) -> None:
        nonlocal asked
        asked += 1
        while sock.recv(65_536):
            sock.sendall(said)

    with listener.listening(answering) as port:
        for _ in range(3):
            assert calls.fetch(f"http://127.0.0.1:{port}/").body == b"ok"
    assert asked == 1


def test_a_header_cannot_end_its_line(calls) -> None:
    with pytest.raises(outgoing.NoAnswer):
        calls.request("POST", "http://127.0.0.1:9/", headers={"X": "a\r\nY: b"}, deadline_s=1.0)


def test_without_leave_no_private_address_is_called() -> None:
    strict = outgoing.Outgoing()
    receiver = receiver_at(None)
    try:
        for host in ("127.0.0.1", "localhost", "127.1"):
            with pytest.raises(outgoing.Refused):
                strict.fetch(f"http://{host}:{receiver.port}/")
            with pytest.raises(outgoing.Refused):
                strict.check(f"http://{host}:{receiver.port}/")
    finally:
        receiver.stop()
    assert receiver.received == []


def test_what_is_no_url_is_told_so(calls) -> None:
    with pytest.raises(addresses.BadUrl):
        calls.fetch("file:///etc/passwd")
