"""Reminders: what a team is told of its alarm by mail, and when: only while it is at work.

An acceptance ends with the alarm's review-by date. Its team hears of that a month before and then
nearer and nearer, and once it is over every week, until the alarm is reviewed anew or retired: no
acceptance ends in silence. What the on-call team declines or returns the team hears once.

Source: requirements AL5, AL7, NO1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from watchbill.core import contacts, hours
from watchbill.core.alarms import AlarmState
from watchbill.core.company import Company
from watchbill.core.hours import WorkingHours
from watchbill.core.people import ContactMethod, PersonId, Team

#: How long before the end of an acceptance its team is reminded, the earliest first.
BEFORE = tuple(timedelta(days=days) for days in (30, 14, 7, 1))
#: And how often after it.
AFTER = timedelta(weeks=1)


class Word(Enum):
    """What a team is told."""

    #: The acceptance ends soon.
    REVIEW_NEAR = "review_near"
    #: The acceptance has ended: out of hours the alarm is held.
    OVERDUE = "overdue"
    #: The on-call team will not answer for the newest version.
    DECLINED = "declined"
    #: The on-call team gave the alarm back.
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What of an alarm its reminders depend on."""

    state: AlarmState
    #: Since when it is in that state.
    state_at: datetime
    #: Since when the version in force is; None if none is.
    stands_at: datetime | None = None
    #: When that ends; None for never.
    lapses_at: datetime | None = None
    #: When its team was last told anything; all that was due by then has been said.
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is to be said of an alarm now, and when to look at it again; None for no more."""

    words: tuple[Word, ...]
    next_at: datetime | None


def look(alarm: Standing, working: WorkingHours, *, now: datetime) -> Look:
    """Return what the alarm's team is to be told at `now`; nothing while it is not at work.

    What came due while nobody was at work is said at the next opening, once and in its newest
    words. The end of an acceptance itself is always looked at, whatever the hour.
    """
    words = _due(alarm, now=now)
    if words and not hours.is_open(working, now):
        later = hours.next_opening(working, now) or now + AFTER
        return Look(words=(), next_at=_sooner(later, _end(alarm, now)))
    moment = _next(alarm, now)
    if moment is None:
        return Look(words=words, next_at=None)
    opening = moment if hours.is_open(working, moment) else hours.next_opening(working, moment)
    return Look(words=words, next_at=_sooner(opening or moment + AFTER, _end(alarm, now)))


def has_lapsed(alarm: Standing, *, now: datetime) -> bool:
    """True if a version is in force whose acceptance is over."""
    is_over = alarm.lapses_at is not None and alarm.lapses_at <= now
    return is_over and alarm.stands_at is not None


def whom(
    company: Company, team: Team, author_id: PersonId | None, *, at: datetime
) -> dict[PersonId, ContactMethod]:
    """Return who of a team is told, each with their mail address.

    Its author and whoever stands the rota, if they are there; else every member, those who are
    away last of all. Empty if no member can be mailed.
    """
    reached = {
        person_id: method
        for person_id in team.members
        if person_id in company.people and (method := contacts.quiet(company.people[person_id]))
    }
    there = {p: m for p, m in reached.items() if not company.is_away(p, at)}
    asked = {author_id, company.on_rota(team.id, at)}
    return {p: m for p, m in there.items() if p in asked} or there or reached


def _due(alarm: Standing, *, now: datetime) -> tuple[Word, ...]:
    """Return what has come due and was not said."""
    told_at, words = alarm.told_at, []
    if alarm.state in (AlarmState.DECLINED, AlarmState.RETURNED) and (
        told_at is None or told_at < alarm.state_at
    ):
        is_declined = alarm.state is AlarmState.DECLINED
        words.append(Word.DECLINED if is_declined else Word.RETURNED)
    last = _last(alarm, now)
    if last is not None and (told_at is None or told_at < last):
        words.append(Word.OVERDUE if has_lapsed(alarm, now=now) else Word.REVIEW_NEAR)
    return tuple(words)


def _last(alarm: Standing, now: datetime) -> datetime | None:
    """Return the latest moment up to now at which a reminder came due since it stands, or None."""
    end, since = alarm.lapses_at, alarm.stands_at
    if end is None or since is None:
        return None
    if now >= end:
        return max(end + (now - end) // AFTER * AFTER, since)
    return max((at for before in BEFORE if since < (at := end - before) <= now), default=None)


def _next(alarm: Standing, now: datetime) -> datetime | None:
    """Return the first moment after now at which a reminder comes due, or None."""
    end = alarm.lapses_at
    if end is None or alarm.stands_at is None:
        return None
    if now >= end:
        return end + ((now - end) // AFTER + 1) * AFTER
    return min(at for at in (*(end - before for before in BEFORE), end) if at > now)


def _end(alarm: Standing, now: datetime) -> datetime | None:
    """Return when the acceptance ends, if that lies ahead."""
    stands = alarm.stands_at is not None and alarm.lapses_at is not None
    return alarm.lapses_at if stands and alarm.lapses_at and alarm.lapses_at > now else None


def _sooner(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else min(one, other)
