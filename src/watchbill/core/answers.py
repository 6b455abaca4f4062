"""Answers: what people say about an incident, from a button, a link, a reply or the API.

Every answer is idempotent: phones answer late and twice, so an answer that no longer applies gives
a decision without effects. Only a resolved incident refuses what would change it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from watchbill.core import escalation, incidents, passing
from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.core.copies import replace
from watchbill.core.events import Severity
from watchbill.core.incidents import Decision, EntryKind, Incident, IncidentState
from watchbill.core.pages import Outcome, Page
from watchbill.core.people import PersonId, ServiceId
from watchbill.core.routing import Route, StepRole
from watchbill.errors import Conflict, Invalid

#: The longest an incident can be put off at a time.
SNOOZE_LIMIT = timedelta(days=7)


class IncidentResolved(Conflict):
    """The incident is resolved; nothing can be done to it any more."""


class NotHeld(Conflict):
    """The incident is not held, so there is no glass to break."""


class NoReason(Invalid):
    """Write a reason: waking somebody this way is reviewed afterwards."""


class NoTitle(Invalid):
    """Say in one sentence what is wrong."""


class SnoozeTooLong(Invalid):
    """An incident can be put off for between one minute and seven days."""


class HeldInSilence(Conflict):
    """The incident waits in silence; break the glass, with a reason, before asking for help."""


class NotCalled(Conflict):
    """You are not being called about this incident, so there is nothing to decline."""


def acknowledge(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    by: PersonId | None,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return the incident as taken by `by` (None: by its source); everybody's call ends.

    Acknowledging again hands it over to the later person, who said it last; the same person or a
    source changes nothing.
    """
    if not incident.is_open:
        return Decision(incident=incident)
    if incident.state is IncidentState.ACKNOWLEDGED and by in (None, incident.acknowledged_by):
        return Decision(incident=incident)
    if incident.state is IncidentState.SNOOZED:
        # Time has passed unseen: taken now means taken where it belongs now.
        incident = passing.place(company, *passing.where(company, incident, now=now))
    timeout = company.services[incident.service_id].ack_timeout
    taken = replace(
        incident,
        state=IncidentState.ACKNOWLEDGED,
        acknowledged_by=by,
        acknowledged_at=now,
        ack_until=now + timeout if timeout else None,
        step_ends_at=None,
        snoozed_until=None,
        help_asked_by=None,
        stuck_at=None,
    )
    hooks = incidents.hooks(company, taken, "incident.acknowledged", now=now, new_id=new_id)
    return Decision(
        incident=escalation.look_again(taken),
        pages=_taken_by(pages, by, now=now),
        notifications=hooks,
        entries=(incidents.entry(taken, EntryKind.ACKNOWLEDGED, now=now, new_id=new_id, by=by),),
    )


def resolve(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    by: PersonId | None,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return the incident as resolved by a person; resolving again changes nothing."""
    if not incident.is_open:
        return Decision(incident=incident)
    return incidents.resolved(
        company,
        replace(incident, firing=0),
        pages,
        by=by,
        resolution="by hand",
        now=now,
        new_id=new_id,
    )


def snooze(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    by: PersonId,
    until: datetime,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return the incident as put off; it comes back by itself, to whoever answers then.

    Raises: IncidentResolved; SnoozeTooLong unless `until` is one minute to seven days ahead.
    """
    _refuse_resolved(incident)
    if not timedelta(minutes=1) <= until - now <= SNOOZE_LIMIT:
        raise SnoozeTooLong(until=until.isoformat())
    off = replace(
        incident,
        state=IncidentState.SNOOZED,
        snoozed_until=until,
        step_ends_at=None,
        hold_until=None,
        stuck_at=None,
    )
    return Decision(
        incident=escalation.look_again(off),
        pages=incidents.end_pages(pages, Outcome.SNOOZED, now=now),
        notifications=incidents.hooks(company, off, "incident.snoozed", now=now, new_id=new_id),
        entries=(
            incidents.entry(
                off, EntryKind.SNOOZED, now=now, new_id=new_id, by=by, until=until.isoformat()
            ),
        ),
    )


def decline(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    by: PersonId,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return the incident with `by`'s call over; the next step's people are called at once.

    While others of the same step are still being called, they go on being called.

    Raises: NotCalled if no page of `by` is open and the incident is.
    """
    if not incident.is_open:
        return Decision(incident=incident)
    if not any(page.person_id == by and page.is_open for page in pages):
        raise NotCalled
    said = incidents.entry(incident, EntryKind.DECLINED, now=now, new_id=new_id, by=by)
    return _give_up(company, incident, pages, Outcome.DECLINED, said, now=now, new_id=new_id)


def unreachable(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    person_id: PersonId,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return the incident after every channel to `person_id` failed for good: the next step."""
    if not any(page.person_id == person_id and page.is_open for page in pages):
        return Decision(incident=incident)
    said = incidents.entry(
        incident,
        EntryKind.PAGE_ENDED,
        now=now,
        new_id=new_id,
        by=person_id,
        outcome=Outcome.FAILED.value,
    )
    return _give_up(company, incident, pages, Outcome.FAILED, said, now=now, new_id=new_id)


def _give_up(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    outcome: Outcome,
    said: incidents.Entry,
    *,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """End the call of who `said` so; when it was the last, the step is over at once."""
    person_id = said.person_id
    ended = tuple(p.end(outcome, now=now) for p in pages if p.person_id == person_id and p.is_open)
    others = tuple(p for p in pages if p.person_id != person_id and p.is_open)
    done = Decision(incident=incident, pages=ended, entries=(said,))
    return done.then(
        escalation.advance(company, incident, others, now=now, new_id=new_id, gave_up=person_id)
    )


def need_help(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    by: PersonId,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return the incident with the duty manager being called, by `by`'s own wish (ES3).

    `by` keeps it and is not called again; if the duty manager does not answer, every manager is
    called, as in any escalation. Asking again while the call goes on changes nothing.

    Raises: IncidentResolved; HeldInSilence.
    """
    _refuse_resolved(incident)
    if incident.state is IncidentState.TRIGGERED and incident.help_asked_by == by:
        return Decision(incident=incident)
    settled, route = passing.where(company, replace(incident, help_asked_by=by), now=now)
    if route.is_waiting:
        raise HeldInSilence(incident_id=incident.id)
    asked = replace(
        passing.place(company, settled, route),
        state=IncidentState.TRIGGERED,
        acknowledged_by=by,
        acknowledged_at=incident.acknowledged_at or now,
        ack_until=None,
        snoozed_until=None,
        step=_before_managers(route),
        step_ends_at=now,
    )
    done = Decision(
        incident=asked,
        pages=_taken_by(pages, by, now=now),
        entries=(incidents.entry(asked, EntryKind.HELP_ASKED, now=now, new_id=new_id, by=by),),
    )
    return done.then(escalation.advance(company, asked, (), now=now, new_id=new_id))


def break_glass(
    company: Company,
    incident: Incident,
    pages: tuple[Page, ...],
    *,
    by: PersonId,
    reason: str,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return a held incident as a page to the volunteer, because `by` says why it cannot wait.

    Held is what reaches nobody now, be it acknowledged, put off or muted. Who had it is called
    like anybody else.

    Raises: IncidentResolved; NotHeld; NoReason.
    """
    _refuse_resolved(incident)
    if not reason.strip():
        raise NoReason
    settled, route = passing.where(company, incident, now=now)
    if not route.is_waiting:
        raise NotHeld(state=incident.state.value)
    broken = replace(
        passing.unacknowledged(passing.place(company, settled, route)),
        state=IncidentState.TRIGGERED,
        step=-1,
        step_ends_at=None,
        snoozed_until=None,
        glass_by=by,
        glass_reason=reason.strip(),
    )
    entry = incidents.entry(
        broken, EntryKind.GLASS_BROKEN, now=now, new_id=new_id, by=by, reason=reason.strip()
    )
    done = Decision(incident=broken, entries=(entry,))
    return done.then(escalation.advance(company, broken, pages, now=now, new_id=new_id))


def declare(
    company: Company,
    service_id: ServiceId,
    *,
    title: str,
    reason: str,
    by: PersonId,
    now: datetime,
    new_id: NewId,
) -> Decision:
    """Return a new incident that `by` opens by hand, with its glass broken.

    It calls the team in its hours, else the volunteer (DESIGN §2, rule 5). Only a person ends it.

    Raises: NoReason; NoTitle.
    """
    title, reason = title.strip(), reason.strip()
    if not reason:
        raise NoReason
    if not title:
        raise NoTitle
    incident_id = new_id("inc")
    opened = Incident(
        id=incident_id,
        service_id=service_id,
        team_id=company.services[service_id].team_id,
        alarm="",
        group_key=f"hand:{incident_id}",
        title=title,
        severity=Severity.CRITICAL,
        opened_at=now,
        firing=1,
        glass_by=by,
        glass_reason=reason,
    )
    entry = incidents.entry(
        opened, EntryKind.OPENED, now=now, new_id=new_id, by=by, summary=title, reason=reason
    )
    done = Decision(incident=opened, entries=(entry,))
    return done.then(escalation.advance(company, opened, (), now=now, new_id=new_id))


def _taken_by(
    pages: tuple[Page, ...], person_id: PersonId | None, *, now: datetime
) -> tuple[Page, ...]:
    """End every call: the person's as acknowledged, the others' as covered."""
    return tuple(
        page.end(Outcome.ACKNOWLEDGED if page.person_id == person_id else Outcome.COVERED, now=now)
        for page in pages
        if page.is_open
    )


def _refuse_resolved(incident: Incident) -> None:
    if not incident.is_open:
        raise IncidentResolved(incident_id=incident.id)


def _before_managers(route: Route) -> int:
    """Return the step before the first that calls a manager, or before the first of all."""
    for index, step in enumerate(route.steps):
        if any(role is StepRole.MANAGER for _, role in step.people):
            return index - 1
    return -1
