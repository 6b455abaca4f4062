"""`runbook_score`: a quarter for each section that is there and says something."""

from __future__ import annotations

import pytest
from watchbill_terraform.scores import runbook_score

WHOLE = """
# Cards fail

## Impact
Nobody can pay.

## Diagnose
Look at the dashboard.

## Mitigate
Restart the worker.

## Escalate
The duty manager follows by itself.
"""


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("", 0),
        ("Restart it.", 0),
        (WHOLE, 100),
        (WHOLE.replace("## Impact\n", ""), 75),
        ("# Impact\n\n# Mitigate\nRestart it.", 25),  # an empty section is none
        ("# Impact and first checks\nNobody can pay.", 50),
        ("# Impact\n## Who\nEverybody.", 25),  # what is below it counts
        ("# Impactful\nNo.", 0),
        ("```\n# Impact\n```\nNobody can pay.", 0),  # a remark in a script is no heading
    ],
)
def test_a_quarter_for_each_section(text: str, score: int) -> None:
    assert runbook_score(text) == score
