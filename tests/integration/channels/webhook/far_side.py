"""The far side of webhooks: an HTTP receiver."""

from __future__ import annotations

import ipaddress
import json
from typing import Any, ClassVar

from tests.fakes import http_receiver
from tests.integration.channels import far_sides
from watchbill import outgoing
from watchbill.channels import webhook
from watchbill.core import messages

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


class FarSide:
    bad_addresses = (
        "",
        "example.org/hook",
        "ftp://example.org/hook",
        "file:///etc/passwd",
        "http://",
        "http://10.0.0.1/hook",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:8080/hook",
        "http://[::ffff:10.0.0.1]/hook",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://example.org:0/",
        "https://example.org:99999/",
    )
    temporary: ClassVar = {
        str(status): http_receiver.Answer(status=status, body=b"later")
        for status in (408, 425, 429, 500, 502, 503, 504, 599)
    }
    permanent: ClassVar = {
        str(status): http_receiver.Answer(status=status, body=b"never")
        for status in (300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 413, 422)
    }
    drips = b"HTTP/1.1 200 OK\r\nX-Drip: " + b"x" * 10_000

    def __init__(self) -> None:
        self._receiver = http_receiver.HttpReceiver()
        self._calls = outgoing.Outgoing(allowed=LOOPBACK)
        self._others: list[outgoing.Outgoing] = []
        self.channel: messages.Channel = webhook.WebhookChannel(self._calls)
        self.address = f"{self._receiver.url}/hooks/tok-9a?key=k-77"
        self.hidden = ("tok-9a", "k-77", "127.0.0.1", far_sides.SECRET)

    def seen(self) -> list[far_sides.Seen]:
        return [
            far_sides.Seen(key=r.headers["idempotency-key"], text=json.loads(r.body)["text"])
            for r in self._receiver.received
        ]

    def answer_with(self, case: Any) -> None:
        self._receiver.answer = case

    def at(self, port: int, *, deadline_s: float) -> tuple[messages.Channel, str]:
        self._others.append(outgoing.Outgoing(allowed=LOOPBACK))
        channel = webhook.WebhookChannel(self._others[-1], deadline_s=deadline_s)
        return channel, f"http://127.0.0.1:{port}/hooks/tok-9a"

    def stop(self) -> None:
        for calls in [self._calls, *self._others]:
            calls.close()
        self._receiver.stop()
