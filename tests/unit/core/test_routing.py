"""Who is asked about an incident at an instant, and why (DESIGN §2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests import builders
from tests.builders import ANN, BEN, CAS, MAX, MONA, VERA, dublin
from watchbill.core import routing
from watchbill.core.alarms import AlarmState
from watchbill.core.company import Company
from watchbill.core.events import Severity
from watchbill.core.people import PersonId, PolicyStep, PolicyTarget
from watchbill.core.routing import Reason, Route, Side, StepRole, Subject

NIGHT = "Sat 03:00"
DAY = "Tue 10:00"


def ask(
    company: Company,
    when: str,
    *,
    alarm: str = builders.ACCEPTED,
    severity: Severity = Severity.CRITICAL,
    glass_by: PersonId | None = None,
    asking: PersonId | None = None,
) -> Route:
    subject = Subject(
        service_id=builders.SERVICE,
        alarm=alarm,
        severity=severity,
        glass_by=glass_by,
        asking=asking,
    )
    return routing.route(company, subject, at=dublin(when))


def asked(route: Route) -> list[set[str]]:
    return [{person for person, _ in step.people} for step in route.steps]


def roles(route: Route) -> list[list[StepRole]]:
    return [[role for _, role in step.people] for step in route.steps]


def test_ro1_in_its_hours_the_team_answers_rota_first_then_the_managers() -> None:
    route = ask(builders.company(), DAY)
    assert (route.side, route.reason) == (Side.TEAM, Reason.TEAM_AT_WORK)
    assert asked(route) == [{ANN}, {ANN, BEN, CAS}, {MONA}, {MONA, MAX}]
    assert roles(route)[0] == [StepRole.ROTA]
    assert route.until == dublin("Tue 18:00")


def test_ro1_in_its_hours_the_team_answers_for_what_was_never_accepted_too() -> None:
    assert ask(builders.company(), DAY, alarm=builders.PROPOSED).side is Side.TEAM
    assert ask(builders.company(), DAY, alarm="unheard-of").side is Side.TEAM


@pytest.mark.parametrize(
    ("when", "side"),
    [
        ("Tue 08:59", Side.VOLUNTEERS),
        ("Tue 09:00", Side.TEAM),
        ("Tue 17:59", Side.TEAM),
        ("Tue 18:00", Side.VOLUNTEERS),
    ],
)
def test_ro1_the_moment_of_opening_is_the_teams_and_of_closing_the_volunteers(
    when: str, side: Side
) -> None:
    assert ask(builders.company(), when).side is side


def test_ro1_a_holiday_of_the_team_is_out_of_hours() -> None:
    holiday = builders.week(closed_on=[date(2026, 3, 3)])
    assert ask(builders.company(team_hours=holiday), DAY).side is Side.VOLUNTEERS


def test_ro1_the_hours_are_those_of_the_teams_own_zone() -> None:
    route = ask(builders.company(team_hours=builders.week("America/Los_Angeles")), DAY)
    assert route.side is Side.VOLUNTEERS
    assert dict(route.facts)["team_local_time"] == "Tue 02:00"


def test_ro5_an_empty_rota_asks_the_rest_of_the_team() -> None:
    route = ask(builders.company(on_rota=()), DAY)
    assert asked(route)[0] == {ANN, BEN, CAS}
    assert route.reason is Reason.TEAM_AT_WORK


@pytest.mark.parametrize("missing", ["unreachable", "disabled", "absent"])
def test_ro5_a_team_nobody_of_which_can_be_reached_is_the_duty_managers(missing: str) -> None:
    route = ask(builders.company(**{missing: [ANN, BEN, CAS]}), DAY)
    assert (route.side, route.reason) == (Side.TEAM, Reason.TEAM_UNREACHABLE)
    assert asked(route) == [{MONA}, {MONA, MAX}]


def test_ro5_a_team_without_a_policy_is_the_duty_managers() -> None:
    route = ask(builders.company(policy=()), DAY)
    assert route.reason is Reason.TEAM_UNREACHABLE
    assert VERA not in set().union(*asked(route))


def test_a_policy_step_may_name_one_member_but_nobody_else_and_nobody_away() -> None:
    def named(person_id: PersonId) -> tuple[PolicyStep, ...]:
        step = PolicyStep(
            target=PolicyTarget.PERSON, person_id=person_id, wait=timedelta(minutes=5)
        )
        return (step,)

    ben = ask(builders.company(policy=named(BEN)), DAY)
    assert asked(ben)[0] == {BEN}
    assert roles(ben)[0] == [StepRole.PERSON]
    assert asked(ask(builders.company(policy=named(VERA)), DAY))[0] == {MONA}
    assert asked(ask(builders.company(policy=named(BEN), absent=[BEN]), DAY))[0] == {MONA}


def test_es1_out_of_hours_the_volunteer_then_the_duty_manager_then_all_of_them() -> None:
    route = ask(builders.company(), NIGHT)
    assert (route.side, route.reason) == (Side.VOLUNTEERS, Reason.ALARM_ACCEPTED)
    assert asked(route) == [{VERA}, {MONA}, {VERA, MONA, MAX}]
    assert roles(route)[:2] == [[StepRole.VOLUNTEER], [StepRole.MANAGER]]
    assert [step.wait for step in route.steps] == [timedelta(minutes=m) for m in (5, 10, 10)]
    assert route.until == dublin("Mon+1 09:00")


@pytest.mark.parametrize(
    "company",
    [
        builders.company(volunteer=None),
        builders.company(unreachable=[VERA]),
        builders.company(disabled=[VERA]),
        builders.company(absent=[VERA]),
    ],
    ids=["no shift", "unreachable", "disabled", "away"],
)
def test_without_a_volunteer_the_duty_manager_at_once(company: Company) -> None:
    route = ask(company, NIGHT)
    assert (route.side, route.reason) == (Side.VOLUNTEERS, Reason.NO_VOLUNTEER)
    assert asked(route) == [{MONA}, {MONA, MAX}]


def test_no3_managers_who_are_away_or_unreachable_are_passed_over() -> None:
    assert asked(ask(builders.company(absent=[MONA]), NIGHT)) == [{VERA}, {MAX}, {VERA, MAX}]
    assert asked(ask(builders.company(unreachable=[MONA]), NIGHT)) == [{VERA}, {VERA, MAX}]


def test_nobody_at_all_leaves_no_steps() -> None:
    assert ask(builders.company(volunteer=None, managers=()), NIGHT).steps == ()


def test_no1_a_volunteer_whose_own_team_owns_the_service_is_asked_as_the_volunteer() -> None:
    route = ask(builders.company(volunteer=BEN), NIGHT)
    assert route.steps[0].people == ((BEN, StepRole.VOLUNTEER),)


def test_no1_a_manager_of_the_owning_team_is_asked_as_the_duty_manager() -> None:
    route = ask(builders.company(managers=(ANN, MAX)), NIGHT)
    assert route.steps[1].people == ((ANN, StepRole.MANAGER),)


def test_a_volunteer_who_also_is_a_manager_is_asked_once_a_step_as_the_volunteer() -> None:
    route = ask(builders.company(volunteer=MAX), NIGHT)
    assert route.steps[2].people == ((MAX, StepRole.VOLUNTEER), (MONA, StepRole.MANAGER))


@pytest.mark.parametrize("state", [s for s in AlarmState if s is not AlarmState.ACCEPTED])
def test_ro2_out_of_hours_what_is_not_accepted_is_held_until_the_next_opening(
    state: AlarmState,
) -> None:
    company = builders.company(alarms=[builders.alarm(state=state)])
    route = ask(company, NIGHT)
    assert (route.side, route.reason) == (Side.HOLD, Reason.ALARM_NOT_ACCEPTED)
    assert route.steps == ()
    assert route.until == dublin("Mon+1 09:00")


def test_no4_an_accepted_alarm_without_a_runbook_is_held() -> None:
    company = builders.company(alarms=[builders.alarm(has_runbook=False)])
    assert ask(company, NIGHT).reason is Reason.ALARM_NOT_ACCEPTED


def test_ro2_an_event_no_alarm_describes_is_held() -> None:
    assert ask(builders.company(), NIGHT, alarm="unheard-of").reason is Reason.ALARM_UNREGISTERED


def test_ro2_an_alarm_below_critical_is_held() -> None:
    company = builders.company(alarms=[builders.alarm(severity=Severity.ERROR)])
    assert ask(company, NIGHT).reason is Reason.BELOW_CRITICAL


@pytest.mark.parametrize(
    ("severity", "side"),
    [
        (Severity.CRITICAL, Side.VOLUNTEERS),
        (Severity.ERROR, Side.VOLUNTEERS),
        (Severity.WARNING, Side.HOLD),
        (Severity.INFO, Side.HOLD),
    ],
)
def test_ro2_an_event_that_calls_itself_a_warning_wakes_nobody(
    severity: Severity, side: Side
) -> None:
    assert ask(builders.company(), NIGHT, severity=severity).side is side


def test_a_hold_ends_at_the_first_opening_however_many_holidays_lie_between() -> None:
    company = builders.company(
        team_hours=builders.week(closed_on=[date(2026, 3, 9), date(2026, 3, 10)])
    )
    assert ask(company, NIGHT, alarm=builders.PROPOSED).until == dublin("Wed+1 09:00")


def test_a_team_that_is_never_at_work_has_nothing_to_hold_for() -> None:
    company = builders.company(team_hours=builders.week(days=()))
    route = ask(company, DAY, alarm=builders.PROPOSED)
    assert (route.side, route.reason) == (Side.TEAM, Reason.TEAM_NEVER_AT_WORK)
    assert asked(route) == [{MONA}, {MONA, MAX}]
    assert ask(company, DAY).side is Side.VOLUNTEERS


def test_a_muted_alarm_asks_nobody_until_the_mute_ends() -> None:
    company = builders.company(alarms=[builders.alarm(muted_until=dublin("Sat 05:00"))])
    for when in (DAY, NIGHT):
        route = ask(company, when)
        assert (route.side, route.reason) == (Side.NOBODY, Reason.ALARM_MUTED)
        assert (route.steps, route.until) == ((), dublin("Sat 05:00"))
    assert ask(company, "Sat 05:00").side is Side.VOLUNTEERS


def test_maintenance_asks_nobody_from_its_beginning_to_its_end() -> None:
    company = builders.company(
        service={
            "maintenance_from": dublin("Sat 02:00"),
            "maintenance_until": dublin("Sat 04:00"),
        }
    )
    sides = [ask(company, f"Sat {h}").side for h in ("01:59", "02:00", "03:59", "04:00")]
    assert sides == [Side.VOLUNTEERS, Side.NOBODY, Side.NOBODY, Side.VOLUNTEERS]
    assert ask(company, NIGHT).reason is Reason.IN_MAINTENANCE
    assert ask(company, NIGHT).until == dublin("Sat 04:00")


def test_maintenance_without_a_beginning_has_begun() -> None:
    company = builders.company(service={"maintenance_until": dublin("Sat 04:00")})
    assert ask(company, NIGHT).side is Side.NOBODY


def test_broken_glass_asks_the_volunteer_about_what_would_be_held() -> None:
    route = ask(builders.company(), NIGHT, alarm=builders.PROPOSED, glass_by=BEN)
    assert (route.side, route.reason) == (Side.VOLUNTEERS, Reason.BREAK_GLASS)
    assert asked(route)[0] == {VERA}


def test_broken_glass_goes_before_a_mute() -> None:
    company = builders.company(alarms=[builders.alarm(muted_until=dublin("Sun 05:00"))])
    assert ask(company, NIGHT, glass_by=BEN).side is Side.VOLUNTEERS
    assert ask(company, DAY, glass_by=BEN).side is Side.TEAM


def test_who_asked_for_help_is_not_asked_again() -> None:
    assert asked(ask(builders.company(), NIGHT, asking=VERA)) == [{MONA}, {MONA, MAX}]
    assert asked(ask(builders.company(), DAY, asking=ANN)) == [
        {BEN, CAS},
        {MONA},
        {MONA, MAX},
    ]


def test_ro1_every_route_carries_the_facts_it_was_made_from() -> None:
    facts = dict(ask(builders.company(), NIGHT, alarm=builders.PROPOSED).facts)
    assert facts == {
        "service": "Checkout",
        "team": "Payments",
        "team_zone": "Europe/Dublin",
        "team_local_time": "Sat 03:00",
        "alarm": "disk-full",
        "alarm_state": "proposed",
        "severity": "critical",
        "version": "7",
    }
    assert dict(ask(builders.company(), NIGHT, alarm="x").facts)["alarm_state"] == "unregistered"


def test_a_step_is_empty_for_a_rota_that_has_nobody_and_is_left_out() -> None:
    company = replace(builders.company(policy=builders.POLICY[:1]), team_rotas={})
    assert asked(ask(company, DAY)) == [{MONA}, {MONA, MAX}]


def test_al5_an_acceptance_that_ends_in_the_night_is_a_boundary() -> None:
    ends = dublin("Sat 04:00")
    company = builders.company(alarms=[builders.alarm(lapses_at=ends)])
    before = ask(company, "Sat 03:00")
    assert (before.side, before.until) == (Side.VOLUNTEERS, ends)
    after = ask(company, "Sat 04:00")
    assert (after.side, after.reason) == (Side.HOLD, Reason.ALARM_OVERDUE)


def test_no5_a_newer_version_that_waits_takes_nothing_away() -> None:
    waits = builders.alarm(state=AlarmState.PROPOSED, is_in_force=True)
    company = builders.company(alarms=[waits])
    route = ask(company, "Sat 03:00")
    assert (route.side, route.reason) == (Side.VOLUNTEERS, Reason.ALARM_ACCEPTED)
    assert dict(route.facts)["alarm_state"] == "accepted"
