"""The pages in docs/channels say what the channels do."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import pytest

from tests.fakes import http_receiver
from tests.integration.channels import far_sides
from watchbill import outgoing
from watchbill.channels import smtp_email, webhook
from watchbill.core import messages

DOCS = Path(__file__).parents[3] / "docs" / "channels"


def test_the_sample_verifies_a_real_message_and_nothing_else() -> None:
    sample = re.search(r"```python\n(.*?)```", (DOCS / "webhook.md").read_text("utf-8"), re.DOTALL)
    assert sample is not None
    namespace: dict[str, object] = {}
    exec(sample[1], namespace)
    verify = namespace["is_from_watchbill"]
    receiver = http_receiver.HttpReceiver()
    calls = outgoing.Outgoing(allowed=[ipaddress.ip_network("127.0.0.0/8")])
    try:
        webhook.WebhookChannel(calls).send(far_sides.message(receiver.url, data={"n": "ü"}))
    finally:
        calls.close()
        receiver.stop()
    (got,) = receiver.received
    headers = {name.title(): value for name, value in got.headers.items()}
    now = int(headers["Watchbill-Timestamp"])
    assert verify(far_sides.SECRET, headers, got.body, now + 1)
    assert not verify(far_sides.SECRET, headers, got.body, now + 301)
    assert not verify("another secret", headers, got.body, now + 1)
    assert not verify(far_sides.SECRET, headers, got.body + b" ", now + 1)


def test_the_table_of_mail_replies_is_the_code_s() -> None:
    rows = re.findall(r"^\| ([^|]+) \| (temporary|permanent)", page("email.md"), re.MULTILINE)
    told = {int(code): word for codes, word in rows for code in re.findall(r"\b[45]\d\d\b", codes)}
    kinds = {messages.TemporaryFailure: "temporary", messages.PermanentFailure: "permanent"}
    in_code = {code: kinds[kind] for code, (kind, _) in smtp_email.REPLIES.items()}
    assert told == in_code


def test_the_table_of_statuses_is_the_code_s() -> None:
    (row,) = re.findall(r"^\| (408.*?), any 5xx \| temporary", page("webhook.md"), re.MULTILINE)
    assert {int(code) for code in row.split(", ")} == webhook.TEMPORARY_STATUSES


@pytest.mark.parametrize("kind", messages.MessageKind)
def test_every_kind_a_mail_may_have_is_named(kind: messages.MessageKind) -> None:
    is_named = f"`{kind.value}`" in page("email.md")
    assert is_named == (kind is not messages.MessageKind.HOOK)


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")
