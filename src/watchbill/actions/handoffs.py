"""Handoffs: the note at a shift's end; what is open, held and changed is gathered, not typed (SH4)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from watchbill.actions import audit, changes, fields, notices
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core import handoffs
from watchbill.errors import Conflict, Forbidden
from watchbill.queries import handoffs as queries
from watchbill.store import rows
from watchbill.store.database import Tx
from watchbill.store.rows import Row

#: How long after its end a shift's note may still be written.
LATE = timedelta(days=2)

_CHECKS: dict[str, fields.Check] = {"note": fields.text(8000, least=1)}
_FORGET = "delete from handoffs where shift_id = %s returning note"
_NEXT = """
select person_id from shifts where not shadow and lower(during) >= %s order by lower(during) limit 1
"""


class NotYourShift(Forbidden):
    """Whoever stands a shift writes its handoff."""


class NotThen(Conflict):
    """A handoff is written while the shift is stood, or within two days after it."""


def write(shell: Shell, shift_id: str, note: str, *, by: Actor) -> list[str]:
    """Write a shift's handoff anew, with what is open, held and changed at this moment.

    Whoever is next has it by mail, unless they had the very same note before; return who is told.
    A shadow hands nothing over.
    Raises: NotYourShift, NotThen, NoSuchThing.
    """
    good = fields.checked(_CHECKS, {"note": note})
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        shift = rows.find(tx, "shifts", shift_id)
        if shift is None:
            raise changes.NoSuchThing(noun="shift", id=shift_id)
        if by.person_id != shift["person_id"] or shift["shadow"]:
            raise NotYourShift
        start, end = shift["during"].lower, shift["during"].upper
        if not start <= now < end + LATE:
            raise NotThen
        facts = queries.facts(tx, shell.company(tx), start=start, end=end, now=now)
        before = tx.execute(_FORGET, [shift_id]).fetchone()
        row: dict[str, object] = {
            "id": shell.new_id("hnd"),
            "shift_id": shift_id,
            "person_id": by.person_id,
            "at": now,
            "note": good["note"],
            "facts": asdict(facts),
        }
        rows.add(tx, "handoffs", row)
        audit.record(shell, tx, by, "handoff.written", shift_id, {})
        is_new = before is None or before[0] != good["note"]
        text = _text(str(good["note"]), facts)
        told = _tell_next(shell, tx, shift, text, at=end) if is_new else []
    shell.ring()
    return told


def _text(note: str, facts: queries.HandoffFacts) -> str:
    open_, held, changed = (
        [item.text for item in items] for items in (facts.open, facts.held, facts.changed)
    )
    return handoffs.text(note, open_=open_, held=held, changed=changed)


def _tell_next(shell: Shell, tx: Tx, shift: Row, text: str, *, at: datetime) -> list[str]:
    row = tx.execute(_NEXT, [at]).fetchone()
    if row is None or row[0] == shift["person_id"]:
        return []
    path = f"/rota/shifts/{shift['id']}"
    return notices.tell(
        shell, tx, [row[0]], "The handoff of the shift before yours", text, path=path
    )
