"""The tutorial of volunteers and shifts, run as it stands against a real demo.

Ids: NO1, NO2, VO1, VO2, VO6-VO8, SH1-SH3, SH5.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e import howtos
from tests.e2e.demos import Demo

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "volunteers-and-shifts.md"

pytestmark = pytest.mark.timeout(240)


def tuesday_morning() -> str:
    """Return the instant that the page starts the demo at."""
    command = ["date", "-u", "-d", "tuesday 10:00", "+%FT%H:%M+00:00"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_from_an_offer_to_shifts_and_out_again_as_the_howto_says(tmp_path: Path) -> None:
    start, *rest = howtos.blocks(PAGE)
    assert "watchbill demo --port 8080 --data-dir demo" in start
    with Demo(tmp_path / "demo", "--at", tuesday_morning()) as demo:
        done = howtos.typed(rest, tmp_path, port=demo.port)
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert "Only the person themselves may do this." in said, "NO2"
    assert re.search(r"7 of 8 seats taken, \d waiting", said), said
    assert len(re.findall(r"^term_", said, re.MULTILINE)) >= 1
    assert "true" in said.splitlines(), "VO6: ready"
    weeks = re.findall(r"^20\d\d-\d\d-\d\d .+$", said, re.MULTILINE)
    assert len(weeks) == 12
    assert any("Tomás Byrne" in week for week in weeks), "VO2: who joins stands a part"
    assert "proven best []" in said
    assert "accepted" in said.splitlines(), "SH5"
    assert "[]" in said.splitlines(), "VO8: nobody is on call who did not choose to be"
    assert said.rstrip().endswith("0 shifts ahead"), "NO1"
