"""Time away and wishes: when the viewer cannot stand a week, and when they would rather not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayRow:
    """A time one is away."""

    id: str
    start: datetime
    end: datetime
    #: Where it comes from, in words.
    source: str
    may_remove: bool
    #: A shift of theirs that lies in it; "" if none does.
    shift_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WishRow:
    """A week, and what one wishes."""

    start: datetime
    #: What the form's field is called.
    name: str
    #: -3 to 3; 0 is no wish.
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The screen at `/away`."""

    rows: tuple[AwayRow, ...]
    wishes: tuple[WishRow, ...]
    #: Words for weights, best first.
    words: tuple[tuple[int, str], ...]
    is_volunteer: bool
    error: str = ""
