"""Passing: an incident goes from one side to another when hours, a mute or an alarm change.

At a boundary nothing is lost and nobody is called twice: what may wake the volunteer passes to
them, what may not is held, and at opening everything passes to the team, acknowledgement kept.

Source: DESIGN §2; requirements RO2-RO4, NO1, NO4.
"""

from __future__ import annotations

from datetime import datetime

from watchbill.core import contacts, hours, incidents, routing
from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.core.copies import replace
from watchbill.core.incidents import Decision, EntryKind, Incident, IncidentState
from watchbill.core.messages import MessageKind
from watchbill.core.pages import Outcome, Page
from watchbill.core.routing import Reason, Route, Side, StepRole


def where(company: Company, incident: Incident, *, now: datetime) -> tuple[Incident, Route]:
    """Return where `incident` belongs now, and itself without glass that no longer counts.

    Broken glass lasts until the owning team has been at work: the next closing holds again what
    the on-call team never accepted. Its reason and its timeline entry stay for the review.

    Source: DESIGN §2 rule 5; requirements RO3, NO4.
    """
    if incident.glass_by is not None and _is_glass_spent(company, incident, now):
        incident = replace(incident, glass_by=None)
    return incident, routing.route(company, incident.subject, at=now)


def place(company: Company, incident: Incident, route: Route) -> Incident:
    """Return the incident as it stands on the route's side; nobody is called or told by that."""
    return replace(
        incident,
        team_id=company.services[incident.service_id].team_id,
        side=route.side,
        reason=route.reason,
        facts=route.facts,
        boundary_at=route.until,
        hold_until=route.until if route.is_waiting else None,
    )


def _is_glass_spent(company: Company, incident: Incident, now: datetime) -> bool:
    team = company.teams[company.services[incident.service_id].team_id]
    is_over = incident.boundary_at is not None and incident.boundary_at <= now
    return (is_over or incident.side is Side.TEAM) and not hours.is_open(team.hours, now)


def move(
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
    for, unless who has it is the very person they would call (RO3). Whoever is being called as the
    volunteer and stands no more is called no more: it begins anew with who stands now (SH5, VO4).
    """
    moved = place(company, incident, route)
    if route.is_waiting:
        if route.side is incident.side and incident.state is not IncidentState.TRIGGERED:
            return Decision(incident=moved)
        return _wait(moved, pages, route, now=now, new_id=new_id)
    if route.side is incident.side:
        return _relieve(company, moved, pages, route, now=now, new_id=new_id)
    if _is_kept(incident, route, now):
        return _pass_on(company, moved, route, now=now, new_id=new_id)
    moved = moved if incident.help_asked_by else unacknowledged(moved)
    return Decision(
        incident=replace(moved, state=IncidentState.TRIGGERED, step=-1, step_ends_at=now),
        pages=_passed(pages, route, now=now),
        entries=(_routed(moved, now=now, new_id=new_id),),
    )


def _relieve(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    route: Route,
    *,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Call anew from the first step if the volunteer who rings has given the shift away or left."""
    standing = company.volunteer(now)
    is_relieved = any(
        page.is_open and page.role is StepRole.VOLUNTEER and page.person_id != standing
        for page in pages
    )
    if incident.state is not IncidentState.TRIGGERED or not is_relieved:
        return Decision(incident=incident)
    return Decision(
        incident=replace(incident, step=-1, step_ends_at=now),
        pages=_passed(pages, route, now=now),
        entries=(_routed(incident, now=now, new_id=new_id),),
    )


def _passed(pages: tuple[Page, ...], route: Route, *, now: datetime) -> tuple[Page, ...]:
    """End the calls of those the new side does not begin with; who it does, rings on.

    Nobody is called twice at a boundary: a call goes on, in the person's new capacity.
    """
    first = dict(route.steps[0].people) if route.steps else {}
    return tuple(
        replace(page, role=first[page.person_id], reason=route.reason, facts=route.facts, step=0)
        if page.person_id in first
        else page.end(Outcome.PASSED, now=now)
        for page in pages
        if page.is_open
    )


def _wait(
    moved: Incident,
    pages: tuple[Page, ...],
    route: Route,
    *,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Hold: nobody is called until the route's `until`; an acknowledgement is remembered.

    Who asked for help did not get it: what they had is nobody's when the hold ends.
    """
    moved = unacknowledged(moved) if moved.help_asked_by else moved
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
    # Out of hours a message that asks nothing wakes nobody.
    at_work = route.side is Side.TEAM and route.reason is not Reason.TEAM_NEVER_AT_WORK
    told = route.steps[0].people if at_work and route.steps else ()
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


def unacknowledged(incident: Incident) -> Incident:
    """Return the incident as nobody's: what was acknowledged is to be called for from the start."""
    cleared = replace(
        incident, acknowledged_by=None, acknowledged_at=None, ack_until=None, help_asked_by=None
    )
    if incident.state is not IncidentState.ACKNOWLEDGED:
        return cleared
    return replace(cleared, state=IncidentState.TRIGGERED, step=-1, step_ends_at=None)


def _is_kept(incident: Incident, route: Route, now: datetime) -> bool:
    """True if somebody has the incident and may keep it on the new side."""
    may_keep = incident.state in (IncidentState.ACKNOWLEDGED, IncidentState.HELD)
    is_taken = may_keep and incident.acknowledged_at is not None
    if not is_taken or (incident.ack_until is not None and incident.ack_until <= now):
        return False
    first = dict(route.steps[0].people) if route.steps else {}
    return route.side is Side.TEAM or incident.acknowledged_by in first


def _routed(incident: Incident, *, now: datetime, new_id: NewId) -> incidents.Entry:
    return incidents.entry(
        incident,
        EntryKind.ROUTED,
        now=now,
        new_id=new_id,
        side=incident.side.value,
        reason=incident.reason.value,
    )
