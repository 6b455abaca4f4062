"""Versions: an alarm's contents, written down one after the other and never changed.

Everything that makes, changes or retires an alarm goes through here, whichever way in it takes:
the API, a form, a folder of YAML, Terraform, an import. One transaction is the caller's.

Source: requirements AL1-AL3, NO5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watchbill.actions import audit, changes, entries, fields, teams
from watchbill.actions.audit import Actor
from watchbill.actions.entries import Entry, Writing
from watchbill.actions.shell import Shell
from watchbill.core import matching
from watchbill.core.alarms import AlarmState
from watchbill.core.bar import runbooks
from watchbill.core.definitions import Definition
from watchbill.errors import Conflict
from watchbill.store import alarms as alarms_store
from watchbill.store import rows
from watchbill.store.database import Tx

__all__ = ["Writing"]


class SameEvents(Conflict):
    """Another alarm of this service could match the same event; tell them apart by a label."""


class UnknownService(fields.BadFields):
    """The alarm names a service that is not there."""


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
    entry = Entry(
        alarm_id=shell.new_id("alm"),
        service_id=service["id"],
        alarm=None,
        before=None,
        after=with_runbook(tx, definition),
        state=state.value,
        writing=writing,
    )
    entries.write(shell, tx, [entry], by=by)
    return entry.alarm_id


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
    before, after = alarms_store.definition_of(newest), with_runbook(tx, definition)
    entry = Entry(
        alarm_id=alarm["id"],
        service_id=service["id"],
        alarm=alarm,
        before=before,
        after=after,
        state=state_after(alarm["state"], changes=before != after),
        writing=writing,
    )
    entries.write(shell, tx, [entry], by=by)
    return entry.differs


def state_after(state: str, *, changes: bool) -> str:
    """Return the state of an alarm once its contents are written: a draft stays one."""
    return state if state == "draft" or not changes else "proposed"


def retire(shell: Shell, tx: Tx, alarm: rows.Row, reason: str, *, by: Actor) -> None:
    """Take a locked alarm out of use; its versions are kept, its name is free (AL8).

    Raises: OnlyTheTeam.
    """
    service = rows.find(tx, "services", alarm["service_id"])
    teams.need_member(shell, tx, by, service["team_id"] if service else "")
    retire_many(shell, tx, [alarm], reason, by=by)


def retire_many(
    shell: Shell, tx: Tx, alarms: Sequence[rows.Row], reason: str, *, by: Actor
) -> None:
    """Take locked alarms out of use, all for the same reason; who may was asked before."""
    if not alarms:
        return
    why = reason.strip()
    ids = [alarm["id"] for alarm in alarms]
    alarms_store.retire_many(tx, ids, reason=why, at=shell.clock.now())
    said = [(alarm["id"], alarm["version"], "retired", why) for alarm in alarms]
    entries.steps(shell, tx, said, by=by)
    audit.record_many(shell, tx, by, [("alarm.retired", each, {"reason": why}) for each in ids])
    changes.look_again(shell, tx)


def step(
    shell: Shell, tx: Tx, alarm_id: str, number: int, state: str, reason: str, by: Actor
) -> None:
    """Write down a step of an alarm's handover."""
    entries.steps(shell, tx, [(alarm_id, number, state, reason)], by=by)


def service_of(tx: Tx, definition: Definition) -> rows.Row:
    """Return the service the definition names. Raises: UnknownService."""
    row = tx.execute("select id from services where slug = %s", [definition.service]).fetchone()
    found = rows.find(tx, "services", row[0]) if row else None
    if found is None:
        raise UnknownService({"service": f"there is no service {definition.service!r}"})
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
    for one, other in matching.overlaps(alarms_store.claims(tx, service_id)):
        if one.id != other.id:
            service = rows.find(tx, "services", service_id) or {}
            raise SameEvents(service=service.get("slug", ""), alarm=one.key, other=other.key)
