"""An alarm in code: planned against the bar, proposed, accepted by a person, changed, returned.

AL1, AL2, AL3, RB2, NO4, NO5: proposing is code; accepting never is.
"""

from __future__ import annotations

from typing import Any

from tests import good_alarms
from tests.terraform import code
from tests.terraform.servers import VOLUNTEER, Server
from tests.terraform.terraforms import Terraform


def row(server: Server, key: str) -> dict[str, Any]:
    return server.one(f"alarms?service=checkout&key={key}")


def judge(server: Server, key: str, state: str, reason: str = "") -> None:
    """Let the volunteer say what becomes of an alarm."""
    server.good("PUT", f"people/{VOLUNTEER}/access", {"systems": good_alarms.SYSTEMS}, by=VOLUNTEER)
    alarm = row(server, key)
    said = {"state": state, "reason": reason, "answers": list(good_alarms.ANSWERS)}
    said |= {"version": alarm["version"]} if state == "accepted" else {}
    server.good("PUT", f"alarms/{alarm['id']}/state", said, by=VOLUNTEER)


def side(server: Server, key: str) -> str:
    """Return who is called when it fires now, out of hours."""
    return str(server.good("GET", f"route?service=checkout&alarm={key}")["side"])


def test_from_the_first_plan_to_the_morning_after(
    terraform: Terraform, server: Server, word: str
) -> None:
    good = code.good(word)
    weak = good | {"runbook": "Turn it off and on again."}
    terraform.write(code.alarm({name: v for name, v in good.items() if name != "runbook"}))
    terraform.init()

    # RB2: without a runbook, or with a weak one, the plan fails where it is written.
    assert "runbook" in terraform.refused().line
    terraform.write(code.alarm(weak))
    said = terraform.refused().line
    assert "Error: R" in said
    assert 'runbook = "Turn it off and on again."' in said

    # Fixed, planned, applied: proposed, and it wakes nobody (NO4).
    terraform.write(code.alarm(good))
    assert terraform.plan() == {
        "watchbill_alarm.it": ["create"],
        "watchbill_handover.it": ["create"],
    }
    terraform.apply(planned=True)
    terraform.settled()
    first = row(server, word)
    assert (first["state"], first["version"], first["in_force"]) == ("proposed", 1, None)
    assert (first["managed_by"], first["source"]["revision"]) == ("terraform", "abc123")
    held = side(server, word)

    # Accepted by a person; the code has nothing to do with it.
    judge(server, word, "accepted")
    assert row(server, word)["covered_out_of_hours"] is True
    assert side(server, word) != held
    terraform.settled()

    # NO5: edited, the accepted version stays in force until the new one is accepted.
    terraform.write(code.alarm(good | {"title": "Payments fail more often than they may"}))
    assert terraform.plan()["watchbill_alarm.it"] == ["update"]
    (change,) = [
        one["change"]
        for one in terraform.shown()["resource_changes"]
        if one["address"] == "watchbill_alarm.it"
    ]
    assert change["before"]["handover_state"] == "accepted"
    assert change["after_unknown"]["handover_state"] is True
    terraform.apply(planned=True)
    terraform.settled()
    second = row(server, word)
    assert (second["state"], second["version"], second["in_force"]) == ("proposed", 2, 1)
    assert side(server, word) != held
    judge(server, word, "accepted")
    assert row(server, word)["in_force"] == 2

    # Returned: held from now on; Terraform does not push it back by itself.
    judge(server, word, "returned", "The runbook does not say how to roll back.")
    assert side(server, word) == held
    terraform.settled()

    terraform.destroy()
    assert server.good("GET", f"alarms?service=checkout&key={word}")["items"] == []


def test_what_was_changed_by_hand_is_drift(terraform: Terraform, server: Server, word: str) -> None:
    good = code.good(word)
    terraform.write(code.alarm(good))
    terraform.init()
    terraform.apply()
    alarm = row(server, word)["id"]
    server.good("PATCH", f"alarms/{alarm}", {"title": "By hand", "threshold": ""})
    assert row(server, word)["is_drift"] is True
    assert terraform.plan()["watchbill_alarm.it"] == ["update"]
    terraform.apply(planned=True)
    terraform.settled()
    after = row(server, word)
    assert (after["title"], after["threshold"]) == (good["title"], good["threshold"])
    assert (after["version"], after["is_drift"]) == (3, False)

    # Only where it is written changes: no new version.
    good["source"] |= {"revision": "def456"}
    terraform.write(code.alarm(good))
    terraform.apply()
    terraform.settled()
    after = row(server, word)
    assert (after["version"], after["source"]["revision"]) == (3, "def456")

    # Retired outside: it is written down again, under its old name.
    server.good("DELETE", f"alarms/{alarm}")
    assert terraform.plan()["watchbill_alarm.it"] == ["create"]
    terraform.apply(planned=True)
    assert row(server, word)["id"] != alarm

    # Another key is another alarm.
    terraform.write(code.alarm(code.good(f"{word}-2")))
    assert terraform.plan()["watchbill_alarm.it"] == ["delete", "create"]
    terraform.apply(planned=True)
    terraform.settled()
    assert row(server, f"{word}-2")["state"] == "proposed"


def test_an_alarm_written_by_hand_comes_into_code(
    terraform: Terraform, server: Server, word: str
) -> None:
    good = code.good(word)
    server.good("POST", "alarms", good)
    terraform.write(code.alarm(good, proposed=False))
    terraform.init()
    terraform("import", "-no-color", "watchbill_alarm.it", f"checkout/{word}")
    terraform.settled()


def test_the_newest_writes_the_code_of_an_alarm(
    newest: Terraform, server: Server, word: str
) -> None:
    server.good("POST", "alarms", code.good(word))
    newest.write(f'import {{\n  to = watchbill_alarm.it\n  id = "checkout/{word}"\n}}\n')
    newest.init()
    newest("plan", "-no-color", "-generate-config-out=made.tf")
    assert "1 imported" in newest.apply().text
    newest.settled()


ALL_IN_ONE = """
data "watchbill_team" "payments" {{ slug = "payments" }}

resource "watchbill_service" "it" {{
  slug    = "{word}"
  name    = "New"
  team_id = data.watchbill_team.payments.id
}}

resource "watchbill_runbook" "it" {{
  slug    = "{word}"
  title   = "What to do"
  team_id = data.watchbill_team.payments.id
  body    = {body}
}}

data "watchbill_alarms" "it" {{
  service    = watchbill_service.it.slug
  depends_on = [watchbill_alarm.it]
}}

data "watchbill_runbook_bar" "it" {{}}

output "found" {{
  value = [[for one in data.watchbill_alarms.it.alarms : one.key], length(data.watchbill_runbook_bar.it.rules) > 30]
}}
"""


def test_a_service_its_runbook_and_its_alarm_in_one_run(
    terraform: Terraform, server: Server, word: str
) -> None:
    """The alarm is judged although neither its service nor its runbook is there yet."""
    good = code.good(word, service=word)
    text = good.pop("runbook")
    body = code.alarm(good | {"runbook_slug": word}).replace(
        f'service = "{word}"', "service = watchbill_service.it.slug"
    ).replace(f'runbook_slug = "{word}"', "runbook_slug = watchbill_runbook.it.slug")  # fmt: skip
    weak = ALL_IN_ONE.format(word=word, body=code.literal("Turn it off and on again."))
    terraform.write(weak + body)
    terraform.init()
    said = terraform.refused().line
    assert "Error: R" in said
    assert 'body = "Turn it off and on again."' in said
    whole = ALL_IN_ONE.format(word=word, body=code.literal(text))
    terraform.write(whole + body.replace("respond_within_minutes = 15", ""))
    assert "Error: A" in terraform.refused().line
    terraform.write(whole + body)
    terraform.apply()
    terraform.settled()
    assert terraform.outputs()["found"] == [[word], True]
    assert row_of(server, word)["runbook"] == text


def row_of(server: Server, service: str) -> dict[str, Any]:
    return server.one(f"alarms?service={service}")


def test_an_alarm_bears_unknown_values_and_is_judged_once_they_are_known(
    terraform: Terraform, server: Server, word: str
) -> None:
    """In a text, in a set within a map, in a block, in a dynamic block."""
    good = code.good(word)
    text, waivers = good.pop("runbook"), good.pop("waivers")
    good |= {"match": {"alarm": [word], "door": ["UNKNOWN", "b"]}, "rationale": "See UNKNOWN."}
    good["source"] |= {"revision": "UNKNOWN"}
    unknown = "${watchbill_service.it.id}"
    service = (
        f'resource "watchbill_service" "it" {{\n  slug = "{word}"\n  name = "It"\n'
        '  team_id = "payments"\n}\n'
    )
    dynamic = (
        '\n  dynamic "waiver" {\n    for_each = toset([watchbill_service.it.id])\n    content {\n'
        '      rule = "A17"\n      reason = "Asked for by ${waiver.value}."\n'
        f'      owner = "ann@example.org"\n      until = "{waivers[0]["until"]}"\n    }}\n  }}\n'
    )

    def written(runbook: str) -> str:
        body = code.alarm(good | {"runbook": runbook}).replace("UNKNOWN", unknown)
        return service + body.replace("  source_ref {", dynamic + "  source_ref {", 1)

    terraform.write(written("Turn UNKNOWN off and on again."))
    terraform.init()
    assert terraform.plan()["watchbill_alarm.it"] == ["create"]
    said = terraform("apply", "-no-color", "plan.out", expect=1).line
    assert "Error: R" in said
    assert server.good("GET", f"alarms?service=checkout&key={word}")["items"] == []

    terraform.write(written(text.replace("## Verification", "## Verification\n\nOf UNKNOWN.\n")))
    terraform.apply()
    terraform.settled()
    made = row(server, word)
    known = server.one(f"services?slug={word}")["id"]
    assert made["match"]["door"] == sorted([known, "b"])
    assert made["waivers"][0]["reason"] == f"Asked for by {known}."
    assert made["source"]["revision"] == known
