"""What is particular to webhooks: signature, waits asked for, redirects, kept connections, CPU."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.fakes import http_receiver, listener
from tests.integration.channels import far_sides
from watchbill import clock, outgoing
from watchbill.channels import webhook
from watchbill.core import messages

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.fixture
def receiver() -> Iterator[http_receiver.HttpReceiver]:
    made = http_receiver.HttpReceiver()
    yield made
    made.stop()


@pytest.fixture
def channel() -> Iterator[webhook.WebhookChannel]:
    calls = outgoing.Outgoing(allowed=LOOPBACK)
    yield webhook.WebhookChannel(calls, deadline_s=2.0)
    calls.close()


def failed(channel: webhook.WebhookChannel, url: str) -> messages.TemporaryFailure:
    with pytest.raises(messages.TemporaryFailure) as caught:
        channel.send(far_sides.message(url))
    return caught.value


def test_the_body_is_signed_with_its_time(receiver, channel) -> None:
    before = int(clock.real_now().timestamp())
    channel.send(far_sides.message(receiver.url, data={"event": "incident.triggered", "n": 1}))
    (got,) = receiver.received
    assert json.loads(got.body) == {"id": "ntf_0001", "event": "incident.triggered", "n": 1}
    stamp = got.headers["watchbill-timestamp"]
    assert before <= int(stamp) <= before + 5
    digest = hmac.new(
        far_sides.SECRET.encode(), f"{stamp}.".encode() + got.body, hashlib.sha256
    ).hexdigest()
    assert got.headers["watchbill-signature"] == f"v1={digest}"
    assert got.headers["idempotency-key"] == "ntf_0001"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("Watchbill/")
    assert got.method == "POST"


def test_without_a_secret_nothing_is_signed(receiver, channel) -> None:
    channel.send(far_sides.message(receiver.url, secret=""))
    assert "watchbill-signature" not in receiver.received[0].headers


def test_every_attempt_has_the_same_body(receiver, channel) -> None:
    for attempt in (1, 2):
        channel.send(far_sides.message(receiver.url, attempt=attempt))
    assert receiver.received[0].body == receiver.received[1].body
    assert [r.headers["watchbill-attempt"] for r in receiver.received] == ["1", "2"]


def test_the_remark_is_short_and_hides_what_the_answer_repeats(receiver, channel) -> None:
    url = f"{receiver.url}/hooks/tok-1"
    said = f"taken for niamh@example.org via {url} with {far_sides.SECRET} " + "word " * 1000
    receiver.answer = http_receiver.Answer(status=202, body=said.encode())
    receipt = channel.send(far_sides.message(url))
    assert receipt.remark.startswith("202 taken for … via … with … word")
    assert len(receipt.remark) <= 204


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("17", timedelta(seconds=17)),
        ("0", timedelta(0)),
        ("86400", timedelta(hours=1)),
        ("9" * 40, timedelta(hours=1)),
        ("soon", None),
        ("-5", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta(0)),
        ("Wed, 21 Oct 9999 07:28:00 GMT", timedelta(hours=1)),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_honoured_within_an_hour(receiver, channel, value, wait) -> None:
    receiver.answer = http_receiver.Answer(status=503, headers={"Retry-After": value})
    assert failed(channel, receiver.url).retry_after == wait


def test_retry_after_may_be_a_date(receiver, channel) -> None:
    moment = clock.real_now() + timedelta(minutes=10)
    headers = {"Retry-After": format_datetime(moment, usegmt=True)}
    receiver.answer = http_receiver.Answer(status=429, headers=headers)
    wait = failed(channel, receiver.url).retry_after
    assert wait is not None
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)


def test_a_redirect_is_never_followed(receiver, channel) -> None:
    target = f"{receiver.url}/elsewhere"
    receiver.answer = http_receiver.Answer(status=307, headers={"Location": target})
    with pytest.raises(messages.PermanentFailure, match="Redirects are not followed"):
        channel.send(far_sides.message(f"{receiver.url}/hook"))
    assert [r.path for r in receiver.received] == ["/hook"]


def test_a_redirect_into_the_network_reaches_nobody(receiver, channel) -> None:
    receiver.answer = http_receiver.Answer(
        status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}
    )
    with pytest.raises(messages.PermanentFailure):
        channel.send(far_sides.message(receiver.url))


def test_connections_are_kept(receiver, channel) -> None:
    for _ in range(5):
        channel.send(far_sides.message(receiver.url))
    assert len({r.peer for r in receiver.received}) == 1


def test_a_kept_connection_the_other_side_closed_is_replaced(channel) -> None:
    answers = 0

    def one_each(sock, stop) -> None:
        nonlocal answers
        while b"\r\n\r\n" not in sock.recv(65_536):
            pass
        answers += 1
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with listener.listening(one_each) as port:
        for _ in range(3):
            channel.send(far_sides.message(f"http://127.0.0.1:{port}/", data={"n": 1}))
    assert answers == 3


def test_a_kept_connection_that_dies_at_the_second_message_is_replaced(channel) -> None:
    answered = 0

    def one_then_none(sock, stop) -> None:
        nonlocal answered
        sock.recv(65_536)
        answered += 1
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        sock.recv(65_536)

    with listener.listening(one_then_none) as port:
        for _ in range(3):
            channel.send(far_sides.message(f"http://127.0.0.1:{port}/"))
    assert answered == 3


def test_an_answer_nobody_asked_for_is_not_taken_for_one(channel) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    sent = threading.Event()

    def talkative(sock, stop) -> None:
        while sock.recv(65_536):
            sock.sendall(answer)
            if not sent.is_set():
                stop.wait(0.05)
                sock.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                sent.set()

    with listener.listening(talkative) as port:
        message = far_sides.message(f"http://127.0.0.1:{port}/")
        channel.send(message)
        assert sent.wait(5)
        assert channel.send(message).remark == "200"


def test_an_answer_larger_than_the_remark_closes_its_connection(receiver, channel) -> None:
    receiver.answer = http_receiver.Answer(body=b"x" * 100_000)
    for _ in range(2):
        channel.send(far_sides.message(receiver.url))
    assert len({r.peer for r in receiver.received}) == 2


def test_a_yes_whose_body_never_ends_is_a_yes(channel) -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx"
    quick = webhook.WebhookChannel(channel._calls, deadline_s=0.3)
    with listener.listening(listener.saying(said)) as port:
        receipt = quick.send(far_sides.message(f"http://127.0.0.1:{port}/"))
    assert receipt.remark == "200"


def test_the_url_s_password_goes_into_a_header(receiver, channel) -> None:
    channel.send(far_sides.message(receiver.url.replace("://", "://joe:p%40ss@")))
    (got,) = receiver.received
    assert got.headers["authorization"] == "Basic am9lOnBAc3M="
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_private_networks_are_refused_by_default(receiver) -> None:
    strict = webhook.WebhookChannel(outgoing.Outgoing())
    for host in ("127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "[::ffff:127.0.0.1]"):
        url = f"http://{host}:{receiver.port}/"
        for act in (strict.check, lambda url: strict.send(far_sides.message(url))):
            with pytest.raises(messages.PermanentFailure, match="private network"):
                act(url)
    assert receiver.received == []


def test_an_unknown_name_passes_the_check_and_fails_for_now(channel) -> None:
    url = "https://no-such-host.invalid/hook"
    channel.check(url)
    failed(channel, url)


def test_a_message_costs_little_cpu(channel) -> None:
    """10,000 messages take less than 5 s of CPU; here one may take a third of a millisecond."""
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def answering(sock, stop) -> None:
        while sock.recv(65_536):
            sock.sendall(reply)

    with listener.listening(answering) as port:
        message = far_sides.message(f"http://127.0.0.1:{port}/", data={"text": "x" * 500})
        channel.send(message)
        begun = time.thread_time()
        for _ in range(500):
            channel.send(message)
        spent = (time.thread_time() - begun) / 500
    assert spent < 0.000_33
