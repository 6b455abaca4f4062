"""Handoffs: the note at a shift's end; what is open, held and changed is gathered, not typed (SH4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from watchbill.actions import audit, changes, fields, notices
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.errors import Conflict, Forbidden
from watchbill.store import rows
from watchbill.store.database import Tx
from watchbill.store.rows import Row

#: How long after its end a shift's note may still be written.
LATE = timedelta(days=2)

_CHECKS: dict[str, fields.Check] = {"note": fields.text(8000, least=1)}
_NEXT = """
select person_id from shifts where not shadow and lower(during) >= %s order by lower(during) limit 1
"""


class NotYourShift(Forbidden):
    """Whoever stands a shift writes its handoff."""


class NotThen(Conflict):
    """A handoff is written while the shift is stood, or within two days after it."""


def write(shell: Shell, shift_id: str, note: str, facts: dict[str, object], *, by: Actor) -> None:
    """Write a shift's handoff anew; the next volunteer has it by mail.

    `facts` is what `queries.handoffs.facts` found at this moment. Raises: NotYourShift, NotThen.
    """
    good = fields.checked(_CHECKS, {"note": note})
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        shift = rows.find(tx, "shifts", shift_id)
        if shift is None:
            raise changes.NoSuchThing(noun="shift", id=shift_id)
        if by.person_id is None or by.person_id != shift["person_id"]:
            raise NotYourShift
        if not shift["during"].lower <= now < shift["during"].upper + LATE:
            raise NotThen
        tx.execute("delete from handoffs where shift_id = %s", [shift_id])
        row: dict[str, object] = {
            "id": shell.new_id("hnd"),
            "shift_id": shift_id,
            "person_id": by.person_id,
            "at": now,
            "note": good["note"],
            "facts": facts,
        }
        rows.add(tx, "handoffs", row)
        audit.record(shell, tx, by, "handoff.written", shift_id, {})
        _tell_next(shell, tx, shift, str(good["note"]), at=shift["during"].upper)
    shell.ring()


def _tell_next(shell: Shell, tx: Tx, shift: Row, note: str, *, at: datetime) -> None:
    row = tx.execute(_NEXT, [at]).fetchone()
    if row is None or row[0] == shift["person_id"]:
        return
    path = f"/rota/shifts/{shift['id']}"
    notices.tell(shell, tx, [row[0]], "The handoff of the shift before yours", note, path=path)
