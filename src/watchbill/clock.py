"""The only reader of the system's clock.

A `Clock` has a start and a speed. Production starts now, at speed 1; demos and stories start
anywhere and run sixty times as fast; tests move a `HandClock` by hand. Waiting goes through the
clock too, so a fast clock waits less and a stop is immediate.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

#: The longest single wait in real seconds, so that a lost wake-up costs little.
_LONGEST_WAIT_S = 5.0


class Clock(Protocol):
    """Tells the time of the world the process lives in, and waits in it."""

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one."""
        ...

    def now(self) -> datetime:
        """Return the present instant as aware UTC."""
        ...

    def wait(self, wake: threading.Event, *, until: datetime | None) -> None:
        """Return when `wake` is set, at `until`, or after a few seconds, whichever comes first."""
        ...


class RunningClock:
    """A clock that runs by itself from `start` at `speed`; `origin` is the real time of `start`."""

    def __init__(
        self,
        *,
        start: datetime | None = None,
        speed: float = 1.0,
        origin: datetime | None = None,
    ) -> None:
        self._origin = origin or real_now()
        self._start = start or self._origin
        self._speed = speed

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one."""
        return self._speed

    def now(self) -> datetime:
        """Return the present instant as aware UTC."""
        real = real_now()
        if self._speed == 1.0 and self._start == self._origin:
            return real
        return self._start + (real - self._origin) * self._speed

    def wait(self, wake: threading.Event, *, until: datetime | None) -> None:
        """Return when `wake` is set, at `until`, or after a few seconds, whichever comes first."""
        seconds = _LONGEST_WAIT_S
        if until is not None:
            seconds = min(seconds, (until - self.now()).total_seconds() / self._speed)
        if seconds > 0:
            wake.wait(seconds)


class HandClock:
    """A clock that stands still until it is moved; for tests and stories."""

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._moved = threading.Condition()

    def now(self) -> datetime:
        """Return the instant the clock was last moved to."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Set the clock forward."""
        with self._moved:
            self._now = instant
            self._moved.notify_all()

    def move(self, by: timedelta) -> None:
        """Set the clock forward by a duration."""
        self.move_to(self._now + by)

    def wait(self, wake: threading.Event, *, until: datetime | None) -> None:
        """Return when `wake` is set, or soon; the test moves the time."""
        if until is None or until > self._now:
            wake.wait(0.02)


def real_now() -> datetime:
    """Return the system's own time as aware UTC, for what the outside judges by its clock."""
    return datetime.now(UTC)


def real_monotonic() -> float:
    """Return seconds of a steady real clock, for durations in metrics and deadlines."""
    return time.monotonic()
