"""The rota: who stands which week; one's own shifts; one shift with its handoff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.core.hours import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One person in one week."""

    #: What they stand of it: `whole`, or the times of its parts; empty: nothing.
    lines: tuple[str, ...] = ()
    is_shadow: bool = False
    #: Away in it, or in a part of it; never why.
    is_away: bool = False
    #: Public holidays and closing days of their office in it.
    holidays: tuple[str, ...] = ()
    shift_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPart:
    """A part of a week that nobody stands."""

    part: Period
    #: The duty manager who has it, or nobody.
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPart:
    """A part of a week, and who stands it."""

    name: str
    is_me: bool
    is_shadow: bool
    shift_id: str
    #: Its times; empty for the whole week.
    lines: tuple[str, ...]
    #: Public holidays of their office in that week.
    holidays: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekColumn:
    """One week of the rota."""

    #: The day it begins: `27 Nov`.
    label: str
    start: datetime
    is_now: bool
    #: Parts that nobody stands.
    open: tuple[OpenPart, ...]
    #: They are not the whole week.
    is_partly: bool
    #: Who stands it, as the list on a phone says.
    standing: tuple[StandingPart, ...]
    #: Who is away in it, as that list says.
    away: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person's line over the weeks."""

    person_id: str
    name: str
    office: str
    is_me: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDays:
    """An office's holidays and closing days in the weeks shown."""

    office: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """The screen at `/rota`."""

    #: Who stands now, and who is next.
    sentence: str
    #: The first stretch without anybody, in a sentence; or empty.
    warning: str
    weeks: tuple[WeekColumn, ...]
    people: tuple[PersonLine, ...]
    holidays: tuple[OfficeDays, ...]
    #: The `from` of the weeks before and after.
    earlier: str
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One shift as it is stored: all of it, or a piece of a split week."""

    id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MyShiftRow:
    """A shift of the viewer's, with its pieces if its week is split."""

    id: str
    start: datetime
    end: datetime
    pieces: tuple[Piece, ...]
    #: How long it is altogether, to the second.
    length: str
    is_shadow: bool
    weekends: int
    holidays: tuple[str, ...]
    has_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MyNow:
    """The shift that the viewer stands at this moment."""

    id: str
    end: datetime
    #: It is time to write down what the next one should know.
    is_ending: bool
    has_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffItem:
    """One thing the next volunteer should know of."""

    href: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The handoff of the shift before the viewer's own, while theirs is young."""

    shift_id: str
    person: str
    ended_at: datetime
    written_at: datetime | None
    #: The note; empty if none was written.
    note: str
    open: tuple[HandoffItem, ...]
    held: tuple[HandoffItem, ...]
    changed: tuple[HandoffItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MyShifts:
    """The screen at `/rota/mine`."""

    now: MyNow | None
    received: Received | None
    #: A shift that ended within two days and still lacks its note.
    owed: Piece | None
    ahead: tuple[MyShiftRow, ...]
    stood: tuple[MyShiftRow, ...]
    #: Time stood in all the shifts listed, to the second.
    stood_length: str
    #: Something is left to do before a shift.
    is_unready: bool
    is_volunteer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One page of a shift."""

    href: str
    text: str
    at: datetime
    #: How it ended, in words.
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPage:
    """The screen at `/rota/shifts/{id}`."""

    id: str
    person: str
    start: datetime
    end: datetime
    length: str
    #: The pieces of its stand, if there are several.
    pieces: tuple[Piece, ...]
    is_shadow: bool
    is_mine: bool
    is_over: bool
    #: What is being written, or was.
    note: str
    written_at: datetime | None
    open: tuple[HandoffItem, ...]
    held: tuple[HandoffItem, ...]
    changed: tuple[HandoffItem, ...]
    pages: tuple[PageRow, ...]
    may_write: bool
    error: str = ""
