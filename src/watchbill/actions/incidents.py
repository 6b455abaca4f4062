"""Incidents: what is due is advanced, and what people say is taken. Load, decide, save."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from watchbill.actions.shell import Shell
from watchbill.core import answers, escalation, incidents
from watchbill.core.company import Company
from watchbill.core.incidents import Decision, EntryKind, Incident
from watchbill.core.pages import Page
from watchbill.core.people import PersonId, ServiceId
from watchbill.errors import NotFound
from watchbill.store import alerts as alerts_store
from watchbill.store import incidents as incidents_store
from watchbill.store.database import Tx

#: Incidents of one transaction.
BATCH = 1000
#: When the engine tries an incident again that it failed on.
AGAIN = timedelta(minutes=1)


class NoSuchService(NotFound):
    """There is no service with this id or slug."""


Rule = Callable[[Company, Incident, tuple[Page, ...], datetime], Decision]


def advance_due(shell: Shell) -> int:
    """Advance the incidents that are due, longest overdue first; return how many."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        claimed = incidents_store.claim_due(tx, now=now, limit=BATCH)
        if claimed:
            _advance(shell, tx, claimed, now=now)
    if claimed:
        shell.sender_bell.set()
    return len(claimed)


def due(shell: Shell) -> list[str]:
    """Return the ids `advance_due` would take, after one failed."""
    with shell.db.transaction() as tx:
        return incidents_store.due(tx, now=shell.clock.now(), limit=BATCH)


def next_due(shell: Shell) -> datetime | None:
    """Return the soonest instant at which an incident is due."""
    with shell.db.transaction() as tx:
        return incidents_store.next_due(tx)


def advance_one(shell: Shell, incident_id: str) -> None:
    """Advance one incident alone, after its batch failed, if it is still due."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        incident, _ = incidents_store.get(tx, incident_id)
        if incident.due_at is not None and incident.due_at <= now:
            _advance(shell, tx, [incident], now=now)
    shell.sender_bell.set()


def set_aside(shell: Shell, incident_id: str, error: Exception) -> None:
    """Show an incident the engine fails on, and try it again in a minute: it is never given up."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        incidents_store.set_aside(tx, incident_id, error=repr(error), now=now, again_at=now + AGAIN)


def _advance(shell: Shell, tx: Tx, due: list[Incident], *, now: datetime) -> None:
    company = shell.company(tx)
    pages = incidents_store.open_pages(tx, [incident.id for incident in due])
    decisions = [
        escalation.advance(
            company, incident, pages.get(incident.id, ()), now=now, new_id=shell.new_id
        )
        for incident in due
    ]
    _save(tx, decisions, company, now=now)


def acknowledge(shell: Shell, incident_id: str, *, by: PersonId) -> Incident:
    """Take the incident; everybody's call ends."""
    return _answer(
        shell,
        incident_id,
        lambda c, i, p, now: answers.acknowledge(c, i, p, by=by, now=now, new_id=shell.new_id),
    )


def resolve(shell: Shell, incident_id: str, *, by: PersonId) -> Incident:
    """End the incident by hand, and its alerts with it."""
    return _answer(
        shell,
        incident_id,
        lambda c, i, p, now: answers.resolve(c, i, p, by=by, now=now, new_id=shell.new_id),
    )


def snooze(shell: Shell, incident_id: str, *, by: PersonId, wait: timedelta) -> Incident:
    """Put the incident off for a while; it comes back by itself."""
    return _answer(
        shell,
        incident_id,
        lambda c, i, p, now: answers.snooze(
            c, i, p, by=by, until=now + wait, now=now, new_id=shell.new_id
        ),
    )


def decline(shell: Shell, incident_id: str, *, by: PersonId) -> Incident:
    """Say that one cannot answer; the next step is called at once. Saying it again changes nothing."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        incident, pages = incidents_store.get(tx, incident_id)
        is_called = any(page.person_id == by for page in pages)
        if not is_called and incidents_store.was_called(tx, incident_id, by):
            return incident
        company = shell.company(tx)
        decision = answers.decline(company, incident, pages, by=by, now=now, new_id=shell.new_id)
        _save(tx, [decision], company, now=now)
    shell.ring()
    return decision.incident


def need_help(shell: Shell, incident_id: str, *, by: PersonId) -> Incident:
    """Call the duty manager, because whoever has it needs help."""
    return _answer(
        shell,
        incident_id,
        lambda c, i, p, now: answers.need_help(c, i, p, by=by, now=now, new_id=shell.new_id),
    )


def break_glass(shell: Shell, incident_id: str, *, by: PersonId, reason: str) -> Incident:
    """Make a held incident a page, with a reason that is reviewed afterwards."""
    return _answer(
        shell,
        incident_id,
        lambda c, i, p, now: answers.break_glass(
            c, i, p, by=by, reason=reason, now=now, new_id=shell.new_id
        ),
    )


def declare(
    shell: Shell, service_id: ServiceId, *, title: str, reason: str, by: PersonId
) -> Incident:
    """Open an incident by hand: it pages, with a reason that is reviewed afterwards.

    Raises: NoSuchService; NoReason; NoTitle.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        company = shell.company(tx)
        if service_id not in company.services:
            raise NoSuchService(service_id=service_id)
        decision = answers.declare(
            company, service_id, title=title, reason=reason, by=by, now=now, new_id=shell.new_id
        )
        _save(tx, [decision], company, now=now)
    shell.ring()
    return decision.incident


def note(shell: Shell, incident_id: str, *, by: PersonId, text: str) -> Incident:
    """Write a line into the incident's timeline."""
    return _answer(
        shell,
        incident_id,
        lambda _c, i, _p, now: Decision(
            incident=i,
            entries=(
                incidents.entry(
                    i, EntryKind.NOTE, now=now, new_id=shell.new_id, by=by, text=text[:4000]
                ),
            ),
        ),
    )


def unreachable(shell: Shell, incident_id: str, *, person_id: PersonId) -> Incident:
    """Go on to the next step, because no channel can carry this person's page."""
    return _answer(
        shell,
        incident_id,
        lambda c, i, p, now: answers.unreachable(
            c, i, p, person_id=person_id, now=now, new_id=shell.new_id
        ),
    )


def _answer(shell: Shell, incident_id: str, rule: Rule) -> Incident:
    """Load the incident and its pages, apply the rule, save what it decided."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        incident, pages = incidents_store.get(tx, incident_id)
        company = shell.company(tx)
        decision = rule(company, incident, pages, now)
        _save(tx, [decision], company, now=now)
    shell.ring()
    return decision.incident


def _save(tx: Tx, decisions: list[Decision], company: Company, *, now: datetime) -> None:
    """Save what was decided of `company`, and end the alerts of incidents that are over."""
    incidents_store.save(tx, decisions)
    over = [d.incident.id for d in decisions if not d.incident.is_open]
    if over:
        alerts_store.resolve_all(tx, over, now=now)
    incidents_store.look_again_if_changed(tx, decisions, version=company.version, now=now)
