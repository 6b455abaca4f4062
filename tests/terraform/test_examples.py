"""The shipped examples: applied as they are, on both binaries; a second plan finds nothing."""

from __future__ import annotations

import shutil
from datetime import timedelta

from tests.terraform import terraforms
from tests.terraform.servers import Server
from tests.terraform.terraforms import Terraform
from watchbill import clock

TOP = terraforms.TOP / "terraform"


def test_the_example_of_a_team_with_an_alarm(terraform: Terraform, server: Server) -> None:
    for name in ("modules", "examples"):
        shutil.copytree(TOP / name, terraform.folder / name)
    terraform.folder = terraform.folder / "examples" / "checkout"
    word = "a" if terraform.binary == terraforms.OLD else "b"  # both run against one server
    main = terraform.folder / "main.tf"
    main.write_text(main.read_text().replace('"billing"\n', f'"{word}-billing"\n').replace('"invoices"\n', f'"{word}-invoices"\n'))  # fmt: skip
    runbook = terraform.folder / "runbooks" / "InvoicesFail.md"
    runbook.write_text(runbook.read_text().replace("team billing", f"team {word}-billing"))
    until = (clock.real_now() + timedelta(days=150)).date().isoformat()
    terraform.environment |= {"TF_VAR_revision": "abc123", "TF_VAR_review_by": until}
    terraform.init()
    terraform.apply()
    terraform.settled()
    assert terraform.outputs()["handover_state"] == "proposed"
    alarm = server.one(f"alarms?service={word}-invoices")
    assert (alarm["key"], alarm["team"]) == ("InvoicesFail", f"{word}-billing")
    assert "stays on the server" in terraform.destroy().line
