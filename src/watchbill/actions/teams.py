"""Teams: who owns services, when they are at work, and whom they ask then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.errors import Forbidden
from watchbill.store import rows
from watchbill.store.database import Tx


class OnlyTheTeam(Forbidden):
    """Only an admin or a member of the owning team may do this."""


def _policy(value: Any) -> object:
    """Steps that ask the team alone; the duty manager follows by itself (NO3)."""
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list of steps")
    fields.no_more(value, 20, "steps")
    return [_step(item) for item in value]


def _step(item: Any) -> dict[str, object]:
    if not isinstance(item, Mapping):
        raise ValueError("each step has a target and a wait_s")
    step = {
        "target": fields.choice("rota", "team", "person")(item.get("target")),
        "wait_s": fields.number(30, 86400)(item.get("wait_s")),
    }
    if step["target"] == "person":
        step["person_id"] = fields.text(64, least=1)(item.get("person_id"))
    return step


NOUN = Noun(
    word="team",
    table="teams",
    prefix="team",
    checks={
        "slug": fields.slug,
        "name": fields.text(100, least=1),
        "office_id": fields.text(64, least=1),
        "zone": fields.optional(fields.zone),
        "week": fields.optional(fields.week),
        "policy": _policy,
    },
)


def create(shell: Shell, values: Values, *, by: Actor) -> str:
    """Found a team: `slug`, `name`, `office_id`, and perhaps its own `zone`, `week`, `policy`."""
    audit.need_admin(by)
    fields.need(values, "slug", "name", "office_id")
    good = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        _check_policy(tx, "", good)
        team_id = changes.create(shell, tx, NOUN, good, by=by)
    shell.ring()
    return team_id


def change(
    shell: Shell, team_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change a team: an admin everything, its members their hours and policy."""
    good = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        if set(good) <= {"zone", "week", "policy"}:
            need_member(shell, tx, by, team_id)
        else:
            audit.need_admin(by)
        before = changes.load(tx, NOUN, team_id, if_match=if_match)
        _check_policy(tx, team_id, good)
        changes.change(shell, tx, NOUN, before, good, by=by)
    shell.ring()


def remove(shell: Shell, team_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Dissolve a team; refused while services or people belong to it."""
    audit.need_admin(by)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, team_id, if_match=if_match)
        changes.remove(shell, tx, NOUN, before, by=by)
    shell.ring()


def need_member(shell: Shell, tx: Tx, by: Actor, team_id: str) -> None:
    """Refuse anybody but an admin or a member of the team.

    Raises: OnlyTheTeam.
    """
    if by.is_admin:
        return
    person = shell.company(tx).people.get(by.person_id) if by.person_id else None
    if person is None or person.team_id != team_id:
        raise OnlyTheTeam(team_id=team_id)


def _check_policy(tx: Tx, team_id: str, good: Mapping[str, object]) -> None:
    """Refuse a step that names somebody outside the team."""
    policy: Any = good.get("policy") or ()
    for step in policy:
        if step["target"] != "person":
            continue
        person = rows.find(tx, "people", str(step["person_id"]))
        if person is None or person["team_id"] != team_id:
            raise fields.BadFields({"policy": "a step names somebody who is not of the team"})
