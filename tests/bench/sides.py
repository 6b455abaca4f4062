"""What the rows need of a server, whichever it is."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import shapes

#: Alerts in one request of the batched rows.
BATCH = 50


class Setting(enum.Enum):
    """How a server is to treat what it is sent."""

    INTAKE = "intake"  # one group, its message far off: taking in is all there is to do
    EACH = "each"  # every alert an incident of its own, told at once
    ONE = "one"  # all alerts of one alarm together, told at once and then on growth
    FOLD = "fold"  # by alarm, nobody told: working off what was taken in is all there is to do
    DUE = "due"  # every alert an incident of its own, a person called about each, no program told
    OTHER = "other"  # as EACH, but of another service


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to send events, and in which shapes."""

    port: int
    single: shapes.Shape
    batch: shapes.Shape
    other: shapes.Shape  # one event that nothing in `batch` is grouped with, told at once


class Side(Protocol):
    """One of the two servers."""

    name: str

    def open(self, setting: Setting) -> Target:
        """Start the server where it is not running, in this setting."""
        ...

    def close(self) -> None:
        """Leave the processor to the other side: stop, or come to rest."""
        ...

    def pids(self) -> list[int]:
        """Return the processes of the server, its database included."""
        ...

    def kill(self) -> None:
        """End the server and its database with SIGKILL."""
        ...

    def kept(self, keys: Sequence[str]) -> set[str]:
        """Return which of these keys the (running) server knows."""
        ...
