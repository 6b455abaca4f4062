"""Send, its two ends: claim what is due, and record what became of it. Nothing is sent in here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.actions import incidents
from watchbill.actions.shell import Shell
from watchbill.core import notifications, throttle
from watchbill.core.copies import replace
from watchbill.core.messages import Message, PermanentFailure, Receipt, TemporaryFailure
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.throttle import Parcel
from watchbill.queries import messages as messages_queries
from watchbill.store import notifications as notifications_store
from watchbill.store.database import Tx

#: What a channel answered.
Result = Receipt | TemporaryFailure | PermanentFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One message to hand over in one lane, and the notifications it stands for."""

    lane: str
    message: Message
    notifications: tuple[Notification, ...]


def next_due(shell: Shell, lanes: Collection[str] | None = None) -> datetime | None:
    """Return when the next notification (of these lanes) is due, or a claim runs out."""
    with shell.db.transaction() as tx:
        return notifications_store.next_due(tx, None if lanes is None else list(lanes))


def claim_due(shell: Shell, rooms: Mapping[str, int], *, lease: timedelta) -> list[Job]:
    """Take what is due in hand for `lease`, bundled for each person, as messages to send.

    `rooms`: how many notifications of each lane to take at most.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        due = notifications_store.claim(tx, rooms=rooms, now=now, until=now + lease)
        if not due:
            return []
        parcels, waiting = _pack(tx, due, now=now, until=now + lease)
        notifications_store.record(tx, waiting)
        return _jobs(shell, tx, parcels, now=now)


def due(shell: Shell, *, lane: str, limit: int) -> list[str]:
    """Return the ids of the notifications to take one by one, after claiming them failed."""
    with shell.db.transaction() as tx:
        return notifications_store.due(tx, channel=lane, now=shell.clock.now(), limit=limit)


def claim_one(shell: Shell, notification_id: str, *, lease: timedelta) -> list[Job]:
    """Take one notification in hand alone."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        claimed = notifications_store.claim_one(tx, notification_id, until=now + lease)
        parcels = [Parcel(notifications=(note,)) for note in claimed]
        return _jobs(shell, tx, parcels, now=now)


def set_aside(shell: Shell, notification_id: str, error: Exception) -> None:
    """Let a notification fail that cannot be written as a message; its page goes on without it."""
    reason = f"This message cannot be written: {type(error).__name__}."
    with shell.db.transaction() as tx:
        notes = notifications_store.lock(tx, [notification_id])
    _record(shell, [(note, PermanentFailure(reason)) for note in notes], message_ids={})


def renew(shell: Shell, jobs: Iterable[Job], *, lease: timedelta) -> None:
    """Hold on to jobs whose messages are still on their way."""
    with shell.db.transaction() as tx:
        notifications_store.renew(tx, _ids(jobs), until=shell.clock.now() + lease)


def release(shell: Shell, jobs: Iterable[Job]) -> None:
    """Give jobs back whose messages were never begun."""
    with shell.db.transaction() as tx:
        notifications_store.release(tx, _ids(jobs))


def release_all(shell: Shell) -> None:
    """Make every claim due again, when no other process can be sending."""
    with shell.db.transaction() as tx:
        notifications_store.release_all(tx)


def _ids(jobs: Iterable[Job]) -> list[str]:
    return [note.id for job in jobs for note in job.notifications]


def _jobs(shell: Shell, tx: Tx, parcels: list[Parcel], *, now: datetime) -> list[Job]:
    """Return a job for each parcel; those whose address is gone have failed."""
    written = messages_queries.write(tx, shell.company(tx), parcels, now=now)
    jobs = [
        Job(lane=p.notifications[0].channel, message=m, notifications=p.notifications)
        for p, m in written
    ]
    kept = set(_ids(jobs))
    gone = PermanentFailure("Its address is gone.")
    lost = [n for p in parcels for n in p.notifications if n.id not in kept]
    notifications_store.record(tx, [notifications.failed(n, gone, now=now) for n in lost])
    return jobs


def _pack(
    tx: Tx, due: list[Notification], *, now: datetime, until: datetime
) -> tuple[list[Parcel], list[Notification]]:
    """Bundle what goes to one contact method; what the throttle keeps back is planned again."""
    alone = [Parcel(notifications=(n,)) for n in due if n.method_id is None]
    by_method: defaultdict[str, list[Notification]] = defaultdict(list)
    for note in due:
        if note.method_id is not None:
            by_method[note.method_id].append(note)
    crowded = [m for m, notes in by_method.items() if len(notes) > throttle.SINGLES]
    if crowded:
        ids = [note.id for note in due]
        for note in notifications_store.claim_methods(
            tx, crowded, besides=ids, now=now, until=until
        ):
            by_method[note.method_id or ""].append(note)
    sent = notifications_store.recent(tx, list(by_method), since=now - throttle.WINDOW)
    waiting: list[Notification] = []
    for method_id, notes in by_method.items():
        packed = throttle.pack(notes, sent_at=sent.get(method_id, []), now=now)
        alone.extend(packed.parcels)
        waiting.extend(_planned_again(note, packed.until or now) for note in packed.waiting)
    return alone, waiting


def _planned_again(note: Notification, due_at: datetime) -> Notification:
    return replace(
        note,
        state=NotificationState.PLANNED,
        due_at=due_at,
        claimed_until=None,
        attempts=note.attempts - 1,
    )


def record(shell: Shell, results: Sequence[tuple[Job, Result]]) -> None:
    """Write what became of messages; a page that no channel can carry goes on to the next step."""
    _record(
        shell,
        [(note, result) for job, result in results for note in job.notifications],
        message_ids={n.id: j.message.idempotency_key for j, _ in results for n in j.notifications},
    )


def _record(
    shell: Shell, results: Sequence[tuple[Notification, Result]], *, message_ids: dict[str, str]
) -> None:
    now = shell.clock.now()
    done = [
        notifications.sent(note, result, now=now)
        if isinstance(result, Receipt)
        else notifications.failed(note, result, now=now)
        for note, result in results
    ]
    with shell.db.transaction() as tx:
        notifications_store.record(tx, done, message_ids=message_ids)
        _remember_failures(tx, done, now=now)
        failed = [n for n in done if n.state is NotificationState.FAILED and n.page_id]
        hopeless = set(notifications_store.hopeless(tx, [n.page_id for n in failed if n.page_id]))
    for note in failed:
        if note.page_id in hopeless and note.incident_id and note.person_id:
            hopeless.discard(note.page_id)
            incidents.unreachable(shell, note.incident_id, person_id=note.person_id)


def _remember_failures(tx: Tx, done: Sequence[Notification], *, now: datetime) -> None:
    for note in done:
        if note.state is NotificationState.FAILED and note.method_id is not None:
            notifications_store.method_failed(tx, note.method_id, failure=note.error, now=now)
