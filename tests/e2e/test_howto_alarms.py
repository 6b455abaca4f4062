"""The tutorial of alarms in code, run as it stands against a real demo.

Ids: AL1, AL2, AL3, AL7, NO4, NO5, RO2, R1, R15.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e import howtos
from tests.e2e.demos import Demo

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "alarms-in-code.md"

pytestmark = pytest.mark.timeout(240)


def saturday_night() -> str:
    """Return the instant that the page starts the demo at."""
    command = ["date", "-u", "-d", "saturday 3:00", "+%FT%H:%M+00:00"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_an_alarm_goes_all_the_way_as_the_howto_says(tmp_path: Path) -> None:
    start, *rest = howtos.blocks(PAGE)
    assert "watchbill demo --port 8080 --data-dir demo" in start
    with Demo(tmp_path / "demo", "--at", saturday_night()) as demo:
        done = howtos.typed(rest, tmp_path, port=demo.port)
        mailbox = demo.mails()
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert re.search(r"refunds\.yml:\d+: R1 error: .*no runbook", said), said
    assert "Not yet." in said
    assert "1 alarm in 1 file, 0 below the bar" in said
    assert "+ payments-api/refunds-stuck" in said
    assert "Applied. 1 created" in said
    told = said.split("Applied. 1 created", 1)[1].split()
    words = [word for word in told if word in STEPS]
    assert words == [
        "held", "accepted", "triggered", "proposed", "resolved", "triggered", "accepted",
        "returned", "held",
    ]  # fmt: skip
    pages = [mail for mail in mailbox if "312 refunds are waiting" in mail["subject"]]
    assert len(pages) == 2, "NO5: once when it was accepted, once by the old version"


STEPS = {"held", "accepted", "triggered", "proposed", "resolved", "returned"}
