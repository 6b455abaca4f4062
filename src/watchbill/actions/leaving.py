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

from watchbill.actions import audit, changes, fields, notices, rosters, terms
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Values
from watchbill.actions.shell import Shell
from watchbill.errors import WatchbillError
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx

_CHECKS: dict[str, fields.Check] = {"starts_at": fields.instant, "until": fields.instant}


def step_down(shell: Shell, term_id: str, *, by: Actor) -> str | None:
    """End one's term now; return the draft that fills the open weeks, None if none was needed.

    A shift under way is stood to its end, or covered: swaps. Raises: OnlyThemselves.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        term = changes.load(tx, terms.NOUN, term_id)
        audit.need_self_or_admin(by, term["person_id"])
        weeks = terms_store.count_shifts(tx, term["person_id"], start=now, end=term["during"].upper)
    terms.withdraw(shell, term_id, by=by)
    return _refill(shell, str(term["person_id"])) if weeks else None


def pause(shell: Shell, term_id: str, values: Values, *, by: Actor) -> str | None:
    """Be away from `starts_at` (now) to `until`, within one's term; return the draft, or None.

    Others see that one is away, as with any absence. Raises: OnlyThemselves, BadFields.
    """
    fields.need(values, "until")
    good: dict[str, Any] = fields.checked(_CHECKS, values)
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        term = changes.load(tx, terms.NOUN, term_id)
        audit.need_self(by, term["person_id"])
        start, end = max(good.get("starts_at") or now, now), good["until"]
        if not start < end <= term["during"].upper:
            raise fields.BadFields({"until": "must lie ahead, within your term"})
        _be_away(shell, tx, str(term["person_id"]), start, end, by)
        released = terms_store.release_shifts(
            tx, term["person_id"], start=start, end=end, after=now
        )
        facts = {"shifts_released": released}
        audit.record(shell, tx, by, "shifts.released", term["person_id"], facts)
        changes.look_again(shell, tx)
    shell.ring()
    return _refill(shell, str(term["person_id"])) if released else None


def come_back(shell: Shell, term_id: str, *, by: Actor) -> None:
    """End one's pause now. Raises: OnlyThemselves."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        term = changes.load(tx, terms.NOUN, term_id)
        audit.need_self(by, term["person_id"])
        for absence_id, begun in terms_store.pauses(tx, term["person_id"], at=now):
            if begun < now:
                rows.change(tx, "absences", absence_id, {"ends_at": now})
            else:
                rows.remove(tx, "absences", absence_id)
            audit.record(shell, tx, by, "absence.ended", absence_id, {})
        changes.look_again(shell, tx)
    shell.ring()


def _be_away(
    shell: Shell, tx: Tx, person_id: str, start: datetime, end: datetime, by: Actor
) -> None:
    absence_id = shell.new_id("abs")
    times: dict[str, object] = {"person_id": person_id, "starts_at": start, "ends_at": end}
    rows.add(tx, "absences", {"id": absence_id, **times, "source": "pause"})
    audit.record(shell, tx, by, "absence.created", absence_id, times)


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
