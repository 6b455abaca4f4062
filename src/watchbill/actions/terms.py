"""Terms: a volunteer's own agreement to stand shifts for a while (NO2, VO1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx

#: The longest term; six months is the rule, a long last shift may reach beyond.
LONGEST = timedelta(days=400)
#: The shortest: one shift.
LEAST = timedelta(days=7)

NOUN = Noun(
    word="term",
    table="terms",
    prefix="term",
    checks={
        "person_id": fields.text(64, least=1),
        "starts_at": fields.instant,
        "ends_at": fields.instant,
    },
)


def agree(shell: Shell, values: Values, *, by: Actor) -> str:
    """Agree to a term: `person_id`, `starts_at`, `ends_at`; only for oneself.

    Raises: OnlyThemselves for anybody else, an admin too; Overlapping.
    """
    fields.need(values, "person_id", "starts_at", "ends_at")
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    audit.need_self(by, good["person_id"])
    start, end = good.pop("starts_at"), good.pop("ends_at")
    if not start + LEAST <= end <= start + LONGEST:
        raise fields.BadFields({"ends_at": "must be 7 to 400 days later than starts_at"})
    good |= {
        "during": rows.between(start, end),
        "consented_by": by.person_id,
        "consented_at": shell.clock.now(),
    }
    with shell.db.transaction() as tx:
        term_id = changes.create(shell, tx, NOUN, good, by=by)
    shell.ring()
    return term_id


def withdraw(shell: Shell, term_id: str, *, by: Actor) -> None:
    """End one's term: shifts still to come are gone, the one under way is stood to its end."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, term_id)
        audit.need_self_or_admin(by, before["person_id"])
        dropped = terms_store.drop_shifts(tx, term_id, after=now)
        _end(shell, tx, before, by, now)
        audit.record(shell, tx, by, "term.withdrawn", term_id, {"shifts_dropped": dropped})
    shell.ring()


def _end(shell: Shell, tx: Tx, before: dict[str, Any], by: Actor, now: datetime) -> None:
    """Remove a term that has not been used, or shorten it to what has."""
    during = before["during"]
    if during.lower >= now:
        changes.remove(shell, tx, NOUN, before, by=by)
        return
    last = terms_store.last_shift_ends(tx, before["id"])
    end = min(max(now, last or now), during.upper)
    changes.change(shell, tx, NOUN, before, {"during": rows.between(during.lower, end)}, by=by)
