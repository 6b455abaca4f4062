"""AL5: an acceptance ends, and its team hears of it in time, at work, and never in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from tests.builders import ANN, BEN, CAS, TEAM
from tests.property import companies
from watchbill.core import hours, reminders
from watchbill.core.alarms import AlarmState
from watchbill.core.reminders import Look, Standing, Word

DAY = timedelta(days=1)
#: An acceptance from a Monday in March to the end of the last day of August.
ACCEPTED = Standing(
    state=AlarmState.ACCEPTED,
    state_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
    stands_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
    lapses_at=datetime(2026, 9, 1, tzinfo=UTC),
)
DUBLIN = builders.week()
NEVER = hours.WorkingHours(zone="Europe/Dublin", spans=())


def lived(
    alarm: Standing, working: hours.WorkingHours, *, until: datetime
) -> list[tuple[datetime, tuple[Word, ...]]]:
    """Look whenever a look is due, as the engine does; return when something was said."""
    at: datetime | None = alarm.state_at
    said = []
    for _ in range(500):
        if at is None or at > until:
            return said
        look = reminders.look(alarm, working, now=at)
        if look.words:
            said.append((at, look.words))
            alarm = replace(alarm, told_at=at)
        assert look.next_at is None or look.next_at > at, "it spins"
        at = look.next_at
    raise AssertionError("it looks again and again")


def test_al5_the_team_hears_a_month_before_and_nearer_and_nearer() -> None:
    said = lived(ACCEPTED, DUBLIN, until=datetime(2026, 9, 1, tzinfo=UTC))
    # 2 August is a Sunday: the first working hour after it, in Irish summer time.
    assert said == [
        (datetime(2026, 8, 3, 8, tzinfo=UTC), (Word.REVIEW_NEAR,)),
        (datetime(2026, 8, 18, 8, tzinfo=UTC), (Word.REVIEW_NEAR,)),
        (datetime(2026, 8, 25, 8, tzinfo=UTC), (Word.REVIEW_NEAR,)),
        (datetime(2026, 8, 31, 8, tzinfo=UTC), (Word.REVIEW_NEAR,)),
    ]


def test_al5_once_it_is_over_the_team_hears_every_week() -> None:
    said = lived(ACCEPTED, DUBLIN, until=datetime(2026, 9, 16, tzinfo=UTC))[4:]
    assert said == [
        (datetime(2026, 9, 1, 8, tzinfo=UTC), (Word.OVERDUE,)),
        (datetime(2026, 9, 8, 8, tzinfo=UTC), (Word.OVERDUE,)),
        (datetime(2026, 9, 15, 8, tzinfo=UTC), (Word.OVERDUE,)),
    ]


def test_al5_the_end_itself_is_looked_at_whatever_the_hour() -> None:
    """So that it is written down when it happens."""
    told = replace(ACCEPTED, told_at=datetime(2026, 8, 31, 8, tzinfo=UTC))
    look = reminders.look(told, DUBLIN, now=datetime(2026, 8, 31, 8, tzinfo=UTC))
    assert look == Look(words=(), next_at=ACCEPTED.lapses_at)
    assert not reminders.has_lapsed(told, now=datetime(2026, 8, 31, 23, 59, tzinfo=UTC))
    assert reminders.has_lapsed(told, now=datetime(2026, 9, 1, tzinfo=UTC))


def test_al5_what_was_accepted_late_is_not_reminded_of_what_lay_before() -> None:
    late = datetime(2026, 8, 20, 12, tzinfo=UTC)
    said = lived(replace(ACCEPTED, state_at=late, stands_at=late), DUBLIN, until=late + 8 * DAY)
    assert said == [(datetime(2026, 8, 25, 8, tzinfo=UTC), (Word.REVIEW_NEAR,))]


def test_al5_a_new_acceptance_ends_the_reminders_of_the_old_one() -> None:
    anew = replace(
        ACCEPTED,
        told_at=datetime(2026, 9, 8, 8, tzinfo=UTC),
        stands_at=datetime(2026, 9, 9, 9, tzinfo=UTC),
        lapses_at=datetime(2027, 3, 1, tzinfo=UTC),
    )
    look = reminders.look(anew, DUBLIN, now=datetime(2026, 9, 9, 9, tzinfo=UTC))
    # 30 January 2027 is a Saturday.
    assert look == Look(words=(), next_at=datetime(2027, 2, 1, 9, tzinfo=UTC))


def test_al5_after_an_outage_or_a_long_holiday_one_word_says_it() -> None:
    closed = replace(
        DUBLIN, closed_on=frozenset((datetime(2026, 8, 1) + n * DAY).date() for n in range(40))
    )
    said = lived(ACCEPTED, closed, until=datetime(2026, 9, 12, tzinfo=UTC))
    assert said == [(datetime(2026, 9, 10, 8, tzinfo=UTC), (Word.OVERDUE,))]


def test_al5_glass_broken_over_what_is_overdue_is_said_at_once() -> None:
    broken = replace(ACCEPTED, stands_at=datetime(2026, 9, 2, 10, tzinfo=UTC))
    look = reminders.look(broken, DUBLIN, now=datetime(2026, 9, 2, 10, tzinfo=UTC))
    assert look.words == (Word.OVERDUE,)


@pytest.mark.parametrize(
    ("state", "word"),
    [(AlarmState.DECLINED, Word.DECLINED), (AlarmState.RETURNED, Word.RETURNED)],
)
def test_al7_what_comes_back_is_said_once_when_the_team_is_at_work(
    state: AlarmState, word: Word
) -> None:
    back = Standing(state=state, state_at=builders.dublin("Sat 03:00"))
    assert lived(back, DUBLIN, until=builders.dublin("Sun+9 00:00")) == [
        (builders.dublin("Mon+1 09:00"), (word,))
    ]
    again = replace(
        back, told_at=builders.dublin("Mon+1 09:00"), state_at=builders.dublin("Tue+1 10:00")
    )
    assert reminders.look(again, DUBLIN, now=builders.dublin("Tue+1 10:00")).words == (word,)


def test_al5_a_declined_change_leaves_the_reminders_of_what_stands() -> None:
    back = replace(
        ACCEPTED, state=AlarmState.DECLINED, state_at=datetime(2026, 8, 18, 8, tzinfo=UTC)
    )
    look = reminders.look(back, DUBLIN, now=datetime(2026, 8, 18, 8, tzinfo=UTC))
    assert look.words == (Word.DECLINED, Word.REVIEW_NEAR)


def test_al5_a_team_that_is_never_at_work_is_told_nothing_and_does_not_spin() -> None:
    assert lived(ACCEPTED, NEVER, until=datetime(2027, 1, 1, tzinfo=UTC)) == []


@pytest.mark.parametrize("state", [AlarmState.DRAFT, AlarmState.PROPOSED, AlarmState.RETIRED])
def test_what_stands_nowhere_is_not_looked_at_again(state: AlarmState) -> None:
    waiting = Standing(state=state, state_at=builders.dublin("Tue 10:00"))
    assert reminders.look(waiting, DUBLIN, now=builders.dublin("Tue 10:00")) == Look(
        words=(), next_at=None
    )


@settings(deadline=None, max_examples=200)
@given(
    seed=st.integers(0, 100_000),
    around=st.sampled_from(companies.STARTS),
    lasts=st.integers(0, 60 * 24),
)
def test_al5_no1_any_week_says_every_thing_once_and_only_at_work(
    seed: int, around: datetime, lasts: int
) -> None:
    """Over changes of the clocks and closing days: at work only, in time, never silently."""
    working = companies.calendar(Random(seed), around)
    alarm = Standing(
        state=AlarmState.ACCEPTED,
        state_at=around - 40 * DAY,
        stands_at=around - 40 * DAY,
        lapses_at=around - 5 * DAY + timedelta(hours=lasts),
    )
    assert alarm.lapses_at is not None
    until = alarm.lapses_at + 30 * DAY
    said = lived(alarm, working, until=until)
    for at, words in said:
        assert hours.is_open(working, at), "NO1: not out of hours"
        assert words == ((Word.OVERDUE if at >= alarm.lapses_at else Word.REVIEW_NEAR),)
    first = alarm.lapses_at if hours.is_open(working, alarm.lapses_at) else None
    opening = first or hours.next_opening(working, alarm.lapses_at)
    if opening is not None and opening <= until:
        assert opening in [at for at, _ in said], "AL5: never a silent lapse"
    due = [alarm.lapses_at - before for before in reminders.BEFORE]
    assert len(said) <= len([at for at in due if at > alarm.state_at]) + 5, "each but once"


def test_whom_the_author_and_whoever_stands_the_rota_else_the_whole_team() -> None:
    company = builders.company()
    team, at = company.teams[TEAM], builders.dublin("Tue 10:00")
    assert set(reminders.whom(company, team, BEN, at=at)) == {ANN, BEN}
    assert set(reminders.whom(company, team, builders.VERA, at=at)) == {ANN}
    off = builders.company(on_rota=())
    assert set(reminders.whom(off, team, None, at=at)) == {ANN, BEN, CAS}


def test_whom_nobody_who_is_away_unless_all_are_and_nobody_without_a_mail_address() -> None:
    at = builders.dublin("Tue 10:00")
    company = builders.company(absent=(ANN,), unreachable=(BEN,))
    assert set(reminders.whom(company, company.teams[TEAM], BEN, at=at)) == {CAS}
    company = builders.company(absent=(ANN, CAS), unreachable=(BEN,))
    assert set(reminders.whom(company, company.teams[TEAM], None, at=at)) == {ANN, CAS}
    company = builders.company(unreachable=(ANN, BEN, CAS))
    assert reminders.whom(company, company.teams[TEAM], ANN, at=at) == {}
