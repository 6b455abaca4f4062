"""Swaps: somebody asks for a shift, or a part of it, to be taken; who says yes first has it.

Both agree: who asks, and who takes it, within a term of their own (NO2). Shifts are cut to the
second, so that the hours each stands are on record. Cover is the same in a hurry.

Source: requirements SH5, NO2.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields, notices
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.core import hours
from watchbill.core.people import PersonId
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
_OVER = """
update swaps w set state = 'over' from shifts s
where w.state = 'open' and s.id = w.shift_id and (w.ends_at <= %s or s.person_id <> w.asked_by)
"""
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
        _tell_asked(shell, tx, swap_id, row)
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
        taken = (start, end)
        _tell(
            shell, tx, swap, [swap["asked_by"]], f"{_name(shell, tx, by)} takes your shift", taken
        )
    shell.ring()


def decline(shell: Shell, swap_id: str, *, by: Actor) -> None:
    """Say no to what one was asked alone. Raises: Answered, NotForYou."""
    with shell.db.transaction() as tx:
        swap = changes.load(tx, NOUN, swap_id)
        _need_open(swap)
        if swap["to_person_id"] is None or swap["to_person_id"] != by.person_id:
            raise NotForYou
        changes.change(shell, tx, NOUN, swap, {"state": "declined"}, by=by)
        _tell(shell, tx, swap, [swap["asked_by"]], f"{_name(shell, tx, by)} cannot take your shift")
    shell.ring()


def withdraw(shell: Shell, swap_id: str, *, by: Actor) -> None:
    """Take one's question back. Raises: Answered, OnlyThemselves."""
    with shell.db.transaction() as tx:
        swap = changes.load(tx, NOUN, swap_id)
        _need_open(swap)
        audit.need_self(by, swap["asked_by"])
        changes.change(shell, tx, NOUN, swap, {"state": "withdrawn"}, by=by)


def close_over(tx: Tx, *, now: datetime) -> int:
    """End questions whose time has passed, or whose shift is not the asker's any more."""
    return tx.execute(_OVER, [now]).rowcount


def _tell_asked(shell: Shell, tx: Tx, swap_id: str, row: dict[str, Any]) -> None:
    """Ask by mail: the one person, or everybody in a term then. It is a question, never a page."""
    asked = [row["to_person_id"]] if row.get("to_person_id") else []
    if not asked:
        during = {"start": row["starts_at"], "end": row["ends_at"]}
        asked = [p for p in terms_store.in_term(tx, **during) if p != row["asked_by"]]
    name = _name(shell, tx, audit.person(row["asked_by"]))
    urgent = "needs cover now" if row.get("urgent") else "asks for a shift to be taken"
    _tell(shell, tx, {"id": swap_id, **row}, asked, f"{name} {urgent}")


def _tell(
    shell: Shell,
    tx: Tx,
    swap: dict[str, Any],
    people: list[str],
    subject: str,
    span: tuple[datetime, datetime] | None = None,
) -> None:
    """Tell each in the times of where they live."""
    start, end = span or (swap["starts_at"], swap["ends_at"])
    company = shell.company(tx)
    for person_id in people:
        person = company.people.get(PersonId(person_id))
        zone = hours.known_zone(person.zone if person else "UTC")
        times = [f"{at.astimezone(zone):%a %-d %b %H:%M}" for at in (start, end)]
        text = f"{subject}: {times[0]} to {times[1]}, your time."
        if swap.get("note"):
            text += f"\n\n{swap['note']}"
        notices.tell(shell, tx, [person_id], subject, text, path=f"/swaps/{swap['id']}")


def _name(shell: Shell, tx: Tx, by: Actor) -> str:
    person = shell.company(tx).people.get(PersonId(by.person_id or ""))
    return person.name if person else "A colleague"


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
