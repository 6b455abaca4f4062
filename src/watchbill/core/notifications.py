"""Notification: one message over one contact method, until it is sent, failed or no longer wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from watchbill.core.copies import replace
from watchbill.core.messages import MessageKind, PermanentFailure, Receipt, TemporaryFailure
from watchbill.core.people import PersonId


class NotificationState(Enum):
    """Where a notification is on its way."""

    #: Waits for its time.
    PLANNED = "planned"
    #: A sender has it in hand until `claimed_until`; after that it is due again.
    CLAIMED = "claimed"
    #: The channel took it.
    SENT = "sent"
    #: The channel will never take it, or time ran out.
    FAILED = "failed"
    #: No longer wanted: somebody answered first.
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message over one contact method, or to one webhook."""

    id: str
    kind: MessageKind
    channel: str
    state: NotificationState
    due_at: datetime
    created_at: datetime
    incident_id: str | None = None
    page_id: str | None = None
    person_id: PersonId | None = None
    method_id: str | None = None
    webhook_id: str | None = None
    #: What the message says beyond the incident itself: numbers of a growth, a hook's body.
    data: dict[str, Any] = field(default_factory=dict)
    claimed_until: datetime | None = None
    attempts: int = 0
    sent_at: datetime | None = None
    provider_id: str = ""
    error: str = ""


#: Waits between attempts to call a person: short, for a page has minutes.
_PAGE_WAITS = tuple(timedelta(seconds=s) for s in (2, 5, 10, 20, 30, 60))
#: Waits between attempts to tell a program; the last one repeats.
_HOOK_WAITS = tuple(timedelta(seconds=s) for s in (2, 10, 30, 60, 300, 900, 3600))
#: When a page's message is given up: later than any rule, and its page is long escalated by then.
_PAGE_AGE = timedelta(hours=2)
#: When a program is given up (as PagerDuty: 48 h).
_HOOK_AGE = timedelta(hours=48)


def sent(notification: Notification, receipt: Receipt, *, now: datetime) -> Notification:
    """Return `notification` as taken by its channel."""
    return replace(
        notification,
        state=NotificationState.SENT,
        sent_at=now,
        claimed_until=None,
        provider_id=_storable(receipt.provider_id),
        error="",
    )


def failed(
    notification: Notification, failure: TemporaryFailure | PermanentFailure, *, now: datetime
) -> Notification:
    """Return `notification` with its next attempt, or as failed when none can help.

    A stated `retry_after` is honoured as a minimum, up to an hour. `attempts` was counted at the
    claim.
    """
    is_hook = notification.kind is MessageKind.HOOK
    waits, age = (_HOOK_WAITS, _HOOK_AGE) if is_hook else (_PAGE_WAITS, _PAGE_AGE)
    wait = waits[min(max(notification.attempts, 1), len(waits)) - 1]
    if isinstance(failure, TemporaryFailure) and failure.retry_after is not None:
        wait = min(max(wait, failure.retry_after), timedelta(hours=1))
    over = isinstance(failure, PermanentFailure) or now + wait > notification.created_at + age
    return replace(
        notification,
        state=NotificationState.FAILED if over else NotificationState.PLANNED,
        due_at=notification.due_at if over else now + wait,
        claimed_until=None,
        error=_storable(str(failure)),
    )


def _storable(text: str) -> str:
    """Return what another side said, without what no database keeps."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:2000]
