"""Absences: when people are away; nobody who is away is called."""

from __future__ import annotations

from typing import Any

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.store import terms as terms_store

NOUN = Noun(
    word="absence",
    table="absences",
    prefix="abs",
    checks={
        "person_id": fields.text(64, least=1),
        "starts_at": fields.instant,
        "ends_at": fields.instant,
    },
)


def add(shell: Shell, values: Values, *, by: Actor) -> str:
    """Write down that somebody is away: `person_id`, `starts_at`, `ends_at`."""
    fields.need(values, "person_id", "starts_at", "ends_at")
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    audit.need_self_or_admin(by, good["person_id"])
    if not good["starts_at"] < good["ends_at"]:
        raise fields.BadFields({"ends_at": "must be later than starts_at"})
    with shell.db.transaction() as tx:
        absence_id = changes.create(shell, tx, NOUN, good, by=by)
    shell.ring()
    return absence_id


def remove(shell: Shell, absence_id: str, *, by: Actor) -> None:
    """Strike an absence out: one's own; an admin that of whoever is in no term.

    A volunteer who is away is called again only by their own will, an admin cannot do it for them
    (NO2). Whatever it was, the audit log says only that somebody is not away any more (VO4).
    """
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, absence_id)
        audit.need_self_or_admin(by, before["person_id"])
        if terms_store.open_terms(tx, before["person_id"], at=shell.clock.now()):
            audit.need_self(by, before["person_id"])
        plain = {name: before[name] for name in ("id", "person_id", "starts_at", "ends_at")}
        changes.remove(shell, tx, NOUN, plain, by=by)
    shell.ring()
