"""Swaps: somebody asks for a shift, or a part of it, to be taken; who says yes first has it.

Both agree: who asks, and who takes it, within a term of their own (NO2). Shifts are cut to the
second, so that the hours each stands are on record. Cover is the same in a hurry.

Source: requirements SH5, NO2.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.errors import Conflict, Forbidden
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx

NOUN = Noun(
    word="swap",
    table="swaps",
    prefix="swp",
    checks={
        "shift_id": fields.text(64, least=1),
        "to_person_id": fields.optional(fields.text(64, least=1)),
        "starts_at": fields.instant,
        "ends_at": fields.instant,
        "return_shift_id": fields.optional(fields.text(64, least=1)),
        "note": fields.text(2000),
        "urgent": fields.flag,
    },
)
#: A part may be as short as this.
_LEAST = timedelta(minutes=15)


class NotYours(Forbidden):
    """Only who stands a shift asks somebody else to take it."""


class NotForYou(Forbidden):
    """Somebody else was asked."""


class TooLate(Conflict):
    """That part of the shift is over, or is not theirs any more."""


class Answered(Conflict):
    """This was answered already: who said yes first has it."""


class NoTermForIt(Conflict):
    """Only who has agreed to a term that covers it can take it (NO2)."""


def ask(shell: Shell, values: Values, *, by: Actor) -> str:
    """Ask for a shift (`shift_id`) to be taken, or its part from `starts_at` to `ends_at`.

    By `to_person_id`, or by whoever of the on-call team says yes first; for `return_shift_id`, one
    of theirs, in return. Raises: NotYours, TooLate, BadFields.
    """
    fields.need(values, "shift_id")
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        shift = _shift(tx, good["shift_id"])
        if by.person_id is None or by.person_id != shift["person_id"]:
            raise NotYours
        start = max(good.get("starts_at") or shift["during"].lower, shift["during"].lower, now)
        end = min(good.get("ends_at") or shift["during"].upper, shift["during"].upper)
        if end - start < _LEAST:
            raise TooLate
        _check_other(tx, good, by.person_id)
        row: dict[str, object] = {
            **good,
            "asked_by": by.person_id,
            "asked_at": now,
            "starts_at": start,
            "ends_at": end,
            "state": "open",
        }
        swap_id = changes.create(shell, tx, NOUN, row, by=by)
    shell.ring()
    return swap_id


def accept(shell: Shell, swap_id: str, *, by: Actor) -> None:
    """Take what was asked; from now on it is one's own.

    Raises: Answered, TooLate, NotForYou, NoTermForIt.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        tx.execute("select 1 from on_call_team for update")  # first who says yes has it
        swap = changes.load(tx, NOUN, swap_id)
        _need_open(swap)
        if by.person_id is None or by.person_id == swap["asked_by"]:
            raise NotForYou
        if swap["to_person_id"] not in (None, by.person_id):
            raise NotForYou
        start, end = max(swap["starts_at"], now), swap["ends_at"]
        shift = _shift(tx, swap["shift_id"])
        if shift["person_id"] != swap["asked_by"] or not start < end:
            raise TooLate
        _give(shell, tx, shift, by.person_id, start, end)
        if swap["return_shift_id"]:
            back = _shift(tx, swap["return_shift_id"])
            if back["person_id"] != by.person_id or back["during"].lower < now:
                raise TooLate
            _give(shell, tx, back, swap["asked_by"], back["during"].lower, back["during"].upper)
        done = {"state": "accepted", "accepted_by": by.person_id, "accepted_at": now}
        changes.change(shell, tx, NOUN, swap, done, by=by)
    shell.ring()


def decline(shell: Shell, swap_id: str, *, by: Actor) -> None:
    """Say no to what one was asked alone. Raises: Answered, NotForYou."""
    with shell.db.transaction() as tx:
        swap = changes.load(tx, NOUN, swap_id)
        _need_open(swap)
        if swap["to_person_id"] is None or swap["to_person_id"] != by.person_id:
            raise NotForYou
        changes.change(shell, tx, NOUN, swap, {"state": "declined"}, by=by)


def withdraw(shell: Shell, swap_id: str, *, by: Actor) -> None:
    """Take one's question back. Raises: Answered, OnlyThemselves."""
    with shell.db.transaction() as tx:
        swap = changes.load(tx, NOUN, swap_id)
        _need_open(swap)
        audit.need_self(by, swap["asked_by"])
        changes.change(shell, tx, NOUN, swap, {"state": "withdrawn"}, by=by)


def _check_other(tx: Tx, good: dict[str, Any], asking: str) -> None:
    other = good.get("to_person_id")
    if other == asking:
        raise fields.BadFields({"to_person_id": "ask somebody else"})
    back = good.get("return_shift_id")
    if back is None:
        return
    shift = rows.find(tx, "shifts", back)
    if other is None or shift is None or shift["person_id"] != other:
        raise fields.BadFields({"return_shift_id": "must be a shift of the person you ask"})


def _need_open(swap: rows.Row) -> None:
    if swap["state"] != "open":
        raise Answered(state=swap["state"])


def _shift(tx: Tx, shift_id: str) -> rows.Row:
    shift = rows.find(tx, "shifts", shift_id)
    if shift is None:
        raise changes.NoSuchThing(noun="shift", id=shift_id)
    return shift


def _give(
    shell: Shell, tx: Tx, shift: rows.Row, person_id: str, start: datetime, end: datetime
) -> None:
    """Cut [start, end) out of a shift and give it to somebody, in a term of theirs."""
    term = terms_store.covering(tx, person_id, start, end)
    if term is None:
        raise NoTermForIt(person_id=person_id)
    whole = shift["during"]
    parts = [(whole.lower, start), (end, whole.upper)]
    kept = [(a, b) for a, b in parts if a < b]
    if kept:
        rows.change(tx, "shifts", shift["id"], {"during": rows.between(*kept[0])})
    else:
        taken = {"person_id": person_id, "term_id": term[0], "term_during": term[1], "fixed": True}
        rows.change(tx, "shifts", shift["id"], taken)
        return
    same = {name: shift[name] for name in ("stand_id", "plan_id", "shadow")}
    own = {name: shift[name] for name in ("person_id", "term_id", "term_during")}
    for a, b in kept[1:]:
        _add(shell, tx, {**same, **own, "during": rows.between(a, b)})
    theirs = {"person_id": person_id, "term_id": term[0], "term_during": term[1]}
    _add(shell, tx, {**same, **theirs, "during": rows.between(start, end)})


def _add(shell: Shell, tx: Tx, values: dict[str, object]) -> None:
    rows.add(tx, "shifts", {"id": shell.new_id("shf"), "fixed": True, **values})
