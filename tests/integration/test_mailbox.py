"""The demo's mail server takes what the real e-mail channel sends, and finds it again."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.channels import far_sides
from watchbill import mailbox
from watchbill.channels import smtp_email


def send(box: mailbox.Mailbox, **changes: object) -> None:
    settings = smtp_email.SmtpSettings(
        host="127.0.0.1",
        port=box.port,
        sender="Watchbill <pages@example.org>",
        security=smtp_email.Security.NONE,
    )
    channel = smtp_email.EmailChannel(settings)
    channel.send(far_sides.message("niamh@example.org", **changes))


def test_a_page_arrives_readable_with_its_links() -> None:
    box = mailbox.Mailbox.start("127.0.0.1")
    try:
        send(box, subject="Kasse 🔥", text="Zürich zahlt nicht.")
        (mail,) = box.messages
    finally:
        box.stop()
    assert (mail.to, mail.subject, mail.at) == ("niamh@example.org", "Kasse 🔥", far_sides.AT)
    assert mail.sender == "Watchbill <pages@example.org>"
    assert mail.text.startswith("Zürich zahlt nicht.\n")
    assert mail.links == (
        mailbox.Link(label="Acknowledge", url="https://watchbill.example.org/answers/tok-3f"),
        mailbox.Link(label="Open", url="https://watchbill.example.org/incidents/inc_7"),
    )
    assert {"to", "from", "subject", "at", "text", "links"} <= mail.as_json().keys()
    json.dumps(mail.as_json())


def test_a_link_that_a_long_mail_says_twice_is_one_answer() -> None:
    box = mailbox.Mailbox.start("127.0.0.1")
    said = "Acknowledge: https://watchbill.example.org/answers/tok-3f"
    try:
        send(box, text=f"{said}\n\nA long runbook.\n")
        (mail,) = box.messages
    finally:
        box.stop()
    assert [link.label for link in mail.links] == ["Acknowledge", "Open"]


def test_mails_are_newest_first_and_a_second_start_finds_them(tmp_path: Path) -> None:
    path = tmp_path / "mailbox.jsonl"
    first = mailbox.Mailbox.start("127.0.0.1", directory=tmp_path)
    try:
        for number in (1, 2, 3):
            send(first, subject=f"mail {number}")
        seen = first.messages
    finally:
        first.stop()
    assert [mail.subject for mail in seen] == ["mail 3", "mail 2", "mail 1"]
    assert [mail.id for mail in seen] == [3, 2, 1]
    with path.open("a", encoding="utf-8") as file:
        file.write('{"to": "cut short by a cr')
    second = mailbox.Mailbox.start("127.0.0.1", first.port, directory=tmp_path)
    try:
        assert second.messages == seen
        assert second.get(2) == seen[1]
        assert second.get(9) is None
        send(second, subject="mail 4")
        assert (second.messages[0].id, second.messages[0].subject) == (4, "mail 4")
    finally:
        second.stop()
    assert len(path.read_text(encoding="utf-8").splitlines()) == 4


def test_two_mailboxes_run_side_by_side() -> None:
    boxes = [mailbox.Mailbox.start("127.0.0.1") for _ in range(2)]
    try:
        send(boxes[0])
        assert [len(box.messages) for box in boxes] == [1, 0]
        assert boxes[0].port != boxes[1].port
    finally:
        for box in boxes:
            box.stop()
