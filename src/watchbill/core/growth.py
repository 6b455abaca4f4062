"""Growth: an incident that gets much larger while somebody is being called says so, once.

A storm never shouts: people are told when the number of firing things crosses a threshold, at
most once a minute, and never again once somebody has it.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta

from watchbill.core import contacts, incidents
from watchbill.core.company import Company
from watchbill.core.contacts import NewId
from watchbill.core.copies import replace
from watchbill.core.incidents import Decision, EntryKind, Incident
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification
from watchbill.core.pages import Page

#: Sizes whose crossing is worth a message.
THRESHOLDS = (2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000)
#: The shortest time between two messages about one incident.
GAP = timedelta(minutes=1)


def due_at(incident: Incident) -> datetime | None:
    """Return when people may be told that the incident has grown, or None if it has not."""
    if incident.announced_at is None or not _has_crossed(incident):
        return None
    return incident.announced_at + GAP


def tell(
    company: Company, incident: Incident, pages: tuple[Page, ...], *, now: datetime, new_id: NewId
) -> Decision:
    """Return the messages about the incident's growth to those being called, if they are due.

    While nobody is being called there is nobody to tell; the next call says how many there are.
    """
    at = due_at(incident)
    if at is None or at > now:
        return Decision(incident=incident)
    told = replace(incident, announced=incident.firing, announced_at=now)
    if not pages:
        return Decision(incident=told)
    data = {"was": incident.announced, "firing": incident.firing}
    return Decision(
        incident=told,
        notifications=tuple(
            replace(note, data=data)
            for page in pages
            for note in _plan(company, page, now=now, new_id=new_id)
        ),
        entries=(
            incidents.entry(
                told,
                EntryKind.GREW,
                now=now,
                new_id=new_id,
                was=incident.announced,
                firing=incident.firing,
            ),
        ),
    )


def _plan(
    company: Company, page: Page, *, now: datetime, new_id: NewId
) -> tuple[Notification, ...]:
    person = company.people.get(page.person_id)
    if person is None:
        return ()
    return contacts.plan(
        person,
        kind=MessageKind.GROWTH,
        incident_id=page.incident_id,
        page_id=page.id,
        now=now,
        new_id=new_id,
    )


def _has_crossed(incident: Incident) -> bool:
    return bisect_right(THRESHOLDS, incident.firing) > bisect_right(THRESHOLDS, incident.announced)
