"""The how-to for a new company, run as it stands against a real `watchbill serve`.

Ids: RO1, RO2, NO2, NO4.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e import howtos, processes
from watchbill.mailbox import ReceivedMail

TOP = Path(__file__).resolve().parents[2]
PAGE = TOP / "docs" / "howto" / "first-steps.md"
NAMES = {"Ann Byrne": "ann@example.org", "Vera Okafor": "vera@example.org"}

pytestmark = pytest.mark.timeout(180)


def is_page(mail: ReceivedMail) -> bool:
    """A page says why it calls; word of shifts to come does not."""
    return "Why you:" in mail.text


def test_a_new_company_comes_to_its_first_page_as_the_howto_says(tmp_path: Path) -> None:
    start, *rest = howtos.blocks(PAGE)
    assert "watchbill serve --port 8080 --data-dir company" in start
    with (
        processes.mail() as mailbox,
        processes.Serve(tmp_path, data_dir=tmp_path / "company", smtp_port=mailbox.port) as server,
    ):
        done = howtos.typed(rest, tmp_path, port=server.port)
        assert done.returncode == 0, done.stdout + done.stderr
        processes.until(
            lambda: any(is_page(mail) for mail in mailbox.messages),
            within_s=30,
            what="the page's mail",
        )
        mails = [mail for mail in mailbox.messages if is_page(mail)]
    first = re.search(r"^(\w+ \w+) \((?:rota|team|volunteer)", done.stdout, re.MULTILINE)
    assert first is not None, done.stdout
    assert {mail.to for mail in mails} == {NAMES[first[1]]}, "whom `route` named, and nobody else"
    assert "8% of payments fail" in mails[0].text
    assert "WRONG  duty manager" not in done.stdout
