"""Hours: one DST rule, spans, closing days, and how far the search goes (AC1, AC5, HE1, NO10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from watchbill.core import hours
from watchbill.core.hours import Period, Span, WorkingHours

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def week(*, zone: str = "Europe/Dublin", days: range = range(5), **rest: object) -> WorkingHours:
    start, end = rest.get("start", time(9)), rest.get("end", time(18))
    spans = tuple(Span(weekday=day, start=start, end=end) for day in days)
    return WorkingHours(zone=zone, spans=spans, closed_on=frozenset(rest.get("closed_on", ())))


class TestInstant:
    @pytest.mark.parametrize(
        ("zone", "wall", "expected"),
        [
            ("Europe/Dublin", "2026-01-15T09:00", "2026-01-15T09:00"),
            ("Europe/Dublin", "2026-07-15T09:00", "2026-07-15T08:00"),
            ("America/Los_Angeles", "2026-01-15T16:30", "2026-01-16T00:30"),
            ("Asia/Kathmandu", "2026-01-15T00:00", "2026-01-14T18:15"),
        ],
    )
    def test_an_ordinary_time_is_what_the_clock_shows(self, zone, wall, expected):
        local = datetime.fromisoformat(wall)
        assert hours.instant(local.date(), local.time(), zone) == at(expected)

    @pytest.mark.parametrize(
        ("zone", "wall", "expected"),
        [
            # Dublin's winter time is its "daylight" time, with a negative saving.
            ("Europe/Dublin", "2026-03-29T01:00", "2026-03-29T01:00"),
            ("Europe/Dublin", "2026-03-29T01:59:59.999999", "2026-03-29T01:00"),
            ("Europe/Dublin", "2026-03-29T02:00", "2026-03-29T01:00"),
            ("America/Los_Angeles", "2026-03-08T02:30", "2026-03-08T10:00"),
            # Half an hour only.
            ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
            # Two hours, at a station in Antarctica.
            ("Antarctica/Troll", "2026-03-29T02:30", "2026-03-29T01:00"),
            # Back from Ramadan's time, on dates without a yearly rule.
            ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00"),
            # Midnight does not exist.
            ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),
            # The whole of 30 December does not exist: Samoa crossed the date line.
            ("Pacific/Apia", "2011-12-30T00:00", "2011-12-30T10:00"),
            ("Pacific/Apia", "2011-12-30T23:59", "2011-12-30T10:00"),
        ],
    )
    def test_a_time_in_a_gap_moves_to_its_end(self, zone, wall, expected):
        local = datetime.fromisoformat(wall)
        assert hours.instant(local.date(), local.time(), zone) == at(expected)

    @pytest.mark.parametrize(
        ("zone", "wall", "expected"),
        [
            ("Europe/Dublin", "2026-10-25T01:00", "2026-10-25T00:00"),
            ("Europe/Dublin", "2026-10-25T01:30", "2026-10-25T00:30"),
            ("Europe/Dublin", "2026-10-25T02:00", "2026-10-25T02:00"),
            ("America/Los_Angeles", "2026-11-01T01:30", "2026-11-01T08:30"),
            ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
            ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30"),
        ],
    )
    def test_a_time_in_a_fold_takes_the_first(self, zone, wall, expected):
        local = datetime.fromisoformat(wall)
        assert hours.instant(local.date(), local.time(), zone) == at(expected)

    def test_a_fold_mark_of_the_caller_changes_nothing(self):
        first = hours.instant(date(2026, 10, 25), time(1, 30), "Europe/Dublin")
        assert hours.instant(date(2026, 10, 25), time(1, 30, fold=1), "Europe/Dublin") == first

    @pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Europe", "../etc/passwd", "a\0b"])
    def test_a_zone_that_does_not_exist_is_named(self, zone):
        with pytest.raises(hours.UnknownZone) as caught:
            hours.instant(date(2026, 1, 1), time(9), zone)
        assert caught.value.details == {"zone": zone}


class TestIsOpen:
    def test_the_moment_of_opening_is_inside_and_of_closing_not(self):
        dublin = week()
        assert not hours.is_open(dublin, at("2026-03-09T09:00") - MICROSECOND)
        assert hours.is_open(dublin, at("2026-03-09T09:00"))
        assert hours.is_open(dublin, at("2026-03-09T18:00") - MICROSECOND)
        assert not hours.is_open(dublin, at("2026-03-09T18:00"))

    def test_saturday_at_three_is_outside(self):
        assert not hours.is_open(week(), at("2026-03-07T03:00"))

    def test_summer_opens_an_hour_earlier_in_utc(self):
        assert hours.is_open(week(), at("2026-07-15T08:00"))
        assert not hours.is_open(week(), at("2026-01-15T08:00"))

    def test_several_spans_a_day_leave_the_lunch_break_closed(self):
        spans = (
            Span(weekday=0, start=time(14), end=time(18)),
            Span(weekday=0, start=time(8), end=time(12)),
        )
        monday = WorkingHours(zone="UTC", spans=spans)
        day = at("2026-03-09T00:00")
        assert hours.periods(monday, start=day, end=day + DAY) == [
            Period(start=at("2026-03-09T08:00"), end=at("2026-03-09T12:00")),
            Period(start=at("2026-03-09T14:00"), end=at("2026-03-09T18:00")),
        ]

    def test_a_night_belongs_to_the_day_it_begins_on(self):
        friday_night = week(zone="UTC", days=range(4, 5), start=time(22), end=time(6))
        assert hours.is_open(friday_night, at("2026-03-07T05:59"))
        assert not hours.is_open(friday_night, at("2026-03-06T05:59"))

    def test_an_end_equal_to_the_start_is_a_whole_day(self):
        monday = week(zone="UTC", days=range(1), start=time(9), end=time(9))
        assert hours.next_boundary(monday, at("2026-03-09T09:00")) == at("2026-03-10T09:00")

    def test_a_span_inside_a_gap_does_not_happen(self):
        nightly = week(days=range(7), start=time(1, 15), end=time(1, 45))
        night = at("2026-03-29T00:00")
        assert hours.periods(nightly, start=night, end=night + timedelta(hours=12)) == []
        assert len(hours.periods(nightly, start=night - DAY, end=night)) == 1

    def test_any_zone_of_the_question_is_the_same_instant(self):
        there = datetime(2026, 3, 9, 1, tzinfo=timezone(timedelta(hours=-8)))
        assert hours.is_open(week(), there)
        assert hours.next_boundary(week(), there) == at("2026-03-09T18:00")

    def test_a_time_without_a_zone_is_refused(self):
        with pytest.raises(ValueError, match="2026"):
            hours.is_open(week(), datetime(2026, 3, 9, 9))


class TestClosedOn:
    def test_a_holiday_closes_every_span_that_begins_on_it(self):
        patrick = week(closed_on=[date(2026, 3, 17)])
        assert not hours.is_open(patrick, at("2026-03-17T12:00"))
        assert hours.next_opening(patrick, at("2026-03-16T18:00")) == at("2026-03-18T09:00")

    def test_a_night_into_a_holiday_is_worked_and_the_night_out_of_it_is_not(self):
        nights = week(zone="UTC", days=range(7), start=time(22), end=time(6))
        nights = WorkingHours(
            zone="UTC", spans=nights.spans, closed_on=frozenset({date(2026, 3, 17)})
        )
        assert hours.is_open(nights, at("2026-03-17T05:00"))
        assert not hours.is_open(nights, at("2026-03-17T23:00"))
        assert not hours.is_open(nights, at("2026-03-18T05:00"))

    def test_a_holiday_is_a_date_of_the_calendars_own_zone(self):
        auckland = week(zone="Pacific/Auckland", closed_on=[date(2026, 3, 17)])
        assert not hours.is_open(auckland, at("2026-03-16T23:00"))
        assert hours.is_open(auckland, at("2026-03-17T23:00"))

    def test_however_many_holidays_the_opening_after_them_is_found(self):
        closed = [date(2026, 1, 1) + timedelta(days=day) for day in range(500)]
        opening = hours.next_opening(week(closed_on=closed), at("2026-01-01T00:00"))
        assert opening == at("2027-05-17T08:00")


class TestSearch:
    @pytest.mark.parametrize("ask", [hours.next_boundary, hours.next_opening])
    def test_without_spans_nothing_ever_comes(self, ask):
        assert ask(WorkingHours(zone="UTC"), at("2026-03-09T09:00")) is None

    @pytest.mark.parametrize("ask", [hours.next_boundary, hours.next_opening])
    def test_a_calendar_that_is_always_open_has_no_boundary(self, ask):
        always = week(days=range(7), start=time(0), end=time(0))
        assert ask(always, at("2026-03-09T09:00")) is None
        assert hours.is_open(always, at("2026-12-31T23:59:59"))
        assert hours.is_open(always, at("2027-01-01T00:00"))

    def test_always_open_is_one_period_over_years_and_clock_changes(self):
        always = week(days=range(7), start=time(0), end=time(0))
        start, end = at("2025-06-01T00:00"), at("2028-06-01T00:00")
        assert hours.periods(always, start=start, end=end) == [Period(start=start, end=end)]

    def test_adjoining_days_have_no_boundary_between(self):
        two_days = week(zone="UTC", days=range(2), start=time(0), end=time(0))
        assert hours.next_boundary(two_days, at("2026-03-09T00:00")) == at("2026-03-11T00:00")

    def test_overlapping_spans_merge(self):
        spans = (
            Span(weekday=0, start=time(8), end=time(16)),
            Span(weekday=0, start=time(9), end=time(10)),
            Span(weekday=0, start=time(15), end=time(20)),
        )
        monday = WorkingHours(zone="UTC", spans=spans)
        assert hours.next_boundary(monday, at("2026-03-09T08:00")) == at("2026-03-09T20:00")

    def test_after_means_later_not_at(self):
        opening = at("2026-03-09T09:00")
        assert hours.next_opening(week(), opening - MICROSECOND) == opening
        assert hours.next_opening(week(), opening) == opening + DAY
        assert hours.next_boundary(week(), opening) == at("2026-03-09T18:00")

    def test_closed_for_good_gives_none_after_two_years(self):
        closed = [date(2026, 1, 1) + timedelta(days=day) for day in range(1200)]
        shut = week(closed_on=closed)
        assert hours.next_opening(shut, at("2026-01-01T00:00")) is None
        assert hours.next_boundary(shut, at("2025-12-31T12:00")) == at("2025-12-31T18:00")

    def test_the_year_end_is_no_boundary_for_a_night_across_it(self):
        new_years_eve = week(zone="UTC", days=range(7), start=time(22), end=time(6))
        assert hours.is_open(new_years_eve, at("2027-01-01T00:00"))
        assert hours.next_boundary(new_years_eve, at("2026-12-31T22:00")) == at("2027-01-01T06:00")

    def test_a_boundary_exactly_at_the_year_end_is_found(self):
        thursday = week(zone="UTC", days=range(3, 4), start=time(9), end=time(0))
        assert hours.next_boundary(thursday, at("2026-12-31T12:00")) == at("2027-01-01T00:00")
        assert not hours.is_open(thursday, at("2027-01-01T00:00"))


class TestPeriods:
    def test_the_window_cuts(self):
        found = hours.periods(week(), start=at("2026-03-09T12:00"), end=at("2026-03-10T12:00"))
        assert found == [
            Period(start=at("2026-03-09T12:00"), end=at("2026-03-09T18:00")),
            Period(start=at("2026-03-10T09:00"), end=at("2026-03-10T12:00")),
        ]

    def test_a_boundary_on_the_windows_edge_leaves_nothing_empty(self):
        closed = hours.periods(week(), start=at("2026-03-09T18:00"), end=at("2026-03-10T09:00"))
        assert closed == []

    @pytest.mark.parametrize("length", [timedelta(0), -DAY])
    def test_an_empty_window_has_no_periods(self, length):
        start = at("2026-03-09T12:00")
        assert hours.periods(week(), start=start, end=start + length) == []

    def test_a_year_of_weekdays_less_a_holiday(self):
        dublin = week(closed_on=[date(2026, 3, 17)])
        year = hours.periods(dublin, start=at("2026-01-01T00:00"), end=at("2027-01-01T00:00"))
        assert len(year) == 261 - 1


class TestEndsOfTime:
    @pytest.mark.parametrize("far", [datetime.min, datetime.max])
    def test_the_first_and_last_years_are_closed_and_do_not_fail(self, far):
        always = week(days=range(7), start=time(0), end=time(0))
        far = far.replace(tzinfo=UTC)
        assert not hours.is_open(always, far)
        assert hours.periods(always, start=far, end=far) == []

    def test_periods_keep_to_the_years_that_have_calendars(self):
        always = week(zone="UTC", days=range(7), start=time(0), end=time(0))
        first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        early = hours.periods(always, start=first, end=at("0002-02-01T00:00"))
        late = hours.periods(always, start=at("9998-12-01T00:00"), end=last)
        assert early == [Period(start=at("0002-01-01T00:00"), end=at("0002-02-01T00:00"))]
        assert late == [Period(start=at("9998-12-01T00:00"), end=at("9999-01-01T00:00"))]


class TestSpan:
    @pytest.mark.parametrize(
        ("weekday", "start", "end"),
        [
            (7, time(9), time(18)),
            (-1, time(9), time(18)),
            (0, time(9, tzinfo=UTC), time(18)),
            (0, time(9), time(18, tzinfo=UTC)),
        ],
    )
    def test_an_impossible_span_is_refused(self, weekday, start, end):
        with pytest.raises(hours.BadSpan):
            Span(weekday=weekday, start=start, end=end)
