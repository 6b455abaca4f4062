"""What Terraform may read, and how what exists comes into code."""

from __future__ import annotations

from tests.terraform.servers import Server
from tests.terraform.terraforms import Terraform

READING = """
data "watchbill_office" "it" { slug = "dublin" }
data "watchbill_team" "it" { slug = "payments" }
data "watchbill_person" "it" { email = "ann0@example.org" }
data "watchbill_rota" "team" { team_id = data.watchbill_team.it.id }
data "watchbill_rota" "managers" {}
data "watchbill_on_call" "now" { team = "payments" }
data "watchbill_on_call" "then" {
  team = "payments"
  at   = "2026-03-07T03:00:00+00:00"
}
data "watchbill_health" "it" {}

output "it" {
  value = {
    zone     = data.watchbill_office.it.zone
    team     = data.watchbill_team.it.members
    person   = data.watchbill_person.it.name
    rota     = data.watchbill_rota.team.members
    managers = data.watchbill_rota.managers.kind
    now      = data.watchbill_on_call.now
    then     = data.watchbill_on_call.then.steps[0].people
    health   = data.watchbill_health.it.lines
  }
}
"""


def test_what_may_be_read(terraform: Terraform, server: Server) -> None:
    email = server.one("people?email=" + server.good("GET", "people/ann")["email"])["email"]
    terraform.write(READING.replace("ann0@example.org", email))
    terraform.init()
    terraform.apply()
    it = terraform.outputs()["it"]
    assert it["zone"] == "Europe/Dublin"
    assert set(it["team"]) == {"ann", "ben", "cas"}
    assert it["rota"] == ["ann"]
    assert it["managers"] == "managers"
    assert it["now"]["is_working"] is False
    assert it["then"] == [server.good("GET", "people/vera")["name"]]
    assert set(it["health"].values()) == {0}
    terraform.settled()


def test_what_is_not_there_is_said_at_the_attribute(terraform: Terraform) -> None:
    terraform.write('data "watchbill_team" "it" {\n  slug = "nobody"\n}\n')
    terraform.init()
    said = terraform.refused()
    assert "There is no team 'nobody'." in said.line
    assert 'slug = "nobody"' in said.line


def test_a_thing_made_by_hand_is_imported_by_its_slug(
    terraform: Terraform, server: Server, word: str
) -> None:
    server.good("POST", "services", {"slug": word, "name": "By hand", "team_id": "payments"})
    terraform.write(f"""
resource "watchbill_service" "it" {{
  slug    = "{word}"
  name    = "By hand"
  team_id = "payments"
}}
""")
    terraform.init()
    terraform("import", "-no-color", "watchbill_service.it", word)
    terraform.settled()


def test_the_newest_writes_the_code_of_what_exists(
    newest: Terraform, server: Server, word: str
) -> None:
    """`import {}` and `-generate-config-out`: existing things become clean code."""
    server.good("POST", "services", {"slug": word, "name": "By hand", "team_id": "payments"})
    newest.write(f'import {{\n  to = watchbill_service.it\n  id = "{word}"\n}}\n')
    newest.init()
    newest("plan", "-no-color", "-generate-config-out=made.tf")
    assert f'"{word}"' in (newest.folder / "made.tf").read_text()
    assert "1 imported" in newest.apply().text
    newest.settled()


def test_a_function_scores_a_runbook(newest: Terraform) -> None:
    newest.write("""
output "score" {
  value = provider::watchbill::runbook_score("# Impact\\nNobody can pay.\\n# Mitigate\\nRestart it.")
}
""")
    newest.init()
    newest.apply()
    assert newest.outputs() == {"score": 50}
