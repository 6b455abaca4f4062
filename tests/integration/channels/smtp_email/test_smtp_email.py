"""What is particular to e-mail: headers, protection of the connection, log-in, failures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from tests.fakes import certificates, listener, smtp_server
from tests.integration.channels import far_sides
from watchbill import outgoing
from watchbill.channels import smtp_email
from watchbill.core import messages

Security = smtp_email.Security


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Authority:
    return certificates.Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server() -> Iterator[smtp_server.SmtpServer]:
    made = smtp_server.SmtpServer()
    yield made
    made.stop()


def channel_to(port: int, **changes: Any) -> smtp_email.EmailChannel:
    values: dict[str, Any] = {
        "host": "localhost",
        "port": port,
        "sender": "Watchbill <pages@example.org>",
        "security": Security.NONE,
    }
    return smtp_email.EmailChannel(smtp_email.SmtpSettings(**(values | changes)), deadline_s=3.0)


def mail_of(server: smtp_server.SmtpServer) -> EmailMessage:
    (got,) = server.received
    mail = message_from_bytes(got.content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def send(server: smtp_server.SmtpServer, address: str = "niamh@example.org", **changes: Any):
    channel = channel_to(server.port)
    return channel.send(far_sides.message(address, **changes))


def test_the_headers_a_page_carries(server) -> None:
    receipt = send(server)
    mail = mail_of(server)
    assert {name: str(value) for name, value in mail.items() if "Content" not in name} == {
        "From": "Watchbill <pages@example.org>",
        "To": "niamh@example.org",
        "Subject": "Checkout is failing",
        "Date": "Sat, 07 Mar 2026 03:00:00 +0000",
        "Message-ID": "<ntf_0001@example.org>",
        "In-Reply-To": "<thread.inc_7@example.org>",
        "References": "<thread.inc_7@example.org>",
        "List-Id": "<pages.example.org>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Watchbill-Kind": "page",
        "MIME-Version": "1.0",
    }
    assert receipt == messages.Receipt(
        provider_id="<ntf_0001@example.org>", remark="250 2.0.0 Ok: queued as 4ABC"
    )
    assert server.received[0].sender == "pages@example.org"


def test_text_and_html_say_the_same(server) -> None:
    send(server, text="Errors > 5 % & rising <b>now</b>")
    mail = mail_of(server)
    plain, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n") == (
        "Errors > 5 % & rising <b>now</b>\n\n"
        "Acknowledge: https://watchbill.example.org/answers/tok-3f\n"
        "Open: https://watchbill.example.org/incidents/inc_7\n"
    )
    content = page.get_content()
    assert "Errors &gt; 5 % &amp; rising &lt;b&gt;now&lt;/b&gt;" in content
    assert (
        'class="first" href="https://watchbill.example.org/answers/tok-3f">Acknowledge' in content
    )
    assert "prefers-color-scheme: dark" in content
    assert "<form" not in content
    assert "<img" not in content


def test_only_web_links_are_linked(server) -> None:
    answer = messages.Answer(verb="x", label="Go", url='javascript:alert("1")')
    send(server, answers=(answer,), url="")
    page = mail_of(server).get_body(("html",))
    assert page is not None
    assert "javascript" not in page.get_content()


@pytest.mark.parametrize(
    "subject",
    [
        "Down\r\nBcc: eve@example.org",
        "Down\nBcc: eve@example.org\n\nbody",
        "Down\x0bBcc: eve@example.org",
        "Down\u2028Bcc: eve@example.org",
        "Down\x00\x85Bcc: eve@example.org",
        "=?utf-8?q?Down=0D=0ABcc:_eve@example.org?=",
        "=?utf-8?b?RG93bg0KQmNjOiBldmVAZXhhbXBsZS5vcmc=?= ü",
    ],
)
def test_no_header_can_be_smuggled_through_the_subject(server, subject) -> None:
    send(server, subject=subject)
    mail = mail_of(server)
    assert "Bcc" not in mail
    assert len(mail["Subject"].splitlines()) == 1
    assert b"\nBcc" not in server.received[0].content
    assert [received.to for received in server.received] == ["niamh@example.org"]


def test_other_fields_cannot_smuggle_headers_either(server) -> None:
    evil = "x>\r\nBcc: eve@example.org"
    answer = messages.Answer(verb="acknowledge", label=evil, url="https://example.org/\r\nBcc: x")
    send(server, thread=evil, list_id=evil, idempotency_key=evil, answers=(answer,))
    assert "Bcc" not in mail_of(server)
    head = server.received[0].content.partition(b"\r\n\r\n")[0]
    assert b"Bcc" not in head


def test_a_subject_beyond_ascii_arrives(server) -> None:
    subject = "Überlast in Zürich → Kasse 🔥 " + "sehr " * 20
    send(server, subject=subject)
    assert mail_of(server)["Subject"] == subject.strip()
    assert server.received[0].content.isascii()


def test_no_line_is_longer_than_smtp_allows(server) -> None:
    send(server, text="ü" * 5_000, subject="x" * 5_000, url="https://example.org/" + "y" * 3_000)
    assert max(len(line) for line in server.received[0].content.split(b"\r\n")) <= 998
    assert len(mail_of(server)["Subject"]) == 200


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(server) -> None:
    send(server, "séamus@bücher.example")
    assert server.received[0].to == "séamus@xn--bcher-kva.example"
    old = smtp_server.SmtpServer(is_utf8=False)
    try:
        with pytest.raises(messages.PermanentFailure):
            send(old, "séamus@bücher.example")
        send(old, "seamus@bücher.example")
        assert old.received[0].to == "seamus@xn--bcher-kva.example"
    finally:
        old.stop()


def test_the_same_message_has_the_same_id_and_mails_of_an_incident_one_thread(server) -> None:
    send(server)
    send(server, attempt=2)
    send(server, idempotency_key="ntf_0002")
    mails = [message_from_bytes(r.content, policy=policy.default) for r in server.received]
    assert [m["Message-ID"] for m in mails] == [
        "<ntf_0001@example.org>",
        "<ntf_0001@example.org>",
        "<ntf_0002@example.org>",
    ]
    assert {m["References"] for m in mails} == {"<thread.inc_7@example.org>"}


@pytest.mark.parametrize(
    ("security", "options"),
    [(Security.STARTTLS, "starttls"), (Security.OFFERED, "starttls"), (Security.TLS, "tls")],
)
def test_protected_connections(authority, security, options) -> None:
    server = smtp_server.SmtpServer(**{options: authority.server_context()})
    try:
        ca_file = str(authority.ca_file)
        channel_to(server.port, security=security, ca_file=ca_file).send(
            far_sides.message("niamh@example.org")
        )
        assert server.received[0].is_tls
    finally:
        server.stop()


def test_starttls_is_never_done_without(server) -> None:
    with pytest.raises(messages.TemporaryFailure, match="TLS"):
        channel_to(server.port, security=Security.STARTTLS).send(
            far_sides.message("niamh@example.org")
        )
    assert server.received == []


def test_offered_starttls_is_done_without_where_there_is_none(server) -> None:
    channel_to(server.port, security=Security.OFFERED).send(far_sides.message("n@example.org"))
    assert not server.received[0].is_tls


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize(("name", "days"), [("example.org", 1), ("localhost", -1)])
def test_a_wrong_certificate_gets_no_mail(authority, security, name, days) -> None:
    context = authority.server_context(name, valid_for=timedelta(days=days))
    tls = {"tls" if security is Security.TLS else "starttls": context}
    server = smtp_server.SmtpServer(**tls)
    try:
        channel = channel_to(server.port, security=security, ca_file=str(authority.ca_file))
        with pytest.raises(messages.TemporaryFailure, match="certificate"):
            channel.send(far_sides.message("niamh@example.org"))
        assert server.received == []
    finally:
        server.stop()


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_log_in_over_tls(authority, security) -> None:
    tls = {"tls" if security is Security.TLS else "starttls": authority.server_context()}
    server = smtp_server.SmtpServer(**tls, login=(b"wb", b"pa55"))
    try:
        settings = {"security": security, "ca_file": str(authority.ca_file), "username": "wb"}
        channel_to(server.port, password="pa55", **settings).send(far_sides.message("n@x.org"))
        assert server.received[0].login == b"wb"
        for wrong in ("no", "pä55"):
            with pytest.raises(messages.TemporaryFailure) as caught:
                channel_to(server.port, password=wrong, **settings).send(
                    far_sides.message("n@x.org")
                )
            assert wrong not in str(caught.value).split()
    finally:
        server.stop()


def test_a_password_is_not_left_to_chance() -> None:
    with pytest.raises(smtp_email.PasswordUnprotected):
        channel_to(25, security=Security.OFFERED, username="wb", password="pa55")


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [
        (b"421 4.3.2 closing\r\n", messages.TemporaryFailure),
        (b"450 4.7.1 later\r\n", messages.TemporaryFailure),
        (b"554 5.7.1 go away\r\n", messages.PermanentFailure),
    ],
)
def test_a_server_that_greets_with_no(greeting, kind) -> None:
    with listener.listening(listener.saying(greeting)) as port, pytest.raises(kind) as caught:
        channel_to(port).send(far_sides.message("niamh@example.org"))
    assert greeting[:9].decode() in str(caught.value)


def test_a_reply_that_never_ends_its_line_is_temporary() -> None:
    endless = listener.saying(b"220 " + b"x" * 100_000)
    with listener.listening(endless) as port, pytest.raises(messages.TemporaryFailure):
        channel_to(port).send(far_sides.message("niamh@example.org"))


def test_an_unknown_mail_server_is_temporary() -> None:
    with pytest.raises(messages.TemporaryFailure, match="name"):
        channel_to(25, host="no-such-host.invalid").send(far_sides.message("niamh@example.org"))


def test_a_yes_counts_though_the_server_is_gone_before_goodbye() -> None:
    replies = [b"250 hi", b"250 ok", b"250 ok", b"354 go"]

    def short_lived(sock, stop) -> None:
        sock.sendall(b"220 hi\r\n")
        for reply in replies:
            sock.recv(65_536)
            sock.sendall(reply + b"\r\n")
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            content += sock.recv(65_536)
        sock.sendall(b"250 2.0.0 kept\r\n")

    with listener.listening(short_lived) as port:
        receipt = channel_to(port).send(far_sides.message("niamh@example.org"))
    assert receipt.remark == "250 2.0.0 kept"


@pytest.mark.parametrize("code", sorted(smtp_email.REPLIES))
def test_the_table_of_replies_holds_at_the_recipient(server, code) -> None:
    kind, words = smtp_email.REPLIES[code]
    server.replies = {"RCPT": f"{code} {code // 100}.1.1 <niamh@example.org> said no"}
    with pytest.raises(kind) as caught:
        send(server)
    assert str(caught.value) == f"{words} ({code} {code // 100}.1.1)"


def test_every_network_error_has_words() -> None:
    for error in (TimeoutError(), ConnectionResetError(), OSError(), ValueError()):
        failure = smtp_email.failure_of(error)
        assert isinstance(failure, messages.TemporaryFailure)
        assert str(failure).endswith(".")
    assert outgoing.cause(TimeoutError()) == "The other side did not answer in time."
