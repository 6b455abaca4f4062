"""Applications: somebody offers themselves for a term; nobody else can do it for them.

A term begins only with the person's own agreement: their application is it, and the database keeps
who made it. When the seats are taken, applications wait in their order.

Source: requirements VO1-VO3, NO2.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields, terms
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.core.people import PersonRole
from watchbill.errors import Conflict, Forbidden
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

NOUN = Noun(
    word="application",
    table="applications",
    prefix="app",
    checks={"starts_at": fields.instant, "ends_at": fields.instant},
    decides=False,
)


class SeatsTaken(Conflict):
    """Every seat of the on-call team is taken for that time; the application waits in its order."""


class NotWaiting(Conflict):
    """This application does not wait any more."""


class OnlyEngineers(Forbidden):
    """Engineers stand the watch; managers stand behind them, on their own rota (ES1)."""


class OnlyTheOnCallTeamSeats(Forbidden):
    """Somebody of the on-call team, or an admin, gives the seat to whom applied for it."""


class AlreadyApplied(Conflict):
    """You have an application that waits; withdraw it to make another."""


def apply(shell: Shell, values: Values, *, by: Actor) -> str:
    """Offer oneself for a term: from `starts_at` (now) to `ends_at` (six months later).

    Raises: OnlyThemselves for a program without a person, OnlyEngineers, AlreadyApplied.
    """
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    if by.person_id is None:
        raise audit.OnlyThemselves
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        person = shell.company(tx).people.get(by.person_id)
        if person is None or person.role is not PersonRole.ENGINEER:
            raise OnlyEngineers
        start = good.get("starts_at") or now
        end = good.get("ends_at") or start + timedelta(days=volunteers_store.team(tx).term_days)
        if not start < end <= start + terms.LONGEST:
            raise fields.BadFields({"ends_at": "must be later than starts_at, by at most 400 days"})
        own: dict[str, object] = {
            "person_id": by.person_id,
            "applied_by": by.person_id,
            "applied_at": now,
            "starts_at": start,
            "ends_at": end,
            "state": "waiting",
        }
        try:
            return changes.create(shell, tx, NOUN, own, by=by)
        except rows.Taken:
            raise AlreadyApplied from None


def withdraw(shell: Shell, application_id: str, *, by: Actor) -> None:
    """Take one's application back. Raises: OnlyThemselves, NotWaiting."""
    with shell.db.transaction() as tx:
        before = _waiting(tx, application_id)
        audit.need_self(by, before["person_id"])
        gone = {"state": "withdrawn", "decided_at": shell.clock.now()}
        changes.change(shell, tx, NOUN, before, gone, by=by)


def seat(shell: Shell, application_id: str, *, by: Actor) -> str:
    """Give a free seat to whom applied for it; return the term. The consent is the applicant's.

    Raises: SeatsTaken, NotWaiting, OnlyTheOnCallTeamSeats, Overlapping.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        is_one = by.person_id and terms_store.is_volunteer(tx, by.person_id, at=now)
        if not (is_one or by.is_admin):
            raise OnlyTheOnCallTeamSeats
        tx.execute("select 1 from on_call_team for update")  # one at a time: seats are counted
        before = _waiting(tx, application_id)
        start, end = max(before["starts_at"], now), before["ends_at"]
        if start >= end:
            raise NotWaiting(id=application_id)
        if free_seats(tx, start, end) < 1:
            raise SeatsTaken
        term: dict[str, object] = {
            "person_id": before["person_id"],
            "during": rows.between(start, end),
            "consented_by": before["applied_by"],
            "consented_at": before["applied_at"],
        }
        term_id = changes.create(shell, tx, terms.NOUN, term, by=by)
        seated = {"state": "seated", "decided_at": now, "term_id": term_id}
        changes.change(shell, tx, NOUN, before, seated, by=by)
    shell.ring()
    return term_id


def renew(shell: Shell, term_id: str, values: Values, *, by: Actor) -> str:
    """Agree to another term right after one's own, to `ends_at` (six months later); return it.

    Renewal is asked, never assumed. Raises: OnlyThemselves, SeatsTaken, Overlapping.
    """
    good: dict[str, Any] = fields.checked({"ends_at": fields.instant}, values)
    with shell.db.transaction() as tx:
        tx.execute("select 1 from on_call_team for update")  # one at a time: seats are counted
        before = changes.load(tx, terms.NOUN, term_id)
        audit.need_self(by, before["person_id"])
        start = max(before["during"].upper, shell.clock.now())
        end = good.get("ends_at") or start + timedelta(days=volunteers_store.team(tx).term_days)
        if not start + terms.LEAST <= end <= start + terms.LONGEST:
            raise fields.BadFields({"ends_at": "must be 7 to 400 days after the term's end"})
        if free_seats(tx, start, end) < 1:
            raise SeatsTaken
        term: dict[str, object] = {
            "person_id": before["person_id"],
            "during": rows.between(start, end),
            "consented_by": by.person_id,
            "consented_at": shell.clock.now(),
        }
        new_id = changes.create(shell, tx, terms.NOUN, term, by=by)
    shell.ring()
    return new_id


def free_seats(tx: Tx, start: datetime, end: datetime) -> int:
    """Return how many seats are free all the way from `start` to `end`."""
    taken = [s for s in volunteers_store.seats(tx, after=start) if s.start < end]
    moments = [start, *(s.start for s in taken if s.start > start)]
    most = max(sum(1 for s in taken if s.start <= at < s.end) for at in moments)
    return volunteers_store.team(tx).seats - most


def _waiting(tx: Tx, application_id: str) -> rows.Row:
    before = changes.load(tx, NOUN, application_id)
    if before["state"] != "waiting":
        raise NotWaiting(id=application_id)
    return before
