"""The rota: who stands which week; one's own shifts; one shift with its handoff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.core.hours import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One person in one week."""

    #: Pieces they stand in it; the whole week, usually.
    pieces: tuple[Period, ...] = ()
    is_whole: bool = False
    is_shadow: bool = False
    is_away: bool = False
    #: A public holiday or closing day of their office lies in it.
    is_holiday: bool = False
    shift_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekColumn:
    """One week of the rota."""

    start: datetime
    end: datetime
    is_now: bool
    #: Parts that nobody stands; the duty manager has them.
    open: tuple[Period, ...]
    #: Who stands it, as the list on a phone says: names, with times where it is split.
    standing: tuple[tuple[str, Period], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person's line over the weeks."""

    person_id: str
    name: str
    office: str
    is_me: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """The screen at `/rota`."""

    #: Who stands now, and who is next.
    sentence: str
    #: The first stretch without anybody, in a sentence; or empty.
    warning: str
    weeks: tuple[WeekColumn, ...]
    people: tuple[PersonLine, ...]
    #: The `from` of the weeks before and after.
    earlier: str
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyShiftRow:
    """A shift of the viewer's."""

    id: str
    start: datetime
    end: datetime
    length: timedelta
    is_shadow: bool
    is_now: bool
    is_over: bool
    holidays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MyShifts:
    """The screen at `/rota/mine`."""

    now: MyShiftRow | None
    ahead: tuple[MyShiftRow, ...]
    stood: tuple[MyShiftRow, ...]
    #: Time stood in all the shifts listed, to the second.
    stood_length: timedelta
    is_ready: bool
    is_volunteer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffItem:
    """One thing the next volunteer should know of."""

    href: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPage:
    """The screen at `/rota/shifts/{id}`."""

    id: str
    person: str
    start: datetime
    end: datetime
    is_shadow: bool
    is_mine: bool
    is_over: bool
    #: The note; empty if none was written.
    note: str
    written_at: datetime | None
    open: tuple[HandoffItem, ...]
    held: tuple[HandoffItem, ...]
    changed: tuple[HandoffItem, ...]
    #: Pages out of hours in it.
    pages_count: int
    may_write: bool
    error: str = ""
