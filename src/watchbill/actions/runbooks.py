"""Runbooks kept on their own: several alarms may name one, each with a reviewed copy of its text."""

from __future__ import annotations

from dataclasses import replace

from watchbill.actions import alarms, changes, fields, teams, versions
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.actions.versions import Writing
from watchbill.core.bar import runbooks
from watchbill.errors import Conflict
from watchbill.store import alarms as alarms_store
from watchbill.store import rows
from watchbill.store.database import Tx


class StillNamed(Conflict):
    """Alarms still name this runbook; let them name another, or retire them."""


NOUN = Noun(
    word="runbook",
    table="runbooks",
    prefix="rb",
    checks={
        "slug": fields.slug,
        "title": fields.text(200, least=1),
        "team_id": fields.text(64, least=1),
        "body": fields.text(100_000),
        "url": alarms.runbook_address,
        "last_tested_on": fields.optional(fields.day),
        "managed_by": fields.choice("hand", "yaml", "terraform", "import"),
    },
    decides=False,
)


def create(shell: Shell, values: Values, *, by: Actor) -> str:
    """Keep a runbook: `slug`, `title`, `team_id`, and its `body` or `url`."""
    fields.need(values, "slug", "title", "team_id")
    good = fields.checked(NOUN.checks, values)
    _need_safe(good)
    with shell.db.transaction() as tx:
        teams.need_member(shell, tx, by, str(good["team_id"]))
        return changes.create(shell, tx, NOUN, good, by=by)


def change(
    shell: Shell, runbook_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change a runbook; alarms that name it are proposed anew, their accepted versions stand."""
    good = fields.checked(NOUN.checks, values)
    _need_safe(good)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, runbook_id, if_match=if_match)
        teams.need_member(shell, tx, by, before["team_id"])
        if "slug" in good and good["slug"] != before["slug"]:
            raise fields.BadFields({"slug": "alarms name it by this; it stays"})
        changes.change(shell, tx, NOUN, before, good, by=by)
        if {"body", "url"} & set(good):
            for alarm in _naming(tx, before["slug"]):
                _propose(shell, tx, alarm, by)
    shell.ring()


def remove(shell: Shell, runbook_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Remove a runbook that no alarm names."""
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, runbook_id, if_match=if_match)
        teams.need_member(shell, tx, by, before["team_id"])
        named = _naming(tx, before["slug"])
        if named:
            raise StillNamed(alarms=", ".join(alarm.key for alarm in named[:10]))
        changes.remove(shell, tx, NOUN, before, by=by)


def _naming(tx: Tx, slug: str) -> list[alarms_store.Written]:
    return [a for a in alarms_store.written(tx) if a.definition.runbook_slug == slug]


def _propose(shell: Shell, tx: Tx, written: alarms_store.Written, by: Actor) -> None:
    alarm = rows.find(tx, "alarms", written.id)
    if alarm is not None:
        # The text is read anew from the runbook; the rest of the definition is what it was.
        newest = replace(written.definition, runbook="", runbook_url="")
        versions.change(shell, tx, alarm, newest, Writing(managed_by=written.managed_by), by=by)


def _need_safe(values: Values) -> None:
    for fault in runbooks.unsafe(str(values.get("body", ""))):
        line = f" (line {fault.line})" if fault.line else ""
        raise fields.BadFields({"body": f"{fault.message}{line}"})
