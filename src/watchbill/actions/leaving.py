"""Leaving: a volunteer steps down or pauses, at any time and without a reason.

Their shifts to come are released in the same transaction; the duty manager has the time until a
plan gives it to somebody. A draft of that plan is made at once, and the others are told that
shifts have opened: not whose choice it was, nor why.

Source: requirements VO4, NO2.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from watchbill.actions import applications, audit, changes, fields, notices, rosters, terms
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Values
from watchbill.actions.shell import Shell
from watchbill.errors import WatchbillError
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx

_CHECKS: dict[str, fields.Check] = {"starts_at": fields.instant, "until": fields.instant}


def step_down(shell: Shell, term_id: str, *, by: Actor) -> str | None:
    """End one's term now, and one agreed to for later; return the draft that fills the open weeks.

    An application that waits is taken back, too: a seat needs a new one (NO2).
    A shift under way ends now, too: the duty manager has it until somebody covers. None if no
    shifts were released. Raises: OnlyThemselves, TermOver.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        person_id = _own_term(tx, term_id, by, now)
        released = let_go(shell, tx, person_id, by=by)
        audit.record(shell, tx, by, "term.left", term_id, {"shifts_released": released})
        changes.look_again(shell, tx)
    shell.ring()
    return _refill(shell, person_id) if released else None


def let_go(shell: Shell, tx: Tx, person_id: str, *, by: Actor) -> int:
    """End somebody's terms and pauses, and take their application back; return the shifts released.

    Whoever comes back offers themselves anew: nobody else makes an old consent count again (NO2).
    """
    now, released = shell.clock.now(), 0
    if own := terms_store.open_terms(tx, person_id, at=now):
        released = _release(shell, tx, person_id, now, own[-1][2])
        terms.end_all(shell, tx, person_id, by=by)
    _end_pauses(shell, tx, person_id, by)
    for application_id in terms_store.waiting(tx, person_id):
        before = changes.load(tx, applications.NOUN, application_id)
        gone = {"state": "withdrawn", "decided_at": now}
        changes.change(shell, tx, applications.NOUN, before, gone, by=by)
    return released


def pause(shell: Shell, term_id: str, values: Values, *, by: Actor) -> str | None:
    """Be away from `starts_at` (now) to `until`, within one's terms; return the draft, or None.

    Others see that one is away, as with any absence. Raises: OnlyThemselves, TermOver, BadFields.
    """
    fields.need(values, "until")
    good: dict[str, Any] = fields.checked(_CHECKS, values)
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        person_id = _own_term(tx, term_id, by, now)
        start, end = max(good.get("starts_at") or now, now), good["until"]
        if not start < end <= terms_store.open_terms(tx, person_id, at=now)[-1][2]:
            raise fields.BadFields({"until": "must lie ahead, within your term"})
        _be_away(shell, tx, person_id, start, end, by)
        released = _release(shell, tx, person_id, start, end)
        facts = {"shifts_released": released}
        audit.record(shell, tx, by, "shifts.released", person_id, facts)
        changes.look_again(shell, tx)
    shell.ring()
    return _refill(shell, person_id) if released else None


def come_back(shell: Shell, term_id: str, *, by: Actor) -> None:
    """End one's pauses now. Raises: OnlyThemselves, TermOver."""
    with shell.db.transaction() as tx:
        person_id = _own_term(tx, term_id, by, shell.clock.now())
        _end_pauses(shell, tx, person_id, by)
        changes.look_again(shell, tx)
    shell.ring()


def _own_term(tx: Tx, term_id: str, by: Actor, now: datetime) -> str:
    """Return whose term it is: the one who acts, nobody else, not even an admin."""
    term = changes.load(tx, terms.NOUN, term_id)
    audit.need_self(by, term["person_id"])
    if term["during"].upper <= now:
        raise terms.TermOver(id=term_id)
    return str(term["person_id"])


def _release(shell: Shell, tx: Tx, person_id: str, start: datetime, end: datetime) -> int:
    """Let go of a person's shifts in [start, end); return how many.

    One that has not begun goes as a whole, so that its week is planned as a whole; of one under
    way only that time.
    """
    now = shell.clock.now()
    count = terms_store.release_shifts(tx, person_id, start=start, end=end, now=now)
    for shift in terms_store.shifts_in(tx, person_id, start=start, end=end):
        terms_store.unask(tx, shift["id"])
        whole = shift["during"]
        rows.change(tx, "shifts", shift["id"], {"during": rows.between(whole.lower, start)})
        if end < whole.upper:
            rest = {"id": shell.new_id("shf"), "during": rows.between(end, whole.upper)}
            rows.add(tx, "shifts", {**shift, **rest})
        count += 1
    return count


def _be_away(
    shell: Shell, tx: Tx, person_id: str, start: datetime, end: datetime, by: Actor
) -> None:
    absence_id = shell.new_id("abs")
    times: dict[str, object] = {"person_id": person_id, "starts_at": start, "ends_at": end}
    rows.add(tx, "absences", {"id": absence_id, **times, "source": "pause"})
    audit.record(shell, tx, by, "absence.created", absence_id, times)


def _end_pauses(shell: Shell, tx: Tx, person_id: str, by: Actor) -> None:
    """End what is under way, strike out what lies ahead; the audit log says it as of any absence."""
    now = shell.clock.now()
    for absence_id, begun in terms_store.pauses(tx, person_id, at=now):
        if begun < now:
            rows.change(tx, "absences", absence_id, {"ends_at": now})
        else:
            rows.remove(tx, "absences", absence_id)
        audit.record(shell, tx, by, "absence.removed", absence_id, {"person_id": person_id})


def _refill(shell: Shell, left_by: str) -> str | None:
    """Make the draft and tell the others; what goes wrong here undoes nothing."""
    draft = None
    with contextlib.suppress(WatchbillError, OSError, RuntimeError):
        draft = rosters.replan(shell, by=audit.SYSTEM)
    with shell.db.transaction() as tx:
        others = [p for p in terms_store.volunteers(tx, at=shell.clock.now()) if p != left_by]
        text = "Some weeks ahead have nobody; the duty manager has them until they are planned." + (
            " A plan that moves as little as possible waits to be looked at." if draft else ""
        )
        path = f"/plans/{draft}" if draft else "/plans"
        notices.tell(shell, tx, others, "Shifts have opened", text, path=path)
    shell.ring()
    return draft
