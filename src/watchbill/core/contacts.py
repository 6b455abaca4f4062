"""A person's contact rules become notifications, in order, with their times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.people import ContactMethod, Person

#: Makes an id with the given prefix; handed in, because the core knows no randomness.
NewId = Callable[[str], str]
#: Channels that interrupt nobody: what asks nothing of anybody goes over these alone (NO1, HE1).
_QUIET = frozenset({"email"})


def plan(
    person: Person,
    *,
    kind: MessageKind,
    incident_id: str,
    page_id: str | None,
    now: datetime,
    new_id: NewId,
) -> tuple[Notification, ...]:
    """Return the notifications of one page: what the person's rules say, soonest first.

    Without rules every method is used at once. Only a page waits for later rules; anything else
    goes over the first methods alone, because nobody must be told twice that nothing is asked.
    """
    planned = [
        (method, after)
        for method, after in _methods(person)
        if kind is MessageKind.PAGE or after == timedelta(0)
    ]
    return tuple(
        Notification(
            id=new_id("ntf"),
            kind=kind,
            incident_id=incident_id,
            page_id=page_id,
            person_id=person.id,
            method_id=method.id,
            channel=method.channel,
            state=NotificationState.PLANNED,
            due_at=now + after,
            created_at=now,
        )
        for method, after in planned
    )


def quiet(person: Person) -> ContactMethod | None:
    """Return the first way to reach a person that wakes nobody, or None."""
    return next((method for method in person.methods if method.channel in _QUIET), None)


def _methods(person: Person) -> list[tuple[ContactMethod, timedelta]]:
    """Return the person's methods with their waits, soonest first, at least one at once.

    A rule whose method is gone is passed over. If every rule waits, the first goes at once: a
    page must not sit idle because of a preference.
    """
    by_id = {method.id: method for method in person.methods}
    ruled = [(by_id[r.method_id], r.after) for r in person.rules if r.method_id in by_id]
    if not ruled:
        return [(method, timedelta(0)) for method in person.methods]
    first = ruled[0][1]
    return [(method, after - first) for method, after in ruled]
