"""What a case knows of people: holidays they had, bad weeks, parts that were swapped, shadows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from watchbill.core import rest, rosters, shadows, stands, volunteers
from watchbill.core.hours import Period
from watchbill.core.people import PersonId
from watchbill.core.rosters import Volunteer
from watchbill.core.rotas import Absence, Shift
from watchbill.core.shadows import Learner
from watchbill.core.stands import Held, Stand
from watchbill.core.volunteers import OnCallTeam, Seat

ANN, BEN, CAT = PersonId("ann"), PersonId("ben"), PersonId("cat")
FRIDAY = datetime(2026, 12, 18, 18, tzinfo=UTC)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
WEEKS = volunteers.weeks(OnCallTeam(), start=FRIDAY, count=8)
CHRISTMAS = frozenset({date(2025, 12, 25), date(2026, 12, 25), date(2026, 1, 1), date(2027, 1, 1)})


def volunteer(*away: Absence) -> Volunteer:
    seat = Seat(person_id=ANN, team_id=None, office_id=None, start=FRIDAY, end=FRIDAY + 8 * WEEK)
    return Volunteer(
        person_id=ANN,
        office_id=None,
        seats=(seat,),
        zone="Europe/Dublin",
        wishes={},
        holidays=CHRISTMAS,
        away=away,
    )


def days(start: float, end: float) -> Period:
    return Period(start=FRIDAY + start * DAY, end=FRIDAY + end * DAY)


def held(who: PersonId, start: float, end: float, **more: bool) -> Held:
    period = days(start, end)
    return Held(id=f"{who}{start}", person_id=who, start=period.start, end=period.end, **more)


STAND = Stand(week=WEEKS[0], office_id=None, periods=(days(0, 7),))


def test_no2_only_inside_a_term_and_not_while_away() -> None:
    away = Absence(person_id=ANN, start=FRIDAY + 6 * DAY, end=FRIDAY + 8 * DAY)
    assert rosters.can_stand(volunteer(), [days(0, 7)])
    assert not rosters.can_stand(volunteer(), [days(-1, 6)])
    assert not rosters.can_stand(volunteer(), [days(50, 57)])
    assert not rosters.can_stand(volunteer(away), [days(0, 7)])
    assert rosters.can_stand(volunteer(away), [days(0, 6)])
    assert not rosters.can_stand(volunteer(), [])


def test_who_stood_christmas_had_it_the_next_year_but_not_new_year() -> None:
    stood = Shift(person_id=ANN, start=FRIDAY - 52 * WEEK, end=FRIDAY - 51 * WEEK)
    assert rosters.had(volunteer(), [stood], WEEKS) == {0, 1}, "Christmas is a Friday: in both"
    other = Shift(person_id=BEN, start=stood.start, end=stood.end)
    assert rosters.had(volunteer(), [other], WEEKS) == frozenset()


def test_three_calls_at_night_make_a_week_bad_by_ones_own_clock() -> None:
    night = [WEEKS[0].start + n * DAY + timedelta(hours=9) for n in range(3)]
    assert rest.is_bad(WEEKS[0], night, "Europe/Dublin")
    assert not rest.is_bad(WEEKS[0], night[:2], "Europe/Dublin")
    assert not rest.is_bad(WEEKS[0], night, "America/Los_Angeles")
    assert not rest.is_bad(WEEKS[1], night, "Europe/Dublin")
    assert rest.tired([-1], 8, gap_weeks=3) == {0, 1, 2, 3, 4, 5}


def test_a_published_week_is_planned_anew_and_a_swapped_one_stays() -> None:
    whole = stands.taken(STAND, [held(ANN, 0, 7)], lambda _who, _period: True)
    assert (whole.was, whole.fixed, whole.kept, whole.open) == (ANN, None, (), (days(0, 7),))
    given = stands.taken(STAND, [held(BEN, 0, 7, is_fixed=True)], lambda _who, _period: True)
    assert (given.was, given.fixed, given.open) == (BEN, BEN, ())


def test_the_greater_part_counts_and_what_is_open_is_planned() -> None:
    parts = [held(ANN, 0, 4), held(BEN, 4, 6, is_fixed=True), held(CAT, 1, 7, is_shadow=True)]
    found = stands.taken(STAND, parts, lambda _who, _period: True)
    assert (found.was, found.fixed, found.shadow) == (ANN, ANN, CAT)
    assert found.open == (days(6, 7),)
    ill = stands.taken(STAND, parts, lambda who, _period: who != ANN)
    assert (ill.was, ill.fixed) == (ANN, None)
    assert [part.person_id for part in ill.kept] == [BEN]
    assert ill.open == (days(0, 4), days(6, 7))
    assert stands.whose(STAND, parts) == ANN


def learner(who: PersonId, *, is_new: bool = False) -> Learner:
    return Learner(person_id=who, weeks=frozenset(range(8)), is_new=is_new)


def test_vo6_who_is_new_shadows_before_a_first_shift_and_nobody_beside_their_own() -> None:
    dan, eve = PersonId("dan"), PersonId("eve")
    standing = [ANN, BEN, CAT, dan, eve, None]
    people = [learner(p) for p in (ANN, BEN, CAT, dan)] + [learner(eve, is_new=True)]
    found = shadows.assign(standing, people)
    assert found[0] == eve
    assert found[5] is None
    for week, shadow in enumerate(found[:5]):
        assert shadow not in standing[max(0, week - 1) : week + 2]
    assert found == shadows.assign(standing, people), "the same each time"
    assert max(found.count(p) for p in (ANN, BEN, CAT, dan, eve)) <= 2
    assert shadows.assign([ANN], [learner(ANN)]) == [None]


def test_what_shadows_there_are_stay_where_they_can() -> None:
    people = [learner(p) for p in (ANN, BEN, CAT)]
    assert shadows.assign([ANN, BEN], people, stays={0: CAT, 1: BEN}) == [CAT, CAT]


def test_vo2_who_joins_owes_no_part_of_what_was_stood_before() -> None:
    """Two have stood ten weeks each: who joins need not catch up with them."""
    past = [
        Shift(
            person_id=ANN if week % 2 else BEN,
            start=FRIDAY + (week - 20) * WEEK,
            end=FRIDAY + (week - 19) * WEEK,
        )
        for week in range(20)
    ]

    def there(who: PersonId, since: int) -> Volunteer:
        seat = replace(volunteer().seats[0], person_id=who, start=FRIDAY + since * WEEK)
        return replace(volunteer(), person_id=who, seats=(seat,))

    def shared(cat_since: int) -> list[float]:
        people = [there(ANN, -30), there(BEN, -30), there(CAT, cat_since)]
        found = rosters.shared_tenths(people, past, at=FRIDAY, decay_percent=50)
        return [round(found[who], 1) for who in (ANN, BEN, CAT)]

    assert shared(0) == [100, 100, 0]
    assert shared(-9) == [85, 85, 30], "nine of the weeks are shared by three"
    assert shared(-30) == [66.7, 66.7, 66.7]
