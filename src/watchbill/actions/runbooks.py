"""Runbooks kept on their own: several alarms may name one, each with a reviewed copy of its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watchbill.actions import alarms, changes, entries, fields, teams, versions
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.entries import Entry, Writing
from watchbill.actions.shell import Shell
from watchbill.core.bar import runbooks
from watchbill.core.definitions import Origin
from watchbill.errors import Conflict
from watchbill.store import alarms as alarms_store
from watchbill.store.alarms import Written
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
            _propose(shell, tx, _naming(tx, before["slug"]), by)
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


def _naming(tx: Tx, slug: str) -> list[Written]:
    return [a for a in alarms_store.written(tx) if a.definition.runbook_slug == slug]


def _propose(shell: Shell, tx: Tx, naming: Sequence[Written], by: Actor) -> None:
    """Write a new version of each alarm with the runbook's new text, another team's too (NO5)."""
    locked = alarms_store.locked(tx, [alarm.id for alarm in naming])
    found = []
    for alarm in naming:
        after = versions.with_runbook(tx, replace(alarm.definition, runbook="", runbook_url=""))
        origin = Origin(repository=alarm.repository, path=alarm.path, revision=alarm.revision)
        found.append(
            Entry(
                alarm_id=alarm.id,
                service_id=alarm.service_id,
                alarm=locked[alarm.id],
                before=alarm.definition,
                after=after,
                state=versions.state_after(alarm.state, changes=after != alarm.definition),
                writing=Writing(managed_by=alarm.managed_by, origin=origin),
            )
        )
    entries.write(shell, tx, found, by=by)


def _need_safe(values: Values) -> None:
    for fault in runbooks.unsafe(str(values.get("body", ""))):
        line = f" (line {fault.line})" if fault.line else ""
        raise fields.BadFields({"body": f"{fault.message}{line}"})
