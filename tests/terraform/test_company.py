"""Teams, services, doors, rotas and policies in code: their whole life, on both binaries."""

from __future__ import annotations

from tests.terraform.servers import Server
from tests.terraform.terraforms import Terraform


def company(word: str, *, name: str = "Checkout", wait: int = 5, turn: str = "week") -> str:
    return f"""
data "watchbill_office" "dublin" {{ slug = "dublin" }}

resource "watchbill_team" "it" {{
  slug      = "{word}"
  name      = "{name}"
  office_id = data.watchbill_office.dublin.id
  week {{
    weekday = 0
    start   = "09:00"
    end     = "17:00"
  }}
}}

resource "watchbill_service" "it" {{
  slug    = "{word}"
  name    = "{name}"
  team_id = watchbill_team.it.id
}}

resource "watchbill_integration" "it" {{
  service_id = watchbill_service.it.id
  source     = "alertmanager"
  name       = "Alertmanager"
}}

resource "watchbill_rota" "it" {{
  kind      = "team"
  team_id   = watchbill_team.it.id
  name      = "{word}"
  zone      = "Europe/Dublin"
  turn      = "{turn}"
  starts_on = "2026-01-05"
}}

resource "watchbill_escalation_policy" "it" {{
  team_id = watchbill_team.it.id
  step {{
    target       = "rota"
    wait_minutes = {wait}
  }}
  step {{
    target       = "team"
    wait_minutes = 10
  }}
}}

output "url" {{
  value     = watchbill_integration.it.url
  sensitive = true
}}
"""


def test_the_life_of_a_company_in_code(terraform: Terraform, server: Server, word: str) -> None:
    """Plan, apply, empty plan, update in place, drift, deletion outside, replace, destroy."""
    terraform.write(company(word))
    terraform.init()
    made = terraform.plan()
    assert len(made) == 5
    assert all(actions == ["create"] for actions in made.values())
    terraform.apply(planned=True)
    terraform.settled()
    team = server.one(f"teams?slug={word}")
    service = server.one(f"services?slug={word}")
    assert [step["wait_s"] for step in team["policy"]] == [300, 600]
    assert service["team_id"] == team["id"]

    terraform.write(company(word, name="Payments", wait=7))
    assert terraform.plan() == {
        f"watchbill_{noun}.it": ["update"] for noun in ("team", "service", "escalation_policy")
    }
    terraform.apply(planned=True)
    terraform.settled()
    assert server.one(f"services?slug={word}")["name"] == "Payments"

    # By hand: a name, a policy, and a door that is closed.
    server.good("PATCH", f"services/{service['id']}", {"name": "By hand"})
    server.good("PATCH", f"teams/{team['id']}", {"policy": []})
    door = server.one(f"integrations?service_id={service['id']}")
    server.good("DELETE", f"integrations/{door['id']}")
    assert terraform.plan() == {
        "watchbill_escalation_policy.it": ["update"],
        "watchbill_integration.it": ["create"],
        "watchbill_service.it": ["update"],
    }
    terraform.apply(planned=True)

    terraform.write(company(word, name="Payments", wait=7).replace('"alertmanager"', '"grafana"'))
    assert terraform.plan() == {"watchbill_integration.it": ["delete", "create"]}
    terraform.apply(planned=True)
    assert "/intake/grafana/" in terraform.outputs()["url"]

    # What has a history stays on the server; Terraform lets go of it and says so.
    assert f"The service {word} stays on the server" in terraform.destroy().line
    assert server.good("GET", f"rotas?team_id={team['id']}")["items"] == []
    assert server.one(f"teams?slug={word}")["policy"] == []
    assert terraform.outputs() == {}
