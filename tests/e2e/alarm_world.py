"""Alarms in every state in a world of tests, and what a person of each kind would do with them."""

from __future__ import annotations

from typing import Any

from tests import good_alarms
from tests.builders import ANN, MONA, VERA
from tests.e2e.world import World
from watchbill.actions import alarms, audit, bars, handovers
from watchbill.actions.audit import Actor
from watchbill.actions.handovers import Said
from watchbill.core.people import PersonId

REPOSITORY = "github.com/acme/alarms"


def actor(person_id: PersonId, *, is_admin: bool = False) -> Actor:
    """Return a person as actions see them."""
    return audit.person(person_id, is_admin=is_admin)


def written(world: World, key: str, *, state: str = "proposed", **changes: Any) -> str:
    """Write a good alarm of checkout's down, by Ann, and return its id."""
    today = world.clock.now().date()
    values = good_alarms.values(key, today=today, **changes)
    values["source"]["repository"] = REPOSITORY
    return alarms.create(world.watchbill.shell, {**values, "state": state}, by=actor(ANN))


def says(world: World, alarm_id: str, state: str, *, by: PersonId = VERA, reason: str = "") -> None:
    """Let somebody bring an alarm a step on its way."""
    said = Said(state=state, reason=reason, answers=good_alarms.ANSWERS)
    handovers.set_state(world.watchbill.shell, alarm_id, said, by=actor(by))


def accepted(world: World, key: str, **changes: Any) -> str:
    """Write an alarm down and let Vera accept it."""
    bars.confirm_access(world.watchbill.shell, VERA, good_alarms.SYSTEMS, by=actor(VERA))
    alarm_id = written(world, key, **changes)
    says(world, alarm_id, "accepted")
    return alarm_id


def every_state(world: World) -> dict[str, str]:
    """Write alarms in every state; return their ids by state, and by what else is to be seen."""
    shell = world.watchbill.shell
    why = "The runbook does not say how to roll back."
    found = {"accepted": accepted(world, "accepted", managed_by="terraform")}
    found["draft"] = written(world, "draft", state="draft")
    found["proposed"] = written(world, "proposed")
    found["in_review"] = written(world, "in-review")
    says(world, found["in_review"], "in_review")
    found["weak"] = written(world, "weak", runbook="Turn it off and on again.", customer_impact="")
    found["declined"] = written(world, "declined")
    says(world, found["declined"], "declined", reason=why)
    found["returned"] = accepted(world, "returned")
    says(world, found["returned"], "returned", reason=why)
    found["retired"] = written(world, "retired")
    alarms.retire(shell, found["retired"], reason="Nobody ever did anything.", by=actor(ANN))
    found["glass"] = written(world, "glass")
    reason = "The provider changes tonight, and nobody is here to review it."
    handovers.break_glass(shell, found["glass"], reason=reason, by=actor(MONA, is_admin=True))
    found["changed"] = accepted(world, "changed", managed_by="terraform")
    more = {"threshold": "2 % of the requests", "runbook": _longer("changed", world)}
    alarms.change(shell, found["changed"], more, by=actor(ANN))
    return found


def _longer(key: str, world: World) -> str:
    text = good_alarms.runbook(key, today=world.clock.now().date())
    return text.replace("## Verification", "3. If neither helps, escalate.\n\n## Verification")
