"""Advance: whose turn is it now? The rule that moves an incident on when it is due.

One function, `advance`, in this order: what ran out (snooze, acknowledgement, silence), where the
incident belongs now (`routing.route`), whom to call next, and when to look again. It is called at
an incident's first moment, whenever it is due, and after every answer; calling it too often
changes nothing.

Source: DESIGN §2; requirements RO1-RO5, ES1-ES3, NO1, NO3.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from watchbill.core import contacts, growth, hours, incidents, routing
from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.core.incidents import Decision, EntryKind, Incident, IncidentState
from watchbill.core.messages import MessageKind
from watchbill.core.pages import Outcome, Page
from watchbill.core.routing import Route, Side, Step

#: How soon an incident that reaches nobody is tried again.
_STUCK_WAIT = timedelta(minutes=1)


def advance(
    company: Company, incident: Incident, pages: tuple[Page, ...], *, now: datetime, new_id: NewId
) -> Decision:
    """Return what is due for `incident` at `now`; `pages` are its open pages.

    The result's incident says in `due_at` when to look again; None only once it is resolved.
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
    route = routing.route(company, done.incident.subject, at=now)
    done = done.then(_move(company, done.incident, pages, route, now=now, new_id=new_id))
    if done.incident.state is IncidentState.TRIGGERED:
        still = _still_open(pages, done)
        done = done.then(_call(company, done.incident, still, route, now=now, new_id=new_id))
        done = done.then(
            growth.tell(company, done.incident, _still_open(pages, done), now=now, new_id=new_id)
        )
    return replace(done, incident=look_again(done.incident))


def _expire(incident: Incident, *, now: datetime, new_id: NewId) -> Decision:
    """End a snooze or an acknowledgement whose time is over."""
    if incident.state is IncidentState.SNOOZED and _is_over(incident.snoozed_until, now):
        woke = replace(_afresh(incident), snoozed_until=None)
        return Decision(
            incident=woke,
            entries=(incidents.entry(woke, EntryKind.WOKE, now=now, new_id=new_id),),
        )
    if incident.state is IncidentState.ACKNOWLEDGED and _is_over(incident.ack_until, now):
        by = incident.acknowledged_by
        again = _unacknowledged(incident)
        return Decision(
            incident=again,
            entries=(incidents.entry(again, EntryKind.ACK_EXPIRED, now=now, new_id=new_id, by=by),),
        )
    return Decision(incident=incident)


def _move(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    route: Route,
    *,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Pass the incident to the side the route names, if it is not there already.

    What is held or nobody's stays silent. To its team it goes with its acknowledgement kept, and
    the team's rota is told without being called (RO4). To the volunteers it goes to be called
    for, unless who has it is the very person they would call (RO3).
    """
    moved = replace(
        incident,
        side=route.side,
        reason=route.reason,
        facts=route.facts,
        boundary_at=route.until,
        hold_until=route.until if route.side in (Side.HOLD, Side.NOBODY) else None,
    )
    if _is_waiting(route):
        if route.side is incident.side and incident.state is not IncidentState.TRIGGERED:
            return Decision(incident=moved)
        return _wait(moved, pages, route, now=now, new_id=new_id)
    if route.side is incident.side:
        return Decision(incident=moved)
    kept = moved.acknowledged_by is not None and _keeps(route, moved.acknowledged_by)
    if kept and incident.state in (IncidentState.ACKNOWLEDGED, IncidentState.HELD):
        return _pass_on(company, moved, route, now=now, new_id=new_id)
    moved = moved if incident.help_asked_by else _unacknowledged(moved)
    return Decision(
        incident=replace(moved, state=IncidentState.TRIGGERED, step=-1, step_ends_at=now),
        pages=incidents.end_pages(pages, Outcome.PASSED, now=now),
        entries=(_routed(moved, now=now, new_id=new_id),),
    )


def _wait(
    moved: Incident,
    pages: tuple[Page, ...],
    route: Route,
    *,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Hold: nobody is called until the route's `until`; an acknowledgement is remembered."""
    held = replace(moved, state=IncidentState.HELD, step=-1, step_ends_at=None, stuck_at=None)
    until = route.until.isoformat() if route.until else ""
    return Decision(
        incident=held,
        pages=incidents.end_pages(pages, Outcome.PASSED, now=now),
        entries=(
            incidents.entry(
                held, EntryKind.HELD, now=now, new_id=new_id, reason=route.reason.value, until=until
            ),
        ),
    )


def _pass_on(
    company: Company, moved: Incident, route: Route, *, now: datetime, new_id: NewId
) -> Decision:
    """Give an acknowledged incident to its new side: it stays acknowledged, nobody is called."""
    passed = replace(moved, state=IncidentState.ACKNOWLEDGED, step_ends_at=None)
    told = route.steps[0].people if route.steps else ()
    return Decision(
        incident=passed,
        notifications=tuple(
            note
            for person_id, _ in told
            if person_id != passed.acknowledged_by
            for note in contacts.plan(
                company.people[person_id],
                kind=MessageKind.PASSED,
                incident_id=passed.id,
                page_id=None,
                now=now,
                new_id=new_id,
            )
        ),
        entries=(_routed(passed, now=now, new_id=new_id),),
    )


def _call(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    route: Route,
    *,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Call the next step's people, if the step under way is over."""
    if incident.step_ends_at is not None and incident.step_ends_at > now:
        return Decision(incident=incident)
    if not route.steps:
        return _stuck(incident, now=now, new_id=new_id)
    index = min(incident.step + 1, len(route.steps) - 1)
    step = route.steps[index]
    called = replace(
        incident,
        step=index,
        step_ends_at=now + step.wait,
        announced=incident.firing,
        announced_at=now,
        stuck_at=None,
    )
    ended = incidents.end_pages(pages, Outcome.ESCALATED, now=now)
    result = Decision(
        incident=called,
        pages=ended,
        entries=tuple(
            incidents.entry(
                called,
                EntryKind.PAGE_ENDED,
                now=now,
                new_id=new_id,
                by=page.person_id,
                outcome=Outcome.ESCALATED.value,
            )
            for page in ended
        ),
        notifications=incidents.hooks(
            company,
            called,
            "incident.triggered" if incident.step < 0 else "incident.escalated",
            now=now,
            new_id=new_id,
        ),
    )
    return result.then(_pages(company, called, step, index, now=now, new_id=new_id))


def _pages(
    company: Company, incident: Incident, step: Step, index: int, *, now: datetime, new_id: NewId
) -> Decision:
    """Begin a page for each person of the step."""
    at_work = hours.is_open(company.teams[incident.team_id].hours, now)
    new_pages = tuple(
        Page(
            id=new_id("pg"),
            incident_id=incident.id,
            person_id=person_id,
            role=role,
            reason=incident.reason,
            facts=incident.facts,
            step=index,
            out_of_hours=not at_work,
            started_at=now,
        )
        for person_id, role in step.people
    )
    return Decision(
        incident=incident,
        pages=new_pages,
        notifications=tuple(
            note
            for page in new_pages
            for note in contacts.plan(
                company.people[page.person_id],
                kind=MessageKind.PAGE,
                incident_id=incident.id,
                page_id=page.id,
                now=now,
                new_id=new_id,
            )
        ),
        entries=tuple(
            incidents.entry(
                incident,
                EntryKind.PAGED,
                now=now,
                new_id=new_id,
                by=page.person_id,
                role=page.role.value,
                reason=page.reason.value,
            )
            for page in new_pages
        ),
    )


def _stuck(incident: Incident, *, now: datetime, new_id: NewId) -> Decision:
    """Nobody at all can be reached: say so where it is seen, and try again soon."""
    stuck = replace(incident, step_ends_at=now + _STUCK_WAIT, stuck_at=incident.stuck_at or now)
    if incident.stuck_at is not None:
        return Decision(incident=stuck)
    return Decision(
        incident=stuck, entries=(incidents.entry(stuck, EntryKind.STUCK, now=now, new_id=new_id),)
    )


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


def _is_waiting(route: Route) -> bool:
    return route.side in (Side.HOLD, Side.NOBODY)


def _keeps(route: Route, person_id: str) -> bool:
    """True if who has the incident may keep it on the new side."""
    if route.side is Side.TEAM:
        return True
    return any(person == person_id for step in route.steps[:1] for person, _ in step.people)


def _afresh(incident: Incident) -> Incident:
    """Return the incident as triggered, before its first step."""
    return replace(incident, state=IncidentState.TRIGGERED, step=-1, step_ends_at=None)


def _unacknowledged(incident: Incident) -> Incident:
    cleared = replace(incident, acknowledged_by=None, acknowledged_at=None, ack_until=None)
    return _afresh(cleared) if incident.state is IncidentState.ACKNOWLEDGED else cleared


def _routed(incident: Incident, *, now: datetime, new_id: NewId) -> incidents.Entry:
    return incidents.entry(
        incident,
        EntryKind.ROUTED,
        now=now,
        new_id=new_id,
        side=incident.side.value,
        reason=incident.reason.value,
    )


def _still_open(pages: tuple[Page, ...], done: Decision) -> tuple[Page, ...]:
    """Return the pages open after `done`: those it left alone, and those it began."""
    changed = {page.id: page for page in done.pages}
    now = [changed.pop(page.id, page) for page in pages] + list(changed.values())
    return tuple(page for page in now if page.is_open)


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now
