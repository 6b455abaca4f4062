"""Terms: a volunteer's own agreement to stand shifts for a while (NO2, VO1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.core import volunteers
from watchbill.core.people import PersonId, PersonRole
from watchbill.errors import Conflict, Forbidden
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

#: The longest term; six months is the rule, a long last shift may reach beyond.
LONGEST = timedelta(days=400)
#: The shortest: one shift.
LEAST = timedelta(days=7)


class SeatsTaken(Conflict):
    """Every seat of the on-call team is taken for that time; who applies waits in their order."""


class TermOver(Conflict):
    """This term is over; whoever wants another one applies for it."""


class OnlyEngineers(Forbidden):
    """Engineers stand the watch; managers stand behind them, on their own rota (ES1)."""


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

    Raises: OnlyThemselves for anybody else, an admin too; OnlyEngineers, SeatsTaken, Overlapping.
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
        need_engineer(shell, tx, good["person_id"])
        need_seat(tx, start, end, SeatsTaken)
        term_id = changes.create(shell, tx, NOUN, good, by=by)
    shell.ring()
    return term_id


def end_all(shell: Shell, tx: Tx, person_id: str, *, by: Actor) -> None:
    """End a person's terms now: the one under way is cut short, those to come are gone.

    Their shifts from now on are released before: `leaving`.
    """
    now = shell.clock.now()
    for term_id, start, _ in terms_store.open_terms(tx, person_id, at=now):
        before = changes.load(tx, NOUN, term_id)
        if start >= now:
            changes.remove(shell, tx, NOUN, before, by=by)
        else:
            changes.change(shell, tx, NOUN, before, {"during": rows.between(start, now)}, by=by)


def need_seat(tx: Tx, start: datetime, end: datetime, refusal: type[Conflict]) -> None:
    """Refuse a term that would be one more than there are seats; holds the seats until the end.

    Raises: `refusal`.
    """
    tx.execute("select 1 from on_call_team for update")  # one at a time: seats are counted
    taken = volunteers_store.seats(tx, after=start)
    if volunteers.free_seats(volunteers_store.team(tx), taken, start=start, end=end) < 1:
        raise refusal


def need_engineer(shell: Shell, tx: Tx, person_id: str) -> None:
    """Refuse whoever is no engineer of the company: managers stand behind, on their own rota (ES1).

    Raises: OnlyEngineers.
    """
    person = shell.company(tx).people.get(PersonId(person_id))
    if person is None or person.role is not PersonRole.ENGINEER:
        raise OnlyEngineers
