"""What a plan must bear: unknown values, many resources at once, mistakes, other people's changes."""

from __future__ import annotations

from tests.terraform.servers import Server
from tests.terraform.terraforms import Terraform


def test_more_than_ten_things_at_once(terraform: Terraform, server: Server, word: str) -> None:
    """Terraform asks ten at a time; the provider is one process with many threads."""
    terraform.write(f"""
data "watchbill_team" "payments" {{ slug = "payments" }}

resource "watchbill_service" "many" {{
  count   = 24
  slug    = "{word}-${{count.index}}"
  name    = "Number ${{count.index}}"
  team_id = data.watchbill_team.payments.id
}}
""")
    terraform.init()
    assert "24 added" in terraform.apply().text
    terraform.settled()
    rows = server.good("GET", "services?limit=200")["items"]
    assert {f"{word}-{n}" for n in range(24)} <= {row["slug"] for row in rows}
    assert "24 destroyed" in terraform.destroy().text


UNKNOWN = """
data "watchbill_office" "dublin" {{ slug = "dublin" }}

resource "watchbill_team" "first" {{
  slug      = "{word}"
  name      = "First"
  office_id = data.watchbill_office.dublin.id
}}

# An id that is known only after the apply, in every place that can hold one.
locals {{ unknown = watchbill_team.first.id }}

resource "watchbill_team" "second" {{
  slug      = "{word}-2"
  name      = "After ${{local.unknown}}"
  office_id = watchbill_team.first.office_id
  dynamic "week" {{
    for_each = toset(["0", "1"])
    content {{
      weekday = tonumber(week.value)
      start   = length(local.unknown) > 0 ? "09:00" : "10:00"
      end     = "17:00"
    }}
  }}
}}

resource "watchbill_service" "it" {{
  slug            = "{word}"
  name            = local.unknown
  team_id         = local.unknown
  grouping        = "fields"
  grouping_fields = [local.unknown, "env"]
  close_after_s   = length(local.unknown) * 60
}}

resource "watchbill_escalation_policy" "it" {{
  team_id = watchbill_team.second.id
  dynamic "step" {{
    for_each = [length(local.unknown) > 0 ? "rota" : "team", "team"]
    content {{
      target       = step.value
      wait_minutes = length(local.unknown)
    }}
  }}
}}
"""


def test_unknown_values_may_stand_everywhere(
    terraform: Terraform, server: Server, word: str
) -> None:
    terraform.write(UNKNOWN.format(word=word))
    terraform.init()
    assert set(map(tuple, terraform.plan().values())) == {("create",)}
    terraform.apply(planned=True)
    terraform.settled()
    first, second = server.one(f"teams?slug={word}"), server.one(f"teams?slug={word}-2")
    service = server.one(f"services?slug={word}")
    assert second["name"] == f"After {first['id']}"
    assert service["grouping_fields"] == sorted(["env", first["id"]])
    assert second["policy"] == [
        {"target": target, "wait_s": 60 * len(first["id"])} for target in ("rota", "team")
    ]


def test_a_block_that_is_unknown_as_a_whole(
    terraform: Terraform, server: Server, word: str
) -> None:
    body = UNKNOWN.format(word=word).replace(
        'for_each = toset(["0", "1"])', 'for_each = toset([for n in range(length(local.unknown) > 0 ? 2 : 1) : tostring(n)])'
    )  # fmt: skip
    terraform.write(body)
    terraform.init()
    terraform.apply()
    terraform.settled()
    assert [span["weekday"] for span in server.one(f"teams?slug={word}-2")["week"]] == [0, 1]


MISTAKES = """
data "watchbill_team" "payments" { slug = "payments" }

resource "watchbill_escalation_policy" "it" {
  team_id = data.watchbill_team.payments.id
  step {
    target       = "rota"
    wait_minutes = 5
  }
  step {
    target       = "managers"
    wait_minutes = 5
  }
}
"""


def test_a_mistake_is_shown_where_it_is(terraform: Terraform) -> None:
    """NO3: managers cannot even be written as a step; they follow by themselves."""
    terraform.write(MISTAKES)
    terraform.init()
    said = terraform.refused()
    assert "managers follow by themselves" in said.line
    assert "on main.tf line 17" in said.line
    assert '17: target = "managers"' in said.line


def test_the_servers_refusal_is_shown_at_the_attribute(terraform: Terraform, word: str) -> None:
    terraform.write(f"""
resource "watchbill_team" "it" {{
  slug      = "{word}"
  name      = "It"
  office_id = "dublin"
  zone      = "Mars/Olympus"
}}
""")
    terraform.init()
    said = terraform.refused("apply")
    assert "Watchbill refused to create this team" in said.line
    assert 'zone = "Mars/Olympus"' in said.line
    assert "zone: must be" in said.line


def test_whoever_was_faster_is_not_overwritten(
    terraform: Terraform, server: Server, word: str
) -> None:
    """A saved plan is applied only to what it was made from."""
    body = f"""
data "watchbill_team" "payments" {{ slug = "payments" }}

resource "watchbill_service" "it" {{
  slug    = "{word}"
  name    = "Before"
  team_id = data.watchbill_team.payments.id
}}
"""
    terraform.write(body)
    terraform.init()
    terraform.apply()
    terraform.write(body.replace("Before", "After"))
    terraform.plan()
    service = server.one(f"services?slug={word}")
    server.good("PATCH", f"services/{service['id']}", {"name": "By hand"})
    said = terraform("apply", "-no-color", "plan.out", expect=1)
    assert "somebody changed it since Terraform looked." in said.line
    assert "Changed: name. Nothing was changed here." in said.line
    assert server.one(f"services?slug={word}")["name"] == "By hand"
    terraform.apply()
    assert server.one(f"services?slug={word}")["name"] == "After"


def test_a_deleted_thing_is_made_again(terraform: Terraform, server: Server, word: str) -> None:
    terraform.write(f"""
data "watchbill_team" "payments" {{ slug = "payments" }}

resource "watchbill_service" "it" {{
  slug    = "{word}"
  name    = "It"
  team_id = data.watchbill_team.payments.id
}}
""")
    terraform.init()
    terraform.apply()
    service = server.one(f"services?slug={word}")
    server.good("DELETE", f"services/{service['id']}")
    assert terraform.plan() == {"watchbill_service.it": ["create"]}
    terraform.apply(planned=True)
    assert server.one(f"services?slug={word}")["id"] != service["id"]
