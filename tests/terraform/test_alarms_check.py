"""`watchbill alarms check` on the plan of a real Terraform, before anything is applied."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests import good_alarms
from tests.terraform.servers import Server
from tests.terraform.terraforms import Terraform
from watchbill import clock

_TEXTS = (
    "key", "team", "title", "description", "severity", "impact_kind", "customer_impact",
    "required_action", "cannot_wait", "respond_within_minutes", "expression", "threshold",
    "for_minutes", "rationale", "expected_pages_per_month", "auto_resolve", "dedup_key", "runbook",
    "review_by",
)  # fmt: skip


def _resource(name: str, values: dict[str, Any], service: str) -> str:
    """Return an alarm as people write it for Terraform."""
    lines = [f"  {field} = {_hcl(values[field])}" for field in _TEXTS]
    waiver = "\n".join(f"    {field} = {_hcl(v)}" for field, v in values["waivers"][0].items())
    match = '  match = { alarm = ["card", "cards"], env = ["production"] }'
    source = "\n".join(f"    {field} = {_hcl(v)}" for field, v in values["source"].items())
    blocks = [f"  waiver {{\n{waiver}\n  }}", f"  source_ref {{\n{source}\n  }}"]
    body = "\n".join([*lines, f"  service = {service}", match, *blocks])
    return f'resource "watchbill_alarm" "{name}" {{\n{body}\n}}\n'


def _hcl(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("${", "$${")


def _check(terraform: Terraform) -> subprocess.CompletedProcess[str]:
    (terraform.folder / "plan.json").write_text(json.dumps(terraform.shown()), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-c", "from watchbill.cli import main; main.run()", "alarms", "check",
         "plan.json", "--json"],
        cwd=terraform.folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True,
    )  # fmt: skip


def test_a_plan_is_read_as_it_would_be_applied(
    terraform: Terraform, server: Server, word: str
) -> None:
    today = clock.real_now().date()
    values = good_alarms.values(f"{word}-a", today=today)
    terraform.write(
        'data "watchbill_team" "payments" { slug = "payments" }\n'
        f'resource "watchbill_service" "it" {{\n  slug = "{word}"\n  name = "It"\n'
        "  team_id = data.watchbill_team.payments.id\n}\n"
        + _resource("good", values, "watchbill_service.it.slug")
    )
    terraform.init()
    terraform.plan()
    done = _check(terraform)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = json.loads(done.stdout)["alarms"]
    assert (found["service"], found["key"]) == (word, f"{word}-a")
    assert found["file"] == "watchbill_alarm.good"
    assert found["findings"] == []  # A17 needs the history, which is not known here
