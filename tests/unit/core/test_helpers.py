"""Who may be asked for help now: engineers at work, never anybody out of their hours (HE1, NO10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import builders
from tests.builders import ANN, BEN, CAS, VERA, dublin
from watchbill.core import helpers
from watchbill.core.company import Company
from watchbill.core.people import OfficeId, Person


def awake(company: Company, when: str = "Tue 10:00") -> list[str]:
    return [person.id for person in helpers.awake(company, at=dublin(when), asking=VERA)]


def with_ann(**changes: object) -> Company:
    company = builders.company()
    ann: Person = replace(company.people[ANN], **changes)
    return replace(company, people={**company.people, ANN: ann})


def test_he1_engineers_at_work_by_name_without_the_asker_and_the_managers() -> None:
    assert awake(builders.company()) == [ANN, BEN, CAS]


@pytest.mark.parametrize("when", ["Tue 08:59", "Tue 18:00", "Sat 10:00"])
def test_no10_nobody_is_offered_out_of_their_hours(when: str) -> None:
    assert awake(builders.company(), when) == []


def test_no10_the_teams_own_hours_count_as_well_as_the_offices() -> None:
    company = builders.company()
    team = replace(company.teams[builders.TEAM], hours=builders.week("Asia/Kathmandu"))
    assert awake(replace(company, teams={builders.TEAM: team}), "Tue 15:00") == []


@pytest.mark.parametrize(
    "changes",
    [{"helps": False}, {"office_id": None}, {"office_id": OfficeId("moon")}],
    ids=["opted out", "no office", "unknown office"],
)
def test_he1_who_opted_out_or_has_no_hours_is_not_offered(changes: dict[str, object]) -> None:
    assert awake(with_ann(**changes)) == [BEN, CAS]


def test_he1_who_is_away_is_not_offered() -> None:
    assert awake(builders.company(absent=[BEN])) == [ANN, CAS]


def test_he1_who_has_no_team_has_the_offices_hours() -> None:
    assert ANN in awake(with_ann(team_id=None))


def test_no10_nobody_is_offered_on_a_day_on_which_their_office_is_closed() -> None:
    company = builders.company()
    office = company.offices[builders.OFFICE]
    closed = replace(office, hours=builders.week(closed_on=[dublin("Tue 10:00").date()]))
    assert awake(replace(company, offices={office.id: closed})) == []


def test_no10_who_stands_the_shift_is_not_offered() -> None:
    assert awake(builders.company(volunteer=BEN)) == [ANN, CAS]


def test_he1_by_team_and_by_skill() -> None:
    company = with_ann(skills="PostgreSQL, front end")
    at = dublin("Tue 10:00")

    def found(**asked: str) -> list[str]:
        return [person.id for person in helpers.awake(company, at=at, **asked)]

    assert found(skill="postgresql") == [ANN]
    assert found(skill="Front") == [ANN]
    assert found(skill="Kafka") == []
    assert BEN in found(team_id=builders.TEAM)
    assert found(team_id="none") == []


def test_he1_the_teams_own_come_first_and_then_who_knows_most() -> None:
    people = [
        replace(builders.person("d"), team_id=None),
        replace(builders.person("c"), team_id=None, skills="queues"),
        replace(builders.person("b"), team_id=None, skills="queues; Redis Cluster"),
        replace(builders.person("a"), team_id=builders.TEAM),
    ]
    about = "Queues of payments-api are slow: redis, cluster 4"
    ordered = helpers.best_first(people, team_id=builders.TEAM, about=about)
    assert [person.name for person in ordered] == [
        p.name for p in (people[3], people[2], people[1], people[0])
    ]
    assert helpers.knows(people[2], about) == ("queues", "Redis Cluster")
    assert helpers.knows(people[2], "Redis alone") == ()
