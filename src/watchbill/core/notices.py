"""Notices: what the on-call team's people are told by the clock, when, and never twice.

Everything there is to be said is a notice with the moment it comes due, and the moment from which
it would be stale. A look says what is due and was not told, and when to look again. Because it is
made anew from what is true, a shift that was moved is reminded of where it is now.

Source: requirements VO2, VO3, VO6, SH1, SH6, NO8; the issue's "never silently".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum

from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.hours import Period
from watchbill.core.people import Person, PersonId
from watchbill.core.volunteers import OnCallTeam, Seat

#: When people read a quiet mail: by their own clocks.
MORNING, EVENING = time(9), time(18)
#: How far ahead uncovered time is warned of.
HORIZON = timedelta(days=28)
#: At the latest so long after a look comes the next: what it saw reaches so far beyond the horizon.
LATEST = timedelta(days=7)


class Word(Enum):
    """What somebody is told."""

    #: Your shift is in a week.
    SHIFT_WEEK = "shift_week"
    #: Your shift is tomorrow.
    SHIFT_DAY = "shift_day"
    #: Your shift begins now.
    SHIFT_BEGINS = "shift_begins"
    #: You are duty manager in a week.
    DUTY_WEEK = "duty_week"
    #: Your term ends in four weeks: do you want another?
    RENEWAL = "renewal"
    #: It ends in a week, and you have not answered.
    RENEWAL_AGAIN = "renewal_again"
    #: Your first shift is near and something on the list is missing.
    NOT_READY = "not_ready"
    #: Somebody asked for a shift that begins within a day.
    SWAP_WAITS = "swap_waits"
    #: A draft of a plan has waited for a week.
    DRAFT_WAITS = "draft_waits"
    #: Nobody stands some time ahead.
    UNCOVERED = "uncovered"
    #: The on-call team itself is worth a word.
    CONCERNS = "concerns"
    #: More people are on call at once than the design says.
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that one person is to be told, once."""

    word: Word
    person_id: PersonId
    #: What exactly it is about: with the word and the person it is unique.
    about: str
    due_at: datetime
    #: From then on it is stale, and is not said any more.
    until: datetime
    #: The time it speaks of, if it is one.
    period: Period | None = None
    #: The times it speaks of, in their order.
    periods: tuple[Period, ...] = ()
    #: The id of the term, swap or draft it is about, or "".
    subject_id: str = ""
    #: Sentences and names it is made of.
    facts: tuple[str, ...] = ()
    is_shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term that is not over."""

    id: str
    person_id: PersonId
    start: datetime
    end: datetime
    #: True if the person has the next one, or has applied for it.
    is_answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A swap that nobody has answered."""

    id: str
    asked_by: PersonId
    asked_at: datetime
    start: datetime
    #: Who was asked; None: everybody in a term.
    to: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan that nobody has published."""

    id: str
    made_by: PersonId
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """All that notices depend on."""

    company: Company
    team: OnCallTeam
    terms: tuple[Term, ...] = ()
    seats: tuple[Seat, ...] = ()
    #: Who has not made sure of everything (VO6).
    unready: frozenset[PersonId] = frozenset()
    asked: tuple[Asked, ...] = ()
    drafts: tuple[Draft, ...] = ()
    #: What was told lately: the abouts by person and word.
    told: Mapping[tuple[PersonId, Word], Collection[str]] = field(default_factory=dict)

    def members(self, at: datetime) -> list[PersonId]:
        """Return who is in a term at `at`, sorted."""
        return sorted({t.person_id for t in self.terms if t.start <= at < t.end})

    def last_told(self, person_id: PersonId, word: Word) -> date | None:
        """Return the last day somebody was told something that comes again; its about is a day."""
        days = self.told.get((person_id, word), ())
        return date.fromisoformat(max(days)) if days else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is to be told now, in a fixed order, and when to look again."""

    due: tuple[Notice, ...]
    next_at: datetime


def look(
    watch: Watch, notices: Collection[Notice], turns: Iterable[datetime], *, now: datetime
) -> Look:
    """Return which of `notices` are to be told at `now`, and when to look again.

    It is looked again at the first of `turns` at the latest: there may be other notices then.

    Nobody is told what they were told, nor at night, except that their shift begins.
    """
    due, next_at = [], min([now + LATEST, *turns])
    for notice in notices:
        person = watch.company.people.get(notice.person_id)
        if person is None or notice.about in watch.told.get((person.id, notice.word), ()):
            continue
        at = _readable(watch.company, person, notice.word, max(notice.due_at, now))
        if at >= notice.until:
            continue
        if at <= now:
            due.append(notice)
        else:
            next_at = min(next_at, at)
    return Look(due=tuple(due), next_at=next_at)


def morning(person: Person, at: datetime, *, days: int = 0) -> datetime:
    """Return nine o'clock by the person's clock, so many days after the local day of `at`."""
    return hours.instant(today(person, at) + timedelta(days=days), MORNING, person.zone)


def today(person: Person, at: datetime) -> date:
    """Return the local day of `at` where the person lives."""
    return at.astimezone(hours.known_zone(person.zone)).date()


def awake(person: Person, at: datetime) -> datetime:
    """Return the first moment from `at` on at which the person reads mail: 9 to 18, their time."""
    local = at.astimezone(hours.known_zone(person.zone)).time()
    if MORNING <= local < EVENING:
        return at
    return morning(person, at, days=0 if local < MORNING else 1)


def _readable(company: Company, person: Person, word: Word, at: datetime) -> datetime:
    if word is Word.SHIFT_BEGINS:
        return at
    if word is not Word.CONCERNS:
        return awake(person, at)
    team = company.teams.get(person.team_id) if person.team_id else None
    office = company.offices.get(person.office_id) if person.office_id else None
    calendar = team.hours if team else office.hours if office else None
    if calendar is None:
        return awake(person, at)
    return at if hours.is_open(calendar, at) else hours.next_opening(calendar, at) or at + LATEST
