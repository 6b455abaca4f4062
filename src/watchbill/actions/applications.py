"""Applications: somebody offers themselves for a term; nobody else can do it for them.

A term begins only with the person's own agreement: their application is it, and the database keeps
who made it. When the seats are taken, applications wait in their order.

Source: requirements VO1-VO3, NO2.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields, notices, terms
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.core import hours
from watchbill.core.people import PersonId
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


class NotWaiting(Conflict):
    """This application does not wait any more."""


class Lapsed(Conflict):
    """Less than a shift is left of the time they asked for; let them apply again."""


class OnlyTheOnCallTeamSeats(Forbidden):
    """Somebody of the on-call team, or an admin, gives the seat to whom applied for it."""


class AlreadyApplied(Conflict):
    """You have an application that waits; withdraw it to make another."""


class StillInTerm(Conflict):
    """You are in a term until later than that; apply for the time after it."""


class NoSeatAfter(Conflict):
    """Every seat is taken after your term; apply, and you wait for one in your order."""


class AlreadyAgreed(Conflict):
    """You have agreed to the term after this one already."""


def apply(shell: Shell, values: Values, *, by: Actor) -> str:
    """Offer oneself for a term: from `starts_at` (now, or after one's own) to `ends_at` (six months).

    Raises: OnlyThemselves for a program without a person, OnlyEngineers, StillInTerm, AlreadyApplied.
    """
    good: dict[str, Any] = fields.checked(NOUN.checks, values)
    if by.person_id is None:
        raise audit.OnlyThemselves
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        terms.need_engineer(shell, tx, by.person_id)
        start, end = _asked_for(tx, by.person_id, good, now)
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


def _asked_for(
    tx: Tx, person_id: str, good: dict[str, Any], now: datetime
) -> tuple[datetime, datetime]:
    """Return from when to when; never over a term of theirs."""
    own = terms_store.open_terms(tx, person_id, at=now)
    free_at = max([now, *(ends_at for _, _, ends_at in own)])
    start = max(good.get("starts_at") or free_at, now)
    if start < free_at:
        raise StillInTerm
    end = good.get("ends_at") or start + timedelta(days=volunteers_store.team(tx).term_days)
    if not start + terms.LEAST <= end <= start + terms.LONGEST:
        raise fields.BadFields({"ends_at": "must be 7 to 400 days after the term begins"})
    return start, end


def withdraw(shell: Shell, application_id: str, *, by: Actor) -> None:
    """Take one's application back. Raises: OnlyThemselves, NotWaiting."""
    with shell.db.transaction() as tx:
        before = _waiting(tx, application_id)
        audit.need_self(by, before["person_id"])
        gone = {"state": "withdrawn", "decided_at": shell.clock.now()}
        changes.change(shell, tx, NOUN, before, gone, by=by)


def seat(shell: Shell, application_id: str, *, by: Actor) -> str:
    """Give a free seat to whom applied for it; return the term. The consent is the applicant's.

    Raises: SeatsTaken, NotWaiting, Lapsed, OnlyTheOnCallTeamSeats, OnlyEngineers, Overlapping.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        is_one = by.person_id and terms_store.is_volunteer(tx, by.person_id, at=now)
        if not (is_one or by.is_admin):
            raise OnlyTheOnCallTeamSeats
        before = _waiting(tx, application_id)
        terms.need_engineer(shell, tx, before["person_id"])
        start, end = max(before["starts_at"], now), before["ends_at"]
        if end - start < terms.LEAST:
            raise Lapsed(id=application_id)
        terms.need_seat(tx, start, end, terms.SeatsTaken)
        term: dict[str, object] = {
            "person_id": before["person_id"],
            "during": rows.between(start, end),
            "consented_by": before["applied_by"],
            "consented_at": before["applied_at"],
        }
        term_id = changes.create(shell, tx, terms.NOUN, term, by=by)
        seated = {"state": "seated", "decided_at": now, "term_id": term_id}
        changes.change(shell, tx, NOUN, before, seated, by=by)
        _tell_seated(shell, tx, before["person_id"], start, end)
    shell.ring()
    return term_id


def _tell_seated(shell: Shell, tx: Tx, person_id: str, start: datetime, end: datetime) -> None:
    """Tell somebody that their term begins: also whoever never offered themselves would hear it."""
    person = shell.company(tx).people.get(PersonId(person_id))
    zone = hours.known_zone(person.zone if person else "UTC")
    first, last = (f"{at.astimezone(zone):%-d %B %Y}" for at in (start, end))
    text = (
        f"You offered yourself, and have a seat from {first} to {last}. Make sure that you are"
        " ready before your first shift: /readiness. You can pause or step down at any time,"
        " without a reason."
    )
    notices.tell(shell, tx, [person_id], "You are in the on-call team", text, path="/on-call-team")


def renew(shell: Shell, term_id: str, values: Values, *, by: Actor) -> str:
    """Agree to another term right after one's own, to `ends_at` (six months later); return it.

    Renewal is asked, never assumed. Raises: OnlyThemselves, TermOver, AlreadyAgreed, NoSeatAfter.
    """
    good: dict[str, Any] = fields.checked({"ends_at": fields.instant}, values)
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        before = changes.load(tx, terms.NOUN, term_id)
        audit.need_self(by, before["person_id"])
        start = before["during"].upper
        if start <= now:
            raise terms.TermOver(id=term_id)
        if terms_store.open_terms(tx, before["person_id"], at=now)[-1][0] != term_id:
            raise AlreadyAgreed(id=term_id)
        end = good.get("ends_at") or start + timedelta(days=volunteers_store.team(tx).term_days)
        if not start + terms.LEAST <= end <= start + terms.LONGEST:
            raise fields.BadFields({"ends_at": "must be 7 to 400 days after the term begins"})
        terms.need_seat(tx, start, end, NoSeatAfter)
        term: dict[str, object] = {
            "person_id": before["person_id"],
            "during": rows.between(start, end),
            "consented_by": by.person_id,
            "consented_at": now,
        }
        new_id = changes.create(shell, tx, terms.NOUN, term, by=by)
    shell.ring()
    return new_id


def _waiting(tx: Tx, application_id: str) -> rows.Row:
    before = changes.load(tx, NOUN, application_id)
    if before["state"] != "waiting":
        raise NotWaiting(id=application_id)
    return before
