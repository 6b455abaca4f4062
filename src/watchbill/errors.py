"""The root of every error Watchbill raises on purpose, and its kinds.

    WatchbillError
    ├── NotFound          404  exit 1
    ├── Invalid           422  exit 2
    ├── Conflict          409  exit 1
    ├── Forbidden         403  exit 1
    ├── Unauthenticated   401  exit 1
    ├── TooMany           429  exit 1
    ├── Unavailable       503  exit 1
    ├── Misconfigured     500  exit 2
    └── DeliveryFailed
        ├── TemporaryFailure   try again, perhaps after a stated time
        └── PermanentFailure   trying again cannot help

A leaf lives beside the function that raises it and derives from one kind. Its docstring is the
message a person reads; the facts of the case go into `details`, so that errors group.
Only `web/problems.py` knows about HTTP and only `cli` about exit codes.
"""

from __future__ import annotations

from datetime import timedelta


class WatchbillError(Exception):
    """Something went wrong that Watchbill foresaw."""

    def __init__(self, detail: str | None = None, **details: object) -> None:
        self.detail = detail
        self.details = details
        super().__init__(detail or self.title())

    @classmethod
    def title(cls) -> str:
        """Return the first line of the class's docstring: the sentence people read."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class NotFound(WatchbillError):
    """There is no such thing here."""


class Invalid(WatchbillError):
    """What was sent cannot be used as it is."""


class Conflict(WatchbillError):
    """The thing is in a state in which this cannot be done."""


class Forbidden(WatchbillError):
    """You may not do this."""


class Unauthenticated(WatchbillError):
    """Sign in, or send a valid token."""


class TooMany(WatchbillError):
    """Too many attempts; wait a little."""


class Unavailable(WatchbillError):
    """Watchbill cannot do this right now; try again."""


class Misconfigured(WatchbillError):
    """A setting is wrong."""


class DeliveryFailed(WatchbillError):
    """A message could not be handed over."""


class TemporaryFailure(DeliveryFailed):
    """A message could not be handed over now, but may be later."""

    def __init__(
        self, detail: str | None = None, *, retry_after: timedelta | None = None, **details: object
    ) -> None:
        super().__init__(detail, **details)
        self.retry_after = retry_after


class PermanentFailure(DeliveryFailed):
    """A message cannot be handed over, and trying again cannot help."""
