"""HE1, NO10: over random companies and times, nobody outside their hours is offered as a helper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from watchbill.core import helpers
from watchbill.core.company import Company
from watchbill.core.people import Office, OfficeId, Person, PersonId, PersonRole, Team, TeamId

ZONES = ("Europe/Dublin", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia", "UTC")
TIMES = st.datetimes(datetime(2021, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))


@st.composite
def companies(draw: st.DrawFn) -> tuple[Company, tuple[PersonId, ...]]:
    """Draw offices, teams of those offices with hours of their own, and people of both."""
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3))
    closed = [date(2021, 1, 1) + timedelta(days=n) for n in range(draw(st.integers(1, 9)), 4750, 9)]
    offices = {
        OfficeId(f"o{n}"): Office(
            id=OfficeId(f"o{n}"),
            slug=f"o{n}",
            name=f"o{n}",
            hours=builders.week(zone, closed_on=closed if n == 0 else ()),
        )
        for n, zone in enumerate(zones)
    }
    teams = {
        TeamId(f"t{n}"): Team(
            id=TeamId(f"t{n}"),
            slug=f"t{n}",
            name=f"t{n}",
            office_id=OfficeId("o0"),
            hours=builders.week(draw(st.sampled_from(ZONES))),
            policy=(),
            members=(),
        )
        for n in range(2)
    }
    people = {}
    for n in range(draw(st.integers(0, 8))):
        person_id = PersonId(f"p{n}")
        people[person_id] = Person(
            id=person_id,
            name=f"P{n}",
            email=f"p{n}@example.org",
            role=draw(st.sampled_from(PersonRole)),
            team_id=draw(st.sampled_from([None, *teams])),
            office_id=draw(st.sampled_from([None, *offices])),
            zone="UTC",
            helps=draw(st.booleans()),
        )
    away = tuple(p for p in people if draw(st.booleans()))
    company = Company(
        offices=offices,
        teams=teams,
        people=people,
        shifts=tuple(builders.shift(who) for who in list(people)[: draw(st.integers(0, 1))]),
        absences=tuple(builders.away(person_id) for person_id in away),
    )
    return company, away


def is_working_time(zone: str, at: datetime) -> bool:
    """Say by the plainest means whether a clock on the wall shows Monday to Friday, 9 to 18."""
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() < 5 and 9 <= local.hour < 18


@settings(max_examples=300, deadline=None)
@given(companies(), TIMES)
def test_no10_exactly_those_at_work_are_offered(
    drawn: tuple[Company, tuple[PersonId, ...]], at: datetime
) -> None:
    company, away = drawn
    asking = next(reversed(company.people), None)
    on_call = {shift.person_id for shift in company.shifts}
    office = company.offices.get(OfficeId("o0"))
    offered = {person.id for person in helpers.awake(company, at=at, asking=asking)}
    for person in company.people.values():
        zones = [
            company.offices[person.office_id].hours.zone if person.office_id else None,
            company.teams[person.team_id].hours.zone if person.team_id else "",
        ]
        at_work = all(
            zone is not None and (not zone or is_working_time(zone, at)) for zone in zones
        )
        is_closed = (
            office is not None
            and person.office_id == office.id
            and at.astimezone(ZoneInfo(office.hours.zone)).date() in office.hours.closed_on
        )
        expected = (
            at_work
            and not is_closed
            and person.id not in on_call
            and person.role is PersonRole.ENGINEER
            and person.helps
            and person.id not in away
            and person.id != asking
        )
        assert (person.id in offered) is expected
