"""Notices: the on-call team's word to one of its people, by mail; nothing rings for it.

The mail is planned in the transaction that decides what it says, so that nobody hears of what did
not happen, and nothing happens that nobody hears of.
"""

from __future__ import annotations

from collections.abc import Iterable

from watchbill.actions.shell import Shell
from watchbill.core import contacts
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.people import PersonId
from watchbill.store import notifications as notifications_store
from watchbill.store.database import Tx


def tell(
    shell: Shell, tx: Tx, people: Iterable[str], subject: str, text: str, *, path: str = "/rota"
) -> list[str]:
    """Plan a mail to each of `people` who has a verified mail address; return who is told.

    `text` is plain and complete by itself; `path` is the screen it is about. The caller wakes the
    sender once it has committed: `shell.ring()`.
    """
    company, now = shell.company(tx), shell.clock.now()
    notes = []
    for person_id in dict.fromkeys(people):
        person = company.people.get(PersonId(person_id))
        method = contacts.quiet(person) if person else None
        if person is None or method is None:
            continue
        notes.append(
            Notification(
                id=shell.new_id("ntf"),
                kind=MessageKind.NOTICE,
                person_id=person.id,
                method_id=method.id,
                channel=method.channel,
                state=NotificationState.PLANNED,
                due_at=now,
                created_at=now,
                data={"subject": subject, "text": text, "path": path},
            )
        )
    if notes:
        notifications_store.add(tx, notes)
    return [note.person_id or "" for note in notes]
