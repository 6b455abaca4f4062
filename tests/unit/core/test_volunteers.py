"""The on-call team's weeks, seats and concerns (VO3, VO5, VO6, SH1)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta

import pytest

from watchbill.core import volunteers
from watchbill.core.people import OfficeId, PersonId, TeamId
from watchbill.core.volunteers import Concern, OnCallTeam, Seat

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUBLIN = OnCallTeam(zone="Europe/Dublin")


def seat(name: str, *, team: str = "", office: str = "dublin", days: int = 100) -> Seat:
    return Seat(
        person_id=PersonId(name),
        team_id=TeamId(team or name),
        office_id=OfficeId(office),
        start=NOW - timedelta(days=10),
        end=NOW + timedelta(days=days),
    )


def spread(count: int) -> list[Seat]:
    """Return seats of as many teams, two offices, whose terms end far apart."""
    return [
        seat(str(n), office=("dublin", "london", "sf")[n % 3], days=30 * n + 1)
        for n in range(count)
    ]


def found(seats: list[Seat], team: OnCallTeam = DUBLIN) -> set[Concern]:
    return {concern for concern, _ in volunteers.concerns(team, seats, at=NOW)}


@pytest.mark.parametrize(
    ("start", "hours"),
    [("2026-03-23", 167), ("2026-10-20", 169), ("2026-06-01", 168)],
)
def test_sh1_a_week_runs_from_friday_evening_to_friday_evening(start: str, hours: int) -> None:
    (week,) = volunteers.weeks(
        DUBLIN, start=datetime.fromisoformat(start).replace(tzinfo=UTC), count=1
    )
    assert week.hours == hours
    local = [
        at.astimezone(volunteers.hours.known_zone("Europe/Dublin")) for at in (week.start, week.end)
    ]
    assert {(at.weekday(), at.time()) for at in local} == {(4, time(18))}


def test_weeks_follow_each_other_without_a_gap() -> None:
    weeks = volunteers.weeks(DUBLIN, start=NOW, count=110)
    assert all(a.end == b.start for a, b in itertools.pairwise(weeks))
    assert weeks[0].start >= NOW
    assert volunteers.week_of(DUBLIN, weeks[7].start) == weeks[7]
    assert volunteers.week_of(DUBLIN, weeks[7].end - timedelta(seconds=1)) == weeks[7]


def test_vo3_a_team_of_seven_from_everywhere_is_no_concern() -> None:
    assert found(spread(7)) == set()


def test_vo3_too_few_for_the_rotation() -> None:
    assert Concern.TOO_FEW in found(spread(5))
    assert Concern.TOO_FEW not in found(spread(6))
    assert Concern.TOO_OFTEN in found(spread(3))
    assert Concern.TOO_OFTEN not in found(spread(4))


def test_vo3_shadows_need_eight() -> None:
    shadows = OnCallTeam(has_shadows=True)
    assert Concern.SHADOWS_TOO_FEW in found(spread(7), shadows)
    assert Concern.SHADOWS_TOO_FEW not in found(spread(8), shadows)


def test_vo3_terms_that_end_together_leave_a_hole() -> None:
    together = [seat(str(n), office=("a", "b", "c")[n % 3], days=50 + n) for n in range(7)]
    assert Concern.END_TOGETHER in found(together)


def test_vo5_one_team_or_office_with_half_of_the_seats_is_named() -> None:
    heavy = spread(3) + [seat(f"x{n}", team="payments", days=40 * n + 7) for n in range(4)]
    named = dict(volunteers.concerns(DUBLIN, heavy, at=NOW))
    assert named[Concern.TEAM_HEAVY]["id"] == "payments"
    assert named[Concern.OFFICE_HEAVY]["id"] == "dublin"


def test_a_term_that_is_over_or_to_come_takes_no_seat() -> None:
    over = Seat(
        person_id=PersonId("o"),
        team_id=None,
        office_id=None,
        start=NOW - timedelta(days=9),
        end=NOW,
    )
    assert Concern.TOO_FEW in found([*spread(5), over])


def test_vo6_ready_is_everything_on_the_list_and_every_method() -> None:
    assert volunteers.is_ready(volunteers.ITEMS, {"mail": True})
    assert not volunteers.is_ready(volunteers.ITEMS, {"mail": True, "phone": False})
    assert not volunteers.is_ready(volunteers.ITEMS, {})
    assert not volunteers.is_ready(volunteers.ITEMS[1:], {"mail": True})
    assert volunteers.missing(["laptop"]) == ["internet", "power", "second_factor", "credentials"]
