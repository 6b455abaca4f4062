"""Shifts: which volunteer stands when. Each lies within a term its volunteer agreed to (NO2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from watchbill.actions import audit, changes, fields, taking
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.errors import Conflict
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx


class NoTerm(Conflict):
    """The person has agreed to no term that covers this shift, and nobody can do it for them (NO2)."""


NOUN = Noun(
    word="shift",
    table="shifts",
    prefix="shf",
    checks={
        "person_id": fields.text(64, least=1),
        "starts_at": fields.instant,
        "ends_at": fields.instant,
        "shadow": fields.flag,
    },
)


def plan(shell: Shell, values: Values, *, by: Actor) -> str:
    """Plan a shift: `person_id`, `starts_at`, `ends_at`, perhaps `shadow`.

    An admin for anybody, within a term of theirs; a volunteer for themselves, who takes time that
    nobody stands. Raises: OnlyThemselves, NoTerm; Overlapping if somebody carries it already;
    for oneself StandsThen, AwayThen, BeyondLimit, too.
    """
    fields.need(values, "person_id", "starts_at", "ends_at")
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    audit.need_self_or_admin(by, good["person_id"])
    start, end = good.pop("starts_at"), good.pop("ends_at")
    if not by.is_admin:
        start = max(start, shell.clock.now())  # what was stood is on record
    with shell.db.transaction() as tx:
        good |= _placed(tx, good["person_id"], start, end)
        before = taking.look(shell, tx, good["person_id"], start, end)
        shift_id = changes.create(shell, tx, NOUN, good, by=by)
        if by.person_id == good["person_id"]:
            taking.need(tx, before)
    shell.ring()
    return shift_id


def change(
    shell: Shell, shift_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Move a shift, or give it to another volunteer, within a term of theirs."""
    audit.need_admin(by)
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, shift_id, if_match=if_match)
        start = good.pop("starts_at", before["during"].lower)
        end = good.pop("ends_at", before["during"].upper)
        good |= _placed(tx, good.get("person_id") or before["person_id"], start, end)
        changes.change(shell, tx, NOUN, before, good, by=by)
    shell.ring()


def remove(shell: Shell, shift_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Take a shift out of the plan; without another, the managers stand for it."""
    audit.need_admin(by)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, shift_id, if_match=if_match)
        changes.remove(shell, tx, NOUN, before, by=by)
    shell.ring()


def _placed(tx: Tx, person_id: str, start: datetime, end: datetime) -> dict[str, object]:
    """Return the columns that tie a shift to the person's term."""
    if not start < end:
        raise fields.BadFields({"ends_at": "must be later than starts_at"})
    term = terms_store.covering(tx, person_id, start, end)
    if term is None:
        raise NoTerm(person_id=person_id)
    return {
        "person_id": person_id,
        "term_id": term[0],
        "term_during": term[1],
        "during": rows.between(start, end),
    }
