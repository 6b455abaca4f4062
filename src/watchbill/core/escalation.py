"""Advance: whose turn is it now? The rule that moves an incident on when it is due.

One function, `advance`, in this order: what ran out (snooze, acknowledgement, silence), where the
incident belongs now (`routing.route`), whom to call next, and when to look again. It is called at
an incident's first moment, whenever it is due, and after every answer; calling it too often
changes nothing.

Source: DESIGN §2; requirements RO1-RO5, ES1-ES3, NO1, NO3.
"""

from __future__ import annotations

from datetime import datetime

from watchbill.core import calls, growth, incidents, passing
from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.core.copies import replace
from watchbill.core.incidents import Decision, EntryKind, Incident, IncidentState
from watchbill.core.pages import Page
from watchbill.core.people import PersonId


def advance(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    now: datetime,
    new_id: NewId,
    gave_up: PersonId | None = None,
) -> Decision:
    """Return what is due for `incident` at `now`; `pages` are its open pages.

    `gave_up` is who has just declined or cannot be reached: they are not called again at once,
    and if nobody else is being called the next step begins now.

    The result's incident says in `due_at` when to look again, always later than `now`; None once
    it is resolved, or if somebody has it and nothing lies ahead that could change that.
    """
    if not incident.is_open:
        return Decision(incident=replace(incident, due_at=None))
    if incident.close_at is not None and incident.close_at <= now:
        return incidents.resolved(
            company, incident, pages, by=None, resolution="stale", now=now, new_id=new_id
        )
    done = _expire(incident, now=now, new_id=new_id)
    if done.incident.state is IncidentState.SNOOZED:
        return Decision(incident=look_again(done.incident), entries=done.entries)
    settled, route = passing.where(company, done.incident, now=now)
    done = done.then(passing.move(company, settled, pages, route, now=now, new_id=new_id))
    if done.incident.state is IncidentState.TRIGGERED:
        still = _still_open(pages, done)
        done = done.then(
            calls.call(company, done.incident, still, route, gave_up, now=now, new_id=new_id)
        )
        done = done.then(
            growth.tell(company, done.incident, _still_open(pages, done), now=now, new_id=new_id)
        )
    return replace(done, incident=look_again(done.incident))


def _expire(incident: Incident, *, now: datetime, new_id: NewId) -> Decision:
    """End a snooze or an acknowledgement whose time is over."""
    if incident.state is IncidentState.SNOOZED and _is_over(incident.snoozed_until, now):
        woke = replace(
            passing.unacknowledged(incident),
            state=IncidentState.TRIGGERED,
            step=-1,
            step_ends_at=None,
            snoozed_until=None,
        )
        return Decision(
            incident=woke,
            entries=(incidents.entry(woke, EntryKind.WOKE, now=now, new_id=new_id),),
        )
    if incident.state is IncidentState.ACKNOWLEDGED and _is_over(incident.ack_until, now):
        by = incident.acknowledged_by
        again = passing.unacknowledged(incident)
        return Decision(
            incident=again,
            entries=(incidents.entry(again, EntryKind.ACK_EXPIRED, now=now, new_id=new_id, by=by),),
        )
    return Decision(incident=incident)


def look_again(incident: Incident) -> Incident:
    """Return the incident with the next instant at which something may be due."""
    if not incident.is_open:
        return replace(incident, due_at=None)
    times = [incident.close_at]
    if incident.state is IncidentState.SNOOZED:
        times += [incident.snoozed_until]
    else:
        times += [incident.boundary_at]
    if incident.state is IncidentState.TRIGGERED:
        times += [incident.step_ends_at, growth.due_at(incident)]
    if incident.state is IncidentState.ACKNOWLEDGED:
        times += [incident.ack_until]
    return replace(incident, due_at=min((t for t in times if t is not None), default=None))


def _still_open(pages: tuple[Page, ...], done: Decision) -> tuple[Page, ...]:
    """Return the pages open after `done`: those it left alone, and those it began."""
    changed = {page.id: page for page in done.pages}
    now = [changed.pop(page.id, page) for page in pages] + list(changed.values())
    return tuple(page for page in now if page.is_open)


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now
