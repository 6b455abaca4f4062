"""Swaps: who asks whom for a shift, and what that does to both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.core.hours import Period
from watchbill.queries.swaps import Effect, SwapRow
from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapItem:
    """A question in a list."""

    swap: SwapRow
    #: What is asked, in one sentence.
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Swaps:
    """The screen at `/swaps`."""

    #: The viewer may answer these.
    for_me: tuple[SwapItem, ...]
    mine: tuple[SwapItem, ...]
    lately: tuple[SwapItem, ...]
    #: Time ahead that nobody stands, and that the viewer may take.
    open: tuple[Period, ...]
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """Somebody who could be asked, and what taking it would do to them."""

    person_id: str
    name: str
    office: str
    effect: Effect
    #: What speaks against it, in words.
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSwap:
    """The screen at `/swaps/new`: whom to ask, for which part."""

    shift_id: str
    start: datetime
    end: datetime
    #: The part that is asked for, as the fields of a form show it, in the viewer's zone.
    starts_local: str
    ends_local: str
    is_urgent: bool
    #: For how many hours cover may be asked; "" is until the end.
    covers: tuple[Choice, ...]
    #: The one that is chosen.
    cover: str
    candidates: tuple[CandidateRow, ...]
    #: Shifts that could come back in return.
    returns: tuple[Choice, ...]
    #: Who and what was chosen in the form just sent; or empty.
    chosen: str
    chosen_return: str
    #: What giving it away does to the viewer.
    mine: Effect
    note: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """The screen at `/swaps/{id}`."""

    swap: SwapRow
    sentence: str
    #: The shift that comes back in return; None if none does.
    return_start: datetime | None
    return_end: datetime | None
    #: On who asks.
    asker: Effect
    #: On who would take it: the viewer, if they may; None otherwise.
    taker: Effect | None
    is_mine: bool
    may_answer: bool
    may_decline: bool
    #: They could be asked, but no term of theirs covers it.
    is_outside_term: bool
    #: Why the viewer cannot take it although a term of theirs covers it; "" if they can.
    hindrance: str
    error: str = ""
