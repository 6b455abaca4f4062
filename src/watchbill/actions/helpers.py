"""Helpers: ask engineers who are at work now, by mail; write down who helped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from watchbill.actions import notices
from watchbill.actions.shell import Shell
from watchbill.core import contacts, helpers, incidents
from watchbill.core.company import Company
from watchbill.core.incidents import Decision, EntryKind, Incident
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.people import Person, PersonId
from watchbill.errors import Conflict, Invalid
from watchbill.store import helping
from watchbill.store import incidents as incidents_store
from watchbill.store import notifications as notifications_store


class NotAwake(Conflict):
    """Somebody of them is not at work now, or does not want to be asked (NO10)."""


class NobodyAsked(Invalid):
    """Name at least one helper."""


class NothingToHelp(Conflict):
    """The incident is over; nobody has to help any more."""


#: How long after one mail the same helper may be asked about the same incident again.
AGAIN = timedelta(minutes=10)


def ask(
    shell: Shell, incident_id: str, person_ids: Collection[str], *, by: PersonId
) -> tuple[str, ...]:
    """Ask helpers by mail and return the ids of those a mail goes to. Nobody is paged.

    Who was asked about this incident within ten minutes is not asked again.

    Raises: NotAwake; NobodyAsked.
    """
    now = shell.clock.now()
    if not person_ids:
        raise NobodyAsked
    with shell.db.transaction() as tx:
        incident, _ = incidents_store.get(tx, incident_id)
        company = shell.company(tx)
        awake = {person.id: person for person in helpers.awake(company, at=now, asking=by)}
        if not set(person_ids) <= set(awake):
            raise NotAwake(people=sorted(set(person_ids) - set(awake)))
        lately = notifications_store.asked(tx, incident_id, since=now - AGAIN)
        asked = [awake[PersonId(p)] for p in sorted(set(person_ids) - lately)]
        notes = [
            note
            for person in asked
            if (note := _mail(shell, company, incident, person, by, now)) is not None
        ]
        reached = tuple(str(note.person_id) for note in notes)
        entry = incidents.entry(
            incident,
            EntryKind.HELPERS_ASKED,
            now=now,
            new_id=shell.new_id,
            by=by,
            people=list(reached),
            asked_before=sorted(set(person_ids) & lately),
        )
        decision = Decision(incident=incident, notifications=tuple(notes), entries=(entry,))
        incidents_store.save(tx, [decision])
    shell.ring()
    return reached


def helped(shell: Shell, incident_id: str, person_id: PersonId, *, by: PersonId) -> None:
    """Write down that somebody helped, because it counts."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        incident, _ = incidents_store.get(tx, incident_id)
        if person_id not in shell.company(tx).people:
            raise Invalid("There is no such person.", person_id=person_id)
        entry = incidents.entry(
            incident, EntryKind.HELPED, now=now, new_id=shell.new_id, by=person_id, said_by=by
        )
        incidents_store.save(tx, [Decision(incident=incident, entries=(entry,))])


def offer(shell: Shell, incident_id: str, person_id: PersonId) -> None:
    """Write down that somebody who was asked can help, once, and tell by mail whoever asked them.

    Raises: NothingToHelp; NotAwake: nobody asked them.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        incident, _ = incidents_store.get(tx, incident_id)
        if not incident.is_open:
            raise NothingToHelp
        if person_id in helping.offered(tx, incident_id):
            return
        asking = helping.asking(tx, incident_id, person_id)
        if asking is None:
            raise NotAwake
        entry = incidents.entry(
            incident, EntryKind.HELP_OFFERED, now=now, new_id=shell.new_id, by=person_id
        )
        incidents_store.save(tx, [Decision(incident=incident, entries=(entry,))])
        name = shell.company(tx).people[person_id].name
        subject = f"{name} can help with #{incident.number}"
        text = f"You asked who knows about it, and {name} can help.\n\n{incident.title}"
        notices.tell(shell, tx, [asking], subject, text, path=f"/incidents/{incident.id}")
    shell.ring()


def _mail(
    shell: Shell,
    company: Company,
    incident: Incident,
    person: Person,
    by: PersonId,
    now: datetime,
) -> Notification | None:
    method = contacts.quiet(person)
    if method is None:
        return None
    asking = company.people.get(by)
    name = asking.name if asking else "A colleague"
    return Notification(
        id=shell.new_id("ntf"),
        kind=MessageKind.HELP,
        incident_id=incident.id,
        person_id=person.id,
        method_id=method.id,
        channel=method.channel,
        state=NotificationState.PLANNED,
        due_at=now,
        created_at=now,
        data={
            "subject": f"{name} asks for help with #{incident.number}: {incident.title}",
            "text": f"{name} is working on #{incident.number} and asks who knows about it. "
            "You are asked because you are at work now. Nobody is paged, and you may say no.\n\n"
            f"{incident.title}",
        },
    )
