"""Calls: beginning a step of an incident's escalation, and saying so when nobody is left.

Source: DESIGN §2; requirements ES1, ES3, NO3.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from watchbill.core import contacts, hours, incidents
from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.core.copies import replace
from watchbill.core.incidents import Decision, EntryKind, Incident
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification
from watchbill.core.pages import Outcome, Page
from watchbill.core.people import PersonId
from watchbill.core.routing import Route, Step

#: How soon an incident that reaches nobody is tried again.
_STUCK_WAIT = timedelta(minutes=1)


def call(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    route: Route,
    gave_up: PersonId | None,
    *,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Call the next step's people, if the step under way is over.

    It is over when its time is, or when `gave_up` was the last who was being called.
    """
    ends_at = incident.step_ends_at
    is_over = ends_at is None or ends_at <= now
    if not is_over and (pages or gave_up is None):
        return Decision(incident=incident)
    index = _next_step(incident, route, gave_up, repeats=is_over)
    if index is None:
        return _stuck(incident, route, now=now, new_id=new_id)
    step = route.steps[index]
    ringing = _ringing_on(incident, pages, step)
    anew = tuple((p, role) for p, role in step.people if p not in ringing and p != gave_up)
    called = replace(
        incident,
        step=index,
        step_ends_at=now + step.wait,
        announced=incident.firing,
        announced_at=now,
        stuck_at=None,
    )
    past = tuple(page for page in pages if page.person_id not in ringing)
    begun = "incident.triggered" if incident.step < 0 else "incident.escalated"
    hooks = incidents.hooks(company, called, begun, now=now, new_id=new_id)
    ended = _escalate_past(called, past, now=now, new_id=new_id)
    result = replace(ended, notifications=hooks)
    people = replace(step, people=anew)
    return result.then(_begin(company, called, people, now=now, new_id=new_id))


def _next_step(
    incident: Incident, route: Route, gave_up: PersonId | None, *, repeats: bool
) -> int | None:
    """Return the first later step with somebody who has not just given up, or None.

    Once its time is over the last step `repeats`; not before, or who declines would be called
    again at once, for ever.
    """
    last = len(route.steps) - 1
    following = incident.step + 1
    first = max(min(following, last), 0) if repeats else following
    for index in range(first, last + 1):
        if any(person != gave_up for person, _ in route.steps[index].people):
            return index
    return None


def _ringing_on(incident: Incident, pages: tuple[Page, ...], step: Step) -> set[PersonId]:
    """Return who is being called already and goes on being called, at a new side's beginning."""
    asked = {person for person, _ in step.people} if incident.step < 0 else set()
    return {page.person_id for page in pages} & asked


def _escalate_past(
    incident: Incident, pages: tuple[Page, ...], *, now: datetime, new_id: NewId
) -> Decision:
    """End the calls that went unanswered."""
    ended = incidents.end_pages(pages, Outcome.ESCALATED, now=now)
    return Decision(
        incident=incident,
        pages=ended,
        entries=tuple(
            incidents.entry(
                incident,
                EntryKind.PAGE_ENDED,
                now=now,
                new_id=new_id,
                by=page.person_id,
                outcome=Outcome.ESCALATED.value,
            )
            for page in ended
        ),
    )


def _begin(
    company: Company, incident: Incident, step: Step, *, now: datetime, new_id: NewId
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
            step=incident.step,
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
            for note in _notifications(company, page, now=now, new_id=new_id)
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


def _notifications(
    company: Company, page: Page, *, now: datetime, new_id: NewId
) -> Iterable[Notification]:
    return contacts.plan(
        company.people[page.person_id],
        kind=MessageKind.PAGE,
        incident_id=page.incident_id,
        page_id=page.id,
        now=now,
        new_id=new_id,
    )


def _stuck(incident: Incident, route: Route, *, now: datetime, new_id: NewId) -> Decision:
    """Nobody is being called and nobody is left to call: say so where it is seen, and try again.

    If there is nobody at all, soon; if everybody gave up, when the step's time is over.
    """
    wait = route.steps[-1].wait if route.steps else _STUCK_WAIT
    ends_at = incident.step_ends_at
    until = ends_at if ends_at is not None and ends_at > now else now + wait
    stuck = replace(incident, step_ends_at=until, stuck_at=incident.stuck_at or now)
    if incident.stuck_at is not None:
        return Decision(incident=stuck)
    return Decision(
        incident=stuck, entries=(incidents.entry(stuck, EntryKind.STUCK, now=now, new_id=new_id),)
    )
