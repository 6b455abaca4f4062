"""What the contract suite needs to know of a channel: its far side, as a real server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from watchbill.core import messages

AT = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
SECRET = "s3cr3t-of-the-receiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One message as the far side took it."""

    key: str
    text: str


class FarSide(Protocol):
    """A channel's module in its folder offers one of these as `FarSide()`."""

    #: Makes the channel that talks to the server.
    channel: messages.Channel
    #: An address the server takes.
    address: str
    #: What must never be read in an error, a repr or a log record.
    hidden: tuple[str, ...]
    #: Addresses the channel can never reach.
    bad_addresses: tuple[str, ...]
    #: By name: what the server is told to answer, so that the failure is temporary or permanent.
    temporary: Mapping[str, Any]
    permanent: Mapping[str, Any]

    def seen(self) -> list[Seen]: ...

    def answer_with(self, case: Any) -> None: ...

    def at(self, port: int, *, deadline_s: float) -> tuple[messages.Channel, str]:
        """Return a channel and an address whose server listens on `port` of loopback."""
        ...

    #: What a server says a byte at a time, for ever: the beginning of an answer.
    drips: bytes

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A name for pytest's list, and what the server is told."""

    name: str
    told: Any = field(repr=False)


def message(address: str, **changes: Any) -> messages.Message:
    """Return a page's message to `address`."""
    values: dict[str, Any] = {
        "idempotency_key": "ntf_0001",
        "kind": messages.MessageKind.PAGE,
        "address": address,
        "subject": "Checkout is failing",
        "text": "Half of all checkouts fail since 02:58.",
        "at": AT,
        "url": "https://watchbill.example.org/incidents/inc_7",
        "answers": (
            messages.Answer(
                verb="acknowledge",
                label="Acknowledge",
                url="https://watchbill.example.org/answers/tok-3f",
            ),
        ),
        "thread": "inc_7",
        "list_id": "pages.example.org",
        "secret": SECRET,
    }
    return messages.Message(**(values | changes))


Make = Callable[[], FarSide]
