"""Swaps: somebody asks for a shift, or a part of it, to be taken; who says yes first has it.

Both agree: who asks, and who takes it, within a term of their own (NO2). Shifts are cut to the
second, so that the hours each stands are on record. Cover is the same in a hurry.

Source: requirements SH5, NO2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields, notices, taking
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.core import hours
from watchbill.core.people import PersonId
from watchbill.errors import Conflict, Forbidden, Invalid
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
where w.state = 'open' and s.id = w.shift_id and (w.ends_at <= %(now)s or s.person_id <> w.asked_by
  or not s.during @> tstzrange(least(greatest(w.starts_at, %(now)s), w.ends_at), w.ends_at)
  or w.return_shift_id is not null and not exists (select 1 from shifts b
    where b.id = w.return_shift_id and b.person_id = w.to_person_id and lower(b.during) >= %(now)s))
"""
# A shift was cut: questions about what is still the asker's go with that part of it.
_FOLLOW = """
update swaps w set shift_id = s.id from shifts s
where w.state = 'open' and w.shift_id = %s and s.person_id = w.asked_by and s.shadow = %s
  and s.during @> tstzrange(least(greatest(w.starts_at, %s), w.ends_at), w.ends_at)
"""
#: A part may be as short as this.
_LEAST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deal:
    """A shift of which somebody takes [start, end)."""

    shift: rows.Row
    taker: str
    start: datetime
    end: datetime


class NotYours(Forbidden):
    """Only who stands a shift asks somebody else to take it."""


class NotForYou(Forbidden):
    """Somebody else was asked."""


class TooLate(Conflict):
    """That part of the shift is over, or is not theirs any more."""


class TooShort(Invalid):
    """The part must lie within the shift, and last at least a quarter of an hour."""


class Answered(Conflict):
    """This was answered already: who said yes first has it."""


class NoTermForIt(Conflict):
    """Only who has agreed to a term that covers it can take it (NO2)."""


def ask(shell: Shell, values: Values, *, by: Actor) -> str:
    """Ask for a shift (`shift_id`) to be taken, or its part from `starts_at` to `ends_at`.

    By `to_person_id`, or by whoever of the on-call team says yes first; for `return_shift_id`, one
    of theirs, in return. Raises: NotYours, TooLate, TooShort, BadFields.
    """
    fields.need(values, "shift_id")
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        shift = _shift(tx, good["shift_id"])
        if by.person_id is None or by.person_id != shift["person_id"]:
            raise NotYours
        start, end = _part(shift, good, now)
        _check_other(tx, good, shift, (start, end))
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

    Raises: Answered, TooLate, NotForYou, NoTermForIt, StandsThen, AwayThen, BeyondLimit.
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
        deals = _deals(tx, swap, by.person_id, now)
        before = [taking.look(shell, tx, deal.taker, deal.start, deal.end) for deal in deals]
        given = [_give(shell, tx, deal, now=now) for deal in deals]
        for each in before:
            taking.need(tx, each)
        start, end = deals[0].start, deals[0].end
        done = {
            "state": "accepted",
            "accepted_by": by.person_id,
            "accepted_at": now,
            "shift_id": given[0],
            "starts_at": start,
        }
        changes.change(shell, tx, NOUN, swap, done, by=by)
        close_over(tx, now=now)
        subject = f"{_name(shell, tx, by)} takes your shift"
        effect = "They are called then, and you are not."
        _tell(shell, tx, swap, [swap["asked_by"]], subject, (start, end), effect=effect)
    shell.ring()


def decline(shell: Shell, swap_id: str, *, by: Actor) -> None:
    """Say no to what one was asked alone. Raises: Answered, NotForYou."""
    with shell.db.transaction() as tx:
        swap = changes.load(tx, NOUN, swap_id)
        _need_open(swap)
        if swap["to_person_id"] is None or swap["to_person_id"] != by.person_id:
            raise NotForYou
        changes.change(shell, tx, NOUN, swap, {"state": "declined"}, by=by)
        subject, effect = f"{_name(shell, tx, by)} cannot take your shift", "It stays yours."
        _tell(shell, tx, swap, [swap["asked_by"]], subject, effect=effect)
    shell.ring()


def withdraw(shell: Shell, swap_id: str, *, by: Actor) -> None:
    """Take one's question back; who was asked is told. Raises: Answered, OnlyThemselves."""
    with shell.db.transaction() as tx:
        swap = changes.load(tx, NOUN, swap_id)
        _need_open(swap)
        audit.need_self(by, swap["asked_by"])
        changes.change(shell, tx, NOUN, swap, {"state": "withdrawn"}, by=by)
        subject = f"{_name(shell, tx, by)} asks for it no more"
        _tell(shell, tx, swap, _asked(tx, swap), subject)
    shell.ring()


def close_over(tx: Tx, *, now: datetime) -> int:
    """End questions whose time has passed, or whose shift is not the asker's any more."""
    return tx.execute(_OVER, {"now": now}).rowcount


def _tell_asked(shell: Shell, tx: Tx, swap_id: str, row: dict[str, Any]) -> None:
    """Ask by mail: the one person, or everybody in a term then. It is a question, never a page."""
    name = _name(shell, tx, audit.person(row["asked_by"]))
    urgent = "needs cover now" if row.get("urgent") else "asks for a shift to be taken"
    swap = {"id": swap_id, **row}
    effect = f"Until somebody says yes, {name} stands then; who says yes first is called instead."
    _tell(shell, tx, swap, _asked(tx, swap), f"{name} {urgent}", effect=effect)


def _asked(tx: Tx, swap: dict[str, Any]) -> list[str]:
    """Return who may answer: the one person, or everybody else in a term then."""
    if swap.get("to_person_id"):
        return [swap["to_person_id"]]
    found = terms_store.in_term(tx, start=swap["starts_at"], end=swap["ends_at"])
    return [person_id for person_id in found if person_id != swap["asked_by"]]


def _tell(
    shell: Shell,
    tx: Tx,
    swap: dict[str, Any],
    people: list[str],
    subject: str,
    span: tuple[datetime, datetime] | None = None,
    *,
    effect: str = "",
) -> None:
    """Tell each in the times of where they live, and what it means."""
    start, end = span or (swap["starts_at"], swap["ends_at"])
    company = shell.company(tx)
    for person_id in people:
        person = company.people.get(PersonId(person_id))
        zone = hours.known_zone(person.zone if person else "UTC")
        times = [f"{at.astimezone(zone):%a %-d %b %H:%M}" for at in (start, end)]
        text = f"{subject}: {times[0]} to {times[1]}, your time."
        text += f" {effect}" if effect else ""
        if swap.get("note"):
            text += f"\n\n{swap['note']}"
        notices.tell(shell, tx, [person_id], subject, text, path=f"/swaps/{swap['id']}")


def _name(shell: Shell, tx: Tx, by: Actor) -> str:
    person = shell.company(tx).people.get(PersonId(by.person_id or ""))
    return person.name if person else "A colleague"


def _part(shift: rows.Row, good: dict[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """Return the part that is asked for, to the second. Raises: TooLate, TooShort."""
    lower, upper = _ends(shift)
    if upper <= now:
        raise TooLate
    start = max(_second(good.get("starts_at") or lower), lower, _second(now))
    end = min(_second(good.get("ends_at") or upper), upper)
    if end - start < _LEAST:
        raise TooShort
    return start, end


def _ends(shift: rows.Row) -> tuple[datetime, datetime]:
    return shift["during"].lower, shift["during"].upper


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _check_other(
    tx: Tx, good: dict[str, Any], shift: rows.Row, span: tuple[datetime, datetime]
) -> None:
    """Refuse to ask whom nobody can ask. Raises: BadFields."""
    other, back = good.get("to_person_id"), good.get("return_shift_id")
    if other == shift["person_id"]:
        raise fields.BadFields({"to_person_id": "ask somebody else"})
    if other and not terms_store.parts(tx, other, start=span[0], end=span[1]):
        raise fields.BadFields({"to_person_id": "no term of theirs covers this time"})
    if back is None:
        return
    theirs = rows.find(tx, "shifts", back)
    if other is None or theirs is None or theirs["person_id"] != other:
        raise fields.BadFields({"return_shift_id": "must be a shift of the person you ask"})
    if theirs["shadow"] != shift["shadow"]:
        raise fields.BadFields({"return_shift_id": "a shift as a shadow is no return for another"})


def _deals(tx: Tx, swap: rows.Row, taker: str, now: datetime) -> list[_Deal]:
    """Return what changes hands: the shift, and the one in return. Raises: TooLate."""
    shift = _shift(tx, swap["shift_id"])
    lower, upper = _ends(shift)
    start, end = max(swap["starts_at"], _second(now), lower), swap["ends_at"]
    is_theirs = shift["person_id"] == swap["asked_by"] and end <= upper
    if not is_theirs or not max(start, now) < end or lower > max(swap["starts_at"], now):
        raise TooLate
    deals = [_Deal(shift=shift, taker=taker, start=start, end=end)]
    if swap["return_shift_id"]:
        back = rows.find(tx, "shifts", swap["return_shift_id"])
        if back is None or back["person_id"] != taker or back["during"].lower < now:
            raise TooLate
        lower, upper = _ends(back)
        deals.append(_Deal(shift=back, taker=swap["asked_by"], start=lower, end=upper))
    return deals


def _need_open(swap: rows.Row) -> None:
    if swap["state"] != "open":
        raise Answered(state=swap["state"])


def _shift(tx: Tx, shift_id: str) -> rows.Row:
    shift = rows.find(tx, "shifts", shift_id)
    if shift is None:
        raise changes.NoSuchThing(noun="shift", id=shift_id)
    return shift


def _give(shell: Shell, tx: Tx, deal: _Deal, *, now: datetime) -> str:
    """Cut what is taken out of a shift; return the id of the taker's first part.

    Cut, too, where one term of theirs ends and their next begins. Raises: NoTermForIt.
    """
    shift, (lower, upper) = deal.shift, _ends(deal.shift)
    terms = terms_store.parts(tx, deal.taker, start=deal.start, end=deal.end)
    if not terms:
        raise NoTermForIt(person_id=deal.taker)
    parts: list[dict[str, object]] = [
        {"during": rows.between(since, to)}
        for since, to in ((lower, deal.start), (deal.end, upper))
        if since < to
    ]
    kept = len(parts)
    parts += [
        {
            "person_id": deal.taker,
            "term_id": term_id,
            "term_during": term_during,
            "during": rows.between(since, to),
            "fixed": True,
        }
        for term_id, term_during, since, to in terms
    ]
    rows.change(tx, "shifts", shift["id"], parts[0])
    ids = [shift["id"]]
    for values in parts[1:]:
        ids.append(shell.new_id("shf"))
        rows.add(tx, "shifts", {**shift, **values, "id": ids[-1], "sequence": 0})
    tx.execute(_FOLLOW, [shift["id"], shift["shadow"], now])
    return str(ids[kept])
