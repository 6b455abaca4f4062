"""The far side of e-mail: an SMTP server."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any, ClassVar

from tests.fakes import smtp_server
from tests.integration.channels import far_sides
from watchbill.channels import smtp_email
from watchbill.core import messages


class FarSide:
    bad_addresses = (
        "",
        "niamh",
        "niamh@",
        "@example.org",
        "niamh@example..org",
        "niamh@-example.org",
        "a b@example.org",
        "niamh@example.org\r\nBcc: eve@example.org",
        "niamh@example.org, eve@example.org",
        "<niamh@example.org>",
        ".niamh@example.org",
        "niamh@" + "x" * 64 + ".org",
        "n" * 65 + "@example.org",
    )
    temporary: ClassVar = {
        f"{verb} {reply}": {verb: f"{reply} no, niamh@example.org"}
        for verb, reply in (
            ("MAIL", "421 4.3.2"),
            ("MAIL", "451 4.3.0"),
            ("MAIL", "530 5.7.0"),
            ("RCPT", "421 4.3.2"),
            ("RCPT", "450 4.2.0"),
            ("RCPT", "452 4.2.2"),
            ("RCPT", "499 4.9.9"),
            ("DATA", "451 4.3.0"),
            ("DATA", "452 4.3.1"),
        )
    }
    permanent: ClassVar = {
        f"{verb} {reply}": {verb: f"{reply} no, niamh@example.org"}
        for verb, reply in (
            ("MAIL", "552 5.3.4"),
            ("MAIL", "553 5.1.8"),
            ("RCPT", "550 5.1.1"),
            ("RCPT", "551 5.1.6"),
            ("RCPT", "552 5.2.2"),
            ("RCPT", "553 5.1.3"),
            ("RCPT", "556 5.1.10"),
            ("RCPT", "599 5.9.9"),
            ("DATA", "550 5.7.1"),
            ("DATA", "554 5.7.1"),
        )
    }
    drips = b"220-" + b"x" * 10_000

    def __init__(self) -> None:
        self._server = smtp_server.SmtpServer(login=(b"watchbill", b"pa55-word"))
        self.channel, self.address = self.at(self._server.port, deadline_s=5.0)
        self.hidden = ("niamh", "pa55-word", "127.0.0.1", far_sides.SECRET)

    def seen(self) -> list[far_sides.Seen]:
        return [_seen(r.content) for r in self._server.received]

    def answer_with(self, case: Any) -> None:
        self._server.replies = case

    def at(self, port: int, *, deadline_s: float) -> tuple[messages.Channel, str]:
        settings = smtp_email.SmtpSettings(
            host="127.0.0.1",
            port=port,
            sender="Watchbill <pages@example.org>",
            security=smtp_email.Security.NONE,
            username="watchbill",
            password="pa55-word",
        )
        channel = smtp_email.EmailChannel(settings, deadline_s=deadline_s)
        return channel, "niamh@example.org"

    def stop(self) -> None:
        self._server.stop()


def _seen(content: bytes) -> far_sides.Seen:
    mail = message_from_bytes(content, policy=policy.default)
    part = mail.get_body(("plain",))
    assert part is not None
    key = mail["Message-ID"].strip("<>").partition("@")[0]
    return far_sides.Seen(key=key, text=part.get_content())
