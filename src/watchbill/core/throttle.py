"""Throttle: many calls to one person at once become few messages.

The first few go out one by one; when more wait for the same contact method, they go together, as
one message that counts them, and then at most one such message every quarter minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification

#: Messages to one contact method within `WINDOW` that still go one by one.
SINGLES = 10
WINDOW = timedelta(minutes=1)
#: After those, at least this long between two messages.
GAP = timedelta(seconds=15)
#: What is put together; a code or a test is somebody's own wish and goes at once.
BUNDLED = frozenset({MessageKind.PAGE, MessageKind.GROWTH, MessageKind.PASSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Notifications that leave as one message; all of one contact method, or a single one."""

    notifications: tuple[Notification, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What of a method's due notifications leaves now, and until when the rest waits."""

    parcels: tuple[Parcel, ...] = ()
    #: Those that wait, and when they are due again.
    waiting: tuple[Notification, ...] = ()
    until: datetime | None = None


def pack(due: Sequence[Notification], *, sent_at: Sequence[datetime], now: datetime) -> Packed:
    """Return how the due notifications of ONE contact method leave.

    `sent_at`: when messages of this method left lately, one instant a message, newest first.
    """
    single = tuple(Parcel(notifications=(n,)) for n in due if n.kind not in BUNDLED)
    calls = tuple(n for n in due if n.kind in BUNDLED)
    recent = [at for at in sent_at if at > now - WINDOW]
    room = SINGLES - len(recent)
    if len(calls) <= room:
        return Packed(parcels=(*single, *(Parcel(notifications=(n,)) for n in calls)))
    if room <= 0 and recent[0] + GAP > now:
        return Packed(parcels=single, waiting=calls, until=recent[0] + GAP)
    ahead = tuple(Parcel(notifications=(n,)) for n in calls[: max(room - 1, 0)])
    rest = calls[max(room - 1, 0) :]
    return Packed(parcels=(*single, *ahead, Parcel(notifications=rest)))
