"""Versions: an alarm's contents, written down one after the other and never changed.

Everything that makes, changes or retires an alarm goes through here, whichever way in it takes:
the API, a form, a folder of YAML, Terraform, an import. One transaction is the caller's.

Source: requirements AL1-AL3, NO5.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from watchbill.actions import audit, changes, fields, teams
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core import matching
from watchbill.core.alarms import AlarmState
from watchbill.core.bar import runbooks
from watchbill.core.bar.facts import Evidence
from watchbill.core.definitions import Definition, Origin, changed_fields, content_hash
from watchbill.errors import Conflict
from watchbill.store import alarms as alarms_store
from watchbill.store import rows
from watchbill.store.alarms import Written
from watchbill.store.database import Tx


class SameEvents(Conflict):
    """Another alarm of this service could match the same event; tell them apart by a label."""


class NoSuchService(fields.BadFields):
    """There is no such service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How a version comes to be: by hand, from YAML, from Terraform, by an import; and its proof."""

    managed_by: str = "hand"
    origin: Origin = field(default_factory=Origin)
    evidence: Evidence = field(default_factory=Evidence)


def create(
    shell: Shell,
    tx: Tx,
    definition: Definition,
    writing: Writing,
    *,
    state: AlarmState = AlarmState.DRAFT,
    by: Actor,
) -> str:
    """Write a new alarm down and return its id; it begins as a draft, or is proposed at once.

    The caller then asks `need_apart`. Raises: BadFields, OnlyTheTeam, Taken.
    """
    service = service_of(tx, definition)
    teams.need_member(shell, tx, by, service["team_id"])
    full = with_runbook(tx, definition)
    alarm_id, now = shell.new_id("alm"), shell.clock.now()
    values: dict[str, object] = {
        "id": alarm_id,
        "service_id": service["id"],
        "key": full.key,
        "state": state.value,
        "version": 1,
        "created_at": now,
        "state_at": now,
        **_place(writing),
    }
    rows.add(tx, "alarms", values)
    _add(shell, tx, alarm_id, 1, full, writing, by)
    step(shell, tx, alarm_id, 1, state.value, "", by)
    _record(shell, tx, by, "created", alarm_id, full, changed_fields(None, full))
    return alarm_id


def change(
    shell: Shell, tx: Tx, alarm: rows.Row, definition: Definition, writing: Writing, *, by: Actor
) -> tuple[str, ...]:
    """Write a new version of a locked alarm; return the fields that differ, none if nothing does.

    A draft stays one; anything else is proposed anew, while the accepted version stands (NO5).
    The caller then asks `need_apart`. Raises: BadFields, OnlyTheTeam.
    """
    service = service_of(tx, definition)
    if service["id"] != alarm["service_id"] or definition.key != alarm["key"]:
        raise fields.BadFields(
            {"key": "an alarm keeps its service and key: retire it, write another"}
        )
    teams.need_member(shell, tx, by, service["team_id"])
    newest = alarms_store.version(tx, alarm["id"], alarm["version"])
    before, full = alarms_store.definition_of(newest), with_runbook(tx, definition)
    differs = changed_fields(before, full)
    if not differs and newest["content_hash"] == content_hash(full):
        rows.change(tx, "alarms", alarm["id"], _place(writing, alarm))
        return ()
    number = alarm["version"] + 1
    _add(shell, tx, alarm["id"], number, full, writing, by)
    state = "draft" if alarm["state"] == "draft" else "proposed"
    moved = {"version": number, "state": state, "state_reason": "", "state_at": shell.clock.now()}
    rows.change(tx, "alarms", alarm["id"], {**moved, **_place(writing, alarm)})
    step(shell, tx, alarm["id"], number, state, f"changed: {', '.join(differs)}", by)
    _record(shell, tx, by, "changed", alarm["id"], full, differs)
    return differs


def retire(shell: Shell, tx: Tx, alarm: rows.Row, reason: str, *, by: Actor) -> None:
    """Take a locked alarm out of use; its versions are kept, its name is free (AL8).

    Raises: OnlyTheTeam.
    """
    service = rows.find(tx, "services", alarm["service_id"])
    teams.need_member(shell, tx, by, service["team_id"] if service else "")
    gone = {"state": "retired", "in_force": None, "lapses_at": None, "state_reason": reason}
    rows.change(tx, "alarms", alarm["id"], {**gone, "state_at": shell.clock.now()})
    step(shell, tx, alarm["id"], alarm["version"], "retired", reason, by)
    audit.record(shell, tx, by, "alarm.retired", alarm["id"], {"reason": reason})
    changes.look_again(shell, tx)


def step(
    shell: Shell, tx: Tx, alarm_id: str, number: int, state: str, reason: str, by: Actor
) -> None:
    """Write down a step of an alarm's handover."""
    values: dict[str, object] = {
        "id": shell.new_id("als"),
        "alarm_id": alarm_id,
        "version": number,
        "at": shell.clock.now(),
        "state": state,
        "person_id": by.person_id,
        "actor": by.name,
        "reason": reason,
    }
    rows.add(tx, "alarm_steps", values)


def service_of(tx: Tx, definition: Definition) -> rows.Row:
    """Return the service the definition names. Raises: NoSuchService."""
    row = tx.execute("select id from services where slug = %s", [definition.service]).fetchone()
    found = rows.find(tx, "services", row[0]) if row else None
    if found is None:
        raise NoSuchService({"service": f"there is no service {definition.service!r}"})
    return found


def with_runbook(tx: Tx, definition: Definition) -> Definition:
    """Return the definition with its owner and the text of the runbook it names.

    Raises: BadFields for what is unsafe or cannot be stored.
    """
    if definition.severity is None:
        raise fields.BadFields({"severity": "must be one of critical, error, warning, info"})
    full = replace(
        definition, team=definition.team or alarms_store.owner_of(tx, definition.service)
    )
    if definition.runbook_slug:
        hosted = alarms_store.hosted_runbook(tx, definition.runbook_slug)
        if hosted is None:
            raise fields.BadFields({"runbook_slug": "there is no such runbook"})
        full = replace(full, runbook=hosted[0], runbook_url=hosted[1])
    for fault in runbooks.unsafe(full.runbook):
        line = f" (line {fault.line})" if fault.line else ""
        raise fields.BadFields({"runbook": f"{fault.message}{line}"})
    return full


def need_apart(tx: Tx, service_id: str) -> None:
    """Refuse two alarms of a service that could match the same event, whichever version stands.

    Called once after all has been written. Raises: SameEvents.
    """
    known: list[Written] = [
        *alarms_store.written(tx, service_id=service_id),
        *alarms_store.written(tx, service_id=service_id, in_force=True),
    ]
    for one, other in matching.overlaps(known):
        if one.id != other.id:
            raise SameEvents(service=one.service, alarm=one.key, other=other.key)


def _add(
    shell: Shell,
    tx: Tx,
    alarm_id: str,
    number: int,
    definition: Definition,
    writing: Writing,
    by: Actor,
) -> None:
    more: dict[str, object] = {
        "managed_by": writing.managed_by,
        "evidence": asdict(writing.evidence),
        "author_id": alarms_store.person_of(tx, writing.evidence) or by.person_id,
        "actor": by.name,
        "created_at": shell.clock.now(),
    }
    alarms_store.add_version(tx, alarm_id, number, definition, more)


def _place(writing: Writing, alarm: rows.Row | None = None) -> dict[str, object]:
    """Return where an alarm is written; a change by hand leaves what code says of that as it is."""
    origin = {name: value for name, value in asdict(writing.origin).items() if value}
    if writing.managed_by != "hand":
        return {"managed_by": writing.managed_by, **asdict(writing.origin)}
    return origin if alarm is None or alarm["managed_by"] == "hand" else {}


def _record(
    shell: Shell,
    tx: Tx,
    by: Actor,
    verb: str,
    alarm_id: str,
    definition: Definition,
    differs: tuple[str, ...],
) -> None:
    facts = {"service": definition.service, "key": definition.key, "changed": list(differs)}
    audit.record(shell, tx, by, f"alarm.{verb}", alarm_id, facts)
    changes.look_again(shell, tx)
