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
