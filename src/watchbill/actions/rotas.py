"""Rotas: a team's own and the managers'; who stands by turns, and who stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from watchbill.actions import audit, changes, fields, teams
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.errors import Forbidden, Invalid
from watchbill.store import rotas as rotas_store
from watchbill.store import rows
from watchbill.store.database import Tx


class OnlyManagers(Forbidden):
    """Only managers stand the managers' rota (NO3, ES2)."""


class NotOfTheTeam(Invalid):
    """Only the team's own people stand its rota."""


NOUN = Noun(
    word="rota",
    table="rotas",
    prefix="rota",
    checks={
        "kind": fields.choice("team", "managers"),
        "team_id": fields.optional(fields.text(64, least=1)),
        "name": fields.text(100, least=1),
        "zone": fields.zone,
        "turn": fields.choice("day", "week"),
        "turn_length": fields.number(1, 52),
        "starts_on": fields.day,
        "handoff_weekday": fields.number(0, 6),
        "handoff_time": fields.clock_time,
        "members": fields.texts(200, each=64),
    },
)
OVERRIDE = Noun(
    word="override",
    table="rota_overrides",
    prefix="ovr",
    checks={
        "rota_id": fields.text(64, least=1),
        "person_id": fields.text(64, least=1),
        "starts_at": fields.instant,
        "ends_at": fields.instant,
    },
)


def create(shell: Shell, values: Values, *, by: Actor) -> str:
    """Make a rota: `kind`, `team_id` of a team's, `name`, `zone`, `turn`, `starts_on`, `members`."""
    fields.need(values, "kind", "name", "zone", "turn", "starts_on")
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    if (good["kind"] == "team") != (good.get("team_id") is not None):
        raise fields.BadFields({"team_id": "a team's rota names its team, the managers' none"})
    members = good.pop("members", ())
    good = {"handoff_weekday": 0, "handoff_time": "09:00", **good}
    with shell.db.transaction() as tx:
        _need_right(shell, tx, by, good)
        rota_id = changes.create(shell, tx, NOUN, good, by=by)
        _put(tx, {"id": rota_id, **good}, members)
    shell.ring()
    return rota_id


def change(
    shell: Shell, rota_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change a rota; `members`, if given, replaces the order."""
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    members = good.pop("members", None)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, rota_id, if_match=if_match)
        _need_right(shell, tx, by, before)
        if any(good.get(name, before[name]) != before[name] for name in ("kind", "team_id")):
            raise fields.BadFields({"kind": "a rota stays whose it is"})
        changes.change(shell, tx, NOUN, before, good, by=by)
        if members is not None:
            _put(tx, before, members)
            audit.record(shell, tx, by, "rota.members_set", rota_id, {"members": list(members)})
    shell.ring()


def remove(shell: Shell, rota_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Remove a rota with its order and overrides."""
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, rota_id, if_match=if_match)
        _need_right(shell, tx, by, before)
        changes.remove(shell, tx, NOUN, before, by=by)
    shell.ring()


def override(shell: Shell, values: Values, *, by: Actor) -> str:
    """Let somebody stand in: `rota_id`, `person_id`, `starts_at`, `ends_at`."""
    fields.need(values, "rota_id", "person_id", "starts_at", "ends_at")
    good: dict[str, Any] = fields.checked(OVERRIDE.checks, values)
    if not good["starts_at"] < good["ends_at"]:
        raise fields.BadFields({"ends_at": "must be later than starts_at"})
    with shell.db.transaction() as tx:
        rota = changes.load(tx, NOUN, good["rota_id"])
        _need_right(shell, tx, by, rota)
        (role,) = _roles(tx, rota, [good["person_id"]])
        good |= {
            "rota_kind": rota["kind"],
            "person_role": role,
            "created_at": shell.clock.now(),
        }
        override_id = changes.create(shell, tx, OVERRIDE, good, by=by)
    shell.ring()
    return override_id


def remove_override(shell: Shell, override_id: str, *, by: Actor) -> None:
    """Let the turns stand again."""
    with shell.db.transaction() as tx:
        before = changes.load(tx, OVERRIDE, override_id)
        _need_right(shell, tx, by, changes.load(tx, NOUN, before["rota_id"]))
        changes.remove(shell, tx, OVERRIDE, before, by=by)
    shell.ring()


def _need_right(shell: Shell, tx: Tx, by: Actor, rota: dict[str, Any]) -> None:
    """A team changes its own rota, an admin any; managers change the managers'."""
    if rota["kind"] == "team":
        teams.need_member(shell, tx, by, rota["team_id"])
    elif not by.is_admin:
        person = rows.find(tx, "people", by.person_id) if by.person_id else None
        if person is None or person["role"] != "manager":
            raise OnlyManagers


def _put(tx: Tx, rota: dict[str, Any], members: Sequence[str]) -> None:
    roles = _roles(tx, rota, members)
    with rows.refused():
        rotas_store.put(
            tx, rota["id"], kind=rota["kind"], members=list(zip(members, roles, strict=True))
        )


def _roles(tx: Tx, rota: dict[str, Any], person_ids: Sequence[str]) -> list[str]:
    """Return each person's role, having refused who does not belong on the rota."""
    roles = []
    for person_id in person_ids:
        person = rows.find(tx, "people", person_id)
        if person is None:
            raise NotOfTheTeam(person_id=person_id)
        if rota["kind"] == "managers" and person["role"] != "manager":
            raise OnlyManagers(person_id=person_id)
        if rota["kind"] == "team" and person["team_id"] != rota["team_id"]:
            raise NotOfTheTeam(person_id=person_id)
        roles.append(str(person["role"]))
    return roles
