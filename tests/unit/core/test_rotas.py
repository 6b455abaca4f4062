"""Rotas: turns, overrides, people away, and the volunteers' shifts (RO1, RO5, SH1, SH2, SH5)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta

import pytest

from watchbill.core import rotas
from watchbill.core.hours import Period
from watchbill.core.people import PersonId
from watchbill.core.rotas import Absence, Override, Rota, Shift, Stretch, Turn

MICROSECOND = timedelta(microseconds=1)
WEEK = timedelta(weeks=1)
ANA, BEN, CLEO, DAN = (PersonId(name) for name in ("ana", "ben", "cleo", "dan"))

#: Weekly, Friday 18:00 in Dublin, from Friday 6 March 2026.
WEEKLY = Rota(
    id="rota",
    zone="Europe/Dublin",
    turn=Turn.WEEK,
    starts_on=date(2026, 3, 6),
    handoff_weekday=4,
    handoff_time=time(18),
    members=(ANA, BEN, CLEO),
)
#: Daily at 09:00 in Dublin, from Monday 9 March 2026.
DAILY = Rota(
    id="rota",
    zone="Europe/Dublin",
    turn=Turn.DAY,
    starts_on=date(2026, 3, 9),
    handoff_time=time(9),
    members=(ANA, BEN, CLEO),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def override(person_id: PersonId, start: str, end: str) -> Override:
    return Override(person_id=person_id, start=at(start), end=at(end))


def away(person_id: PersonId, start: str, end: str) -> Absence:
    return Absence(person_id=person_id, start=at(start), end=at(end))


def replace(rota: Rota, **changes: object) -> Rota:
    return dataclasses.replace(rota, **changes)


def told(found: list[Stretch]) -> list[tuple[str | None, str]]:
    """Who, and from when; that a stretch ends where the next begins is a property elsewhere."""
    return [(stretch.person_id, f"{stretch.start:%m-%d %H:%M}") for stretch in found]


class TestTurns:
    def test_the_first_member_stands_first_and_the_moment_of_handoff_is_the_next_ones(self):
        handoff = at("2026-03-13T18:00")
        assert rotas.on_duty(WEEKLY, (), at("2026-03-06T18:00")) == ANA
        assert rotas.on_duty(WEEKLY, (), handoff - MICROSECOND) == ANA
        assert rotas.on_duty(WEEKLY, (), handoff) == BEN

    def test_after_the_last_the_first_stands_again(self):
        assert rotas.on_duty(WEEKLY, (), at("2026-03-26T12:00")) == CLEO
        assert rotas.on_duty(WEEKLY, (), at("2026-03-28T12:00")) == ANA

    def test_before_its_start_a_rota_is_nobodys(self):
        assert rotas.on_duty(WEEKLY, (), at("2026-03-06T18:00") - MICROSECOND) is None
        assert rotas.on_duty(WEEKLY, (), at("2020-01-01T00:00")) is None

    def test_a_start_between_handoffs_makes_the_first_turn_shorter(self):
        monday = replace(WEEKLY, starts_on=date(2026, 3, 9))
        assert rotas.on_duty(monday, (), at("2026-03-09T18:00") - MICROSECOND) is None
        assert rotas.on_duty(monday, (), at("2026-03-09T18:00")) == ANA
        assert rotas.on_duty(monday, (), at("2026-03-13T18:00")) == BEN

    def test_daily_turns_change_every_day_at_their_time(self):
        found = rotas.stretches(DAILY, (), start=at("2026-03-09T00:00"), end=at("2026-03-12T00:00"))
        assert told(found) == [
            (None, "03-09 00:00"),
            (ANA, "03-09 09:00"),
            (BEN, "03-10 09:00"),
            (CLEO, "03-11 09:00"),
        ]

    @pytest.mark.parametrize(("turn", "length"), [(Turn.DAY, 14), (Turn.WEEK, 2)])
    def test_a_turn_may_last_several_days_or_weeks(self, turn, length):
        rota = replace(WEEKLY, turn=turn, turn_length=length)
        assert rotas.on_duty(rota, (), at("2026-03-20T17:59")) == ANA
        assert rotas.on_duty(rota, (), at("2026-03-20T18:00")) == BEN

    def test_week_lengths_across_the_clock_changes(self):
        """Friday 18:00 to Friday 18:00 in Dublin: 167 h in spring, 169 h in autumn (P6)."""
        year = rotas.stretches(
            replace(WEEKLY, starts_on=date(2026, 1, 2)),
            (),
            start=at("2026-01-02T18:00"),
            end=at("2027-01-01T18:00"),
        )
        hours = {
            f"{stretch.start:%m-%d}": (stretch.end - stretch.start) / timedelta(hours=1)
            for stretch in year
        }
        assert hours.pop("03-27") == 167
        assert hours.pop("10-23") == 169
        assert set(hours.values()) == {168}
        assert len(hours) == 50

    def test_a_handoff_inside_a_gap_happens_at_its_end(self):
        nightly = replace(DAILY, handoff_time=time(1, 30), starts_on=date(2026, 3, 28))
        found = rotas.stretches(
            nightly, (), start=at("2026-03-28T01:30"), end=at("2026-03-30T12:00")
        )
        assert told(found) == [(ANA, "03-28 01:30"), (BEN, "03-29 01:00"), (CLEO, "03-30 00:30")]

    def test_a_handoff_inside_a_fold_happens_once_the_first_time(self):
        nightly = replace(DAILY, handoff_time=time(1, 30), starts_on=date(2026, 10, 24))
        found = rotas.stretches(
            nightly, (), start=at("2026-10-24T00:30"), end=at("2026-10-26T12:00")
        )
        assert told(found) == [(ANA, "10-24 00:30"), (BEN, "10-25 00:30"), (CLEO, "10-26 01:30")]

    def test_a_fold_that_shows_yesterday_again_does_not_undo_the_handoff(self):
        """St. John's went back from 00:01 to 23:01 of the day before (until 2010)."""
        nightly = replace(
            DAILY, zone="America/St_Johns", handoff_time=time(0), starts_on=date(2010, 11, 6)
        )
        found = rotas.stretches(
            nightly, (), start=at("2010-11-06T12:00"), end=at("2010-11-07T12:00")
        )
        assert told(found) == [(ANA, "11-06 12:00"), (BEN, "11-07 02:30")]
        assert rotas.on_duty(nightly, (), at("2010-11-07T02:45")) == BEN

    def test_a_rota_without_members_is_nobodys(self):
        empty = replace(WEEKLY, members=())
        assert rotas.on_duty(empty, (), at("2026-03-10T00:00")) is None

    def test_one_member_stands_one_unbroken_stretch(self):
        alone = replace(WEEKLY, members=(ANA,))
        window = {"start": at("2026-03-10T00:00"), "end": at("2026-06-10T00:00")}
        assert rotas.stretches(alone, (), **window) == [Stretch(person_id=ANA, **window)]

    @pytest.mark.parametrize("wrong", [{"turn_length": 0}, {"handoff_weekday": 7}])
    def test_an_impossible_rota_is_refused(self, wrong):
        with pytest.raises(rotas.BadRota):
            replace(WEEKLY, **wrong)


class TestOverrides:
    def test_an_override_replaces_whose_turn_it_is_half_open(self):
        rota = replace(WEEKLY, overrides=(override(DAN, "2026-03-10T18:00", "2026-03-11T08:00"),))
        assert rotas.on_duty(rota, (), at("2026-03-10T18:00") - MICROSECOND) == ANA
        assert rotas.on_duty(rota, (), at("2026-03-10T18:00")) == DAN
        assert rotas.on_duty(rota, (), at("2026-03-11T08:00") - MICROSECOND) == DAN
        assert rotas.on_duty(rota, (), at("2026-03-11T08:00")) == ANA

    def test_of_two_that_overlap_the_one_made_later_stands(self):
        rota = replace(
            WEEKLY,
            overrides=(
                override(DAN, "2026-03-10T10:00", "2026-03-10T20:00"),
                override(BEN, "2026-03-10T08:00", "2026-03-10T12:00"),
            ),
        )
        found = rotas.stretches(rota, (), start=at("2026-03-10T00:00"), end=at("2026-03-11T00:00"))
        assert told(found) == [
            (ANA, "03-10 00:00"),
            (BEN, "03-10 08:00"),
            (DAN, "03-10 12:00"),
            (ANA, "03-10 20:00"),
        ]
        assert [stretch.is_override for stretch in found] == [False, True, True, False]

    def test_an_override_by_whose_turn_it_is_anyway_is_shown_as_one(self):
        rota = replace(WEEKLY, overrides=(override(ANA, "2026-03-10T08:00", "2026-03-10T12:00"),))
        found = rotas.stretches(rota, (), start=at("2026-03-10T00:00"), end=at("2026-03-11T00:00"))
        assert [stretch.is_override for stretch in found] == [False, True, False]

    def test_an_override_stands_before_the_rota_starts_and_without_members(self):
        rota = replace(
            WEEKLY,
            members=(),
            overrides=(override(DAN, "2026-03-01T00:00", "2026-03-02T00:00"),),
        )
        assert rotas.on_duty(rota, (), at("2026-03-01T12:00")) == DAN

    def test_an_empty_override_changes_nothing(self):
        rota = replace(WEEKLY, overrides=(override(DAN, "2026-03-10T08:00", "2026-03-10T08:00"),))
        window = {"start": at("2026-03-10T00:00"), "end": at("2026-03-11T00:00")}
        assert rotas.stretches(rota, (), **window) == rotas.stretches(WEEKLY, (), **window)


class TestAbsences:
    def test_an_absence_is_half_open(self):
        holiday = (away(ANA, "2026-03-08T00:00", "2026-03-10T00:00"),)
        assert rotas.on_duty(WEEKLY, holiday, at("2026-03-08T00:00") - MICROSECOND) == ANA
        assert rotas.on_duty(WEEKLY, holiday, at("2026-03-08T00:00")) == BEN
        assert rotas.on_duty(WEEKLY, holiday, at("2026-03-10T00:00") - MICROSECOND) == BEN
        assert rotas.on_duty(WEEKLY, holiday, at("2026-03-10T00:00")) == ANA

    def test_the_next_in_order_stands_for_the_stretch_only(self):
        holiday = away(ANA, "2026-03-08T00:00", "2026-03-10T00:00")
        found = rotas.stretches(
            WEEKLY, (holiday,), start=at("2026-03-06T18:00"), end=at("2026-03-20T18:00")
        )
        assert told(found) == [
            (ANA, "03-06 18:00"),
            (BEN, "03-08 00:00"),
            (ANA, "03-10 00:00"),
            (BEN, "03-13 18:00"),
        ]

    def test_whoever_is_away_too_is_skipped_around_the_end_of_the_order(self):
        absences = (
            away(CLEO, "2026-03-20T00:00", "2026-04-01T00:00"),
            away(ANA, "2026-03-20T00:00", "2026-04-01T00:00"),
        )
        assert rotas.on_duty(WEEKLY, absences, at("2026-03-22T00:00")) == BEN

    def test_with_everybody_away_it_is_nobodys_and_a_gap(self):
        absences = tuple(
            away(who, "2026-03-08T00:00", "2026-03-09T00:00") for who in WEEKLY.members
        )
        assert rotas.on_duty(WEEKLY, absences, at("2026-03-08T12:00")) is None
        found = rotas.gaps(
            WEEKLY, absences, start=at("2026-03-06T00:00"), end=at("2026-03-13T18:00")
        )
        assert found == [
            Period(start=at("2026-03-06T00:00"), end=at("2026-03-06T18:00")),
            Period(start=at("2026-03-08T00:00"), end=at("2026-03-09T00:00")),
        ]

    def test_somebody_away_does_not_stand_by_an_override_either(self):
        rota = replace(
            WEEKLY,
            overrides=(
                override(CLEO, "2026-03-08T00:00", "2026-03-10T00:00"),
                override(DAN, "2026-03-08T00:00", "2026-03-10T00:00"),
            ),
        )
        ill = away(DAN, "2026-03-09T00:00", "2026-03-12T00:00")
        found = rotas.stretches(
            rota, (ill,), start=at("2026-03-08T00:00"), end=at("2026-03-11T00:00")
        )
        assert told(found) == [(DAN, "03-08 00:00"), (CLEO, "03-09 00:00"), (ANA, "03-10 00:00")]

    def test_two_absences_that_overlap_are_one_long_absence(self):
        absences = (
            away(ANA, "2026-03-08T00:00", "2026-03-10T00:00"),
            away(ANA, "2026-03-09T00:00", "2026-03-11T00:00"),
        )
        found = rotas.stretches(
            WEEKLY, absences, start=at("2026-03-07T00:00"), end=at("2026-03-12T00:00")
        )
        assert told(found) == [(ANA, "03-07 00:00"), (BEN, "03-08 00:00"), (ANA, "03-11 00:00")]


class TestStretches:
    @pytest.mark.parametrize("length", [timedelta(0), -WEEK])
    def test_an_empty_window_has_none(self, length):
        start = at("2026-03-10T00:00")
        assert rotas.stretches(WEEKLY, (), start=start, end=start + length) == []
        assert rotas.gaps(WEEKLY, (), start=start, end=start + length) == []

    def test_what_began_before_the_window_is_cut_to_it(self):
        rota = replace(WEEKLY, overrides=(override(DAN, "2026-03-01T00:00", "2026-04-01T00:00"),))
        window = {"start": at("2026-03-10T00:00"), "end": at("2026-03-11T00:00")}
        assert rotas.stretches(rota, (), **window) == [
            Stretch(person_id=DAN, is_override=True, **window)
        ]

    def test_what_ends_with_the_window_leaves_nothing_empty_behind(self):
        rota = replace(WEEKLY, overrides=(override(DAN, "2026-03-10T00:00", "2026-03-11T00:00"),))
        window = {"start": at("2026-03-10T00:00"), "end": at("2026-03-11T00:00")}
        assert rotas.stretches(rota, (), **window) == [
            Stretch(person_id=DAN, is_override=True, **window)
        ]

    def test_what_lies_outside_the_window_is_not_seen(self):
        rota = replace(
            WEEKLY,
            overrides=(
                override(DAN, "2026-03-09T00:00", "2026-03-10T00:00"),
                override(DAN, "2026-03-11T00:00", "2026-03-12T00:00"),
            ),
        )
        window = {"start": at("2026-03-10T00:00"), "end": at("2026-03-11T00:00")}
        assert rotas.stretches(rota, (), **window) == [Stretch(person_id=ANA, **window)]


class TestStanding:
    FRIDAY = at("2026-03-06T18:00")

    def shift(self, person_id: PersonId, week: int, *, is_shadow: bool = False) -> Shift:
        start = self.FRIDAY + week * WEEK
        return Shift(person_id=person_id, start=start, end=start + WEEK, is_shadow=is_shadow)

    def test_exactly_one_volunteer_stands_and_the_boundary_is_the_nexts(self):
        shifts = (self.shift(ANA, 0), self.shift(BEN, 1))
        assert rotas.standing(shifts, self.FRIDAY) == ANA
        assert rotas.standing(shifts, self.FRIDAY + WEEK - MICROSECOND) == ANA
        assert rotas.standing(shifts, self.FRIDAY + WEEK) == BEN

    def test_before_between_and_after_shifts_nobody_stands(self):
        shifts = (self.shift(ANA, 0), self.shift(BEN, 2))
        assert rotas.standing(shifts, self.FRIDAY - MICROSECOND) is None
        assert rotas.standing(shifts, self.FRIDAY + WEEK) is None
        assert rotas.standing(shifts, self.FRIDAY + 3 * WEEK) is None
        assert rotas.standing((), self.FRIDAY) is None

    def test_a_shadow_never_stands(self):
        shifts = (self.shift(ANA, 0), self.shift(CLEO, 0, is_shadow=True))
        assert rotas.standing(shifts, self.FRIDAY) == ANA
        assert rotas.standing(shifts[1:], self.FRIDAY) is None

    def test_the_last_of_many_years_is_found(self):
        shifts = tuple(self.shift(PersonId(f"p{week}"), week) for week in range(1_000))
        assert rotas.standing(shifts, self.FRIDAY + 777 * WEEK) == "p777"
