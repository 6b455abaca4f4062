"""The demo's past, lived through: a clock moved by hand, and the real engine at every step.

What happens is written down as (instant, deed). Between two deeds the engine does whatever is due,
as it would have: it escalates, opens holds, ends snoozes. Nothing is sent; every message counts as
taken by its receiver.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from watchbill.actions import notifications
from watchbill.actions.shell import Shell
from watchbill.clock import HandClock
from watchbill.core.messages import Receipt
from watchbill.engine import tick

Deed = Callable[[], object]

_LANES = ("email",)
#: Of the engine's steps those that concern incidents; nothing else happens in the past.
_STEPS = tuple(step for step in tick.STEPS if step.name in ("fold", "advance", "reminders"))
_LEASE = timedelta(minutes=1)


class Timeline:
    """Deeds in the order of their instants, and the engine between them."""

    def __init__(self, shell: Shell, clock: HandClock) -> None:
        self.shell = shell
        self._clock = clock
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._count = count()

    @property
    def now(self) -> datetime:
        """Return how far the past has been lived through."""
        return self._clock.now()

    def at(self, instant: datetime, deed: Deed) -> None:
        """Let something happen at an instant that has not passed."""
        heapq.heappush(self._deeds, (instant, next(self._count), deed))

    def run(self, until: datetime) -> None:
        """Live to `until`; deeds may add others."""
        due = self._settle()
        while True:
            planned = self._deeds[0][0] if self._deeds else until
            instant = min(planned, due or until)
            if instant >= until:
                break
            self._clock.move_to(max(instant, self.now))
            if planned <= self.now:
                heapq.heappop(self._deeds)[2]()
            due = self._settle()
        self._clock.move_to(until)

    def _settle(self) -> datetime | None:
        """Let engine and sender do what is due; return when they have something to do again."""
        tick.tick(self.shell, steps=_STEPS)
        due = notifications.next_due(self.shell)
        if due is not None and due <= self.now:
            for lane in _LANES:
                self._send(lane)
            due = notifications.next_due(self.shell)
        later = tick.next_due(self.shell, steps=_STEPS)
        return min((at for at in (due, later) if at), default=None)

    def _send(self, lane: str) -> None:
        jobs = notifications.claim_due(self.shell, {lane: 500}, lease=_LEASE)
        if jobs:
            notifications.record(self.shell, [(job, Receipt(remark="250 kept")) for job in jobs])
