"""What happens to an open incident when its team's hours begin or end (RO2-RO4, DESIGN §2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests import builders
from tests.builders import ANN, BEN, CAS, MAX, MONA, VERA, dublin
from tests.property import world
from watchbill.core.incidents import EntryKind, IncidentState
from watchbill.core.messages import MessageKind
from watchbill.core.pages import Outcome
from watchbill.core.people import PolicyStep, PolicyTarget, TeamId
from watchbill.core.routing import Reason, Side, StepRole

MONDAY = dublin("Mon+1 09:00")
ONLY_ROTA = builders.POLICY[:1]


def test_ro3_closing_passes_an_accepted_alarm_to_the_volunteer() -> None:
    day = world.at("Tue 17:58")
    day.fires()
    assert day.called() == {ANN}
    day.to(dublin("Tue 18:00"))
    assert day.called() == {VERA}
    assert [p.outcome for p in day.pages.values()] == [Outcome.PASSED, None]
    assert day.open_pages()[0].out_of_hours


def test_ro3_closing_holds_what_is_not_accepted() -> None:
    day = world.at("Tue 17:58")
    day.fires(builders.PROPOSED)
    day.to(dublin("Tue 18:00"))
    assert day.called() == set()
    assert day.incident.state is IncidentState.HELD
    assert day.incident.hold_until == dublin("Wed 09:00")


def test_ro3_closing_calls_the_volunteer_for_what_a_member_had_acknowledged() -> None:
    day = world.at("Tue 17:00")
    day.fires()
    day.acknowledges(ANN)
    day.to(dublin("Tue 18:00"))
    assert day.called() == {VERA}
    assert day.incident.acknowledged_by is None


def test_ro3_a_member_who_stands_the_shift_keeps_what_they_had_acknowledged() -> None:
    day = world.at("Tue 17:00", builders.company(volunteer=ANN))
    day.fires()
    day.acknowledges(ANN)
    day.to(dublin("Tue 20:00"))
    assert day.called() == set()
    assert day.incident.state is IncidentState.ACKNOWLEDGED
    assert day.incident.acknowledged_by == ANN


def test_ro3_ro4_a_hold_remembers_the_acknowledgement_until_opening() -> None:
    day = world.at("Tue 17:00")
    day.fires(builders.PROPOSED)
    day.acknowledges(ANN)
    day.to(dublin("Tue 18:00"))
    assert day.incident.state is IncidentState.HELD
    day.to(dublin("Wed 09:00"))
    assert day.incident.state is IncidentState.ACKNOWLEDGED
    assert day.incident.acknowledged_by == ANN
    assert day.called() == set()


def test_ro4_an_acknowledgement_that_ran_out_during_a_hold_counts_no_more_at_opening() -> None:
    day = world.at("Tue 17:00", builders.company(service={"ack_timeout": timedelta(hours=2)}))
    day.fires(builders.PROPOSED)
    day.acknowledges(ANN)
    day.to(dublin("Wed 09:00"))
    assert day.incident.state is IncidentState.TRIGGERED
    assert day.called() == {ANN}


def test_ro4_opening_passes_the_page_to_the_team() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.to(dublin("Mon+1 08:59"))
    assert VERA in night.called()
    night.to(MONDAY)
    assert night.called() == {ANN}
    assert night.incident.side is Side.TEAM


def test_ro4_opening_keeps_the_acknowledgement_and_tells_the_rota_without_calling() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.acknowledges(VERA)
    night.to(MONDAY)
    assert night.incident.state is IncidentState.ACKNOWLEDGED
    assert night.incident.acknowledged_by == VERA
    assert night.incident.side is Side.TEAM
    assert night.called() == set()
    assert night.told(MessageKind.PASSED) == [ANN]


def test_ro4_opening_does_not_tell_who_has_it() -> None:
    night = world.at("Sat 03:00", builders.company(volunteer=ANN))
    night.fires()
    night.acknowledges(ANN)
    night.to(MONDAY)
    assert night.told(MessageKind.PASSED) == []


def test_ro4_opening_keeps_an_acknowledgement_of_the_source() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.source_acknowledges(builders.ACCEPTED)
    night.to(MONDAY)
    assert night.incident.state is IncidentState.ACKNOWLEDGED
    assert night.called() == set()


def test_ro4_opening_tells_nobody_of_an_acknowledged_incident_if_nobody_can_be_reached() -> None:
    night = world.at("Sat 03:00", builders.company(unreachable=[ANN, BEN, CAS, MONA, MAX]))
    night.fires()
    night.acknowledges(VERA)
    night.to(MONDAY)
    assert night.incident.side is Side.TEAM
    assert night.told(MessageKind.PASSED) == []


def test_ro3_closing_calls_the_volunteer_for_what_the_source_had_acknowledged() -> None:
    day = world.at("Tue 17:00")
    day.fires()
    day.source_acknowledges(builders.ACCEPTED)
    day.to(dublin("Tue 18:00"))
    assert day.called() == {VERA}


def test_ro2_a_hold_ends_at_opening_and_the_team_is_called() -> None:
    night = world.at("Sat 03:00")
    night.fires(builders.PROPOSED)
    assert night.incident.hold_until == MONDAY
    assert night.pages == {}
    night.to(MONDAY)
    assert night.called() == {ANN}
    assert night.incident.hold_until is None


def test_ro2_a_hold_never_outlives_the_next_opening_whatever_holidays_lie_between() -> None:
    easter = builders.week(closed_on=[date(2026, 3, 9), date(2026, 3, 10)])
    night = world.at("Sat 03:00", builders.company(team_hours=easter))
    night.fires(builders.PROPOSED)
    night.to(dublin("Wed+1 08:59"))
    assert night.pages == {}
    night.to(dublin("Wed+1 09:00"))
    assert night.called() == {ANN}


def test_nobody_is_called_twice_when_the_volunteer_stands_the_rota_too() -> None:
    night = world.at("Mon 08:58", builders.company(volunteer=ANN))
    night.fires()
    night.to(dublin("Mon 09:00"))
    assert night.rings(ANN) == 1
    (page,) = night.open_pages()
    assert (page.role, page.reason) == (StepRole.ROTA, Reason.TEAM_AT_WORK)
    night.to(dublin("Mon 09:05"))
    assert night.called() == {ANN, BEN, CAS}


def test_nobody_is_called_twice_when_the_duty_manager_stands_in_on_both_sides() -> None:
    company = builders.company(volunteer=None, unreachable=[ANN, BEN, CAS])
    day = world.at("Tue 17:58", company)
    day.fires()
    assert day.called() == {MONA}
    day.to(dublin("Tue 18:00"))
    assert day.rings(MONA) == 1
    day.to(dublin("Tue 18:10"))
    assert day.called() == {MONA, MAX}


def test_no1_a_call_kept_over_closing_is_the_volunteers_from_then_on() -> None:
    day = world.at("Tue 17:58", builders.company(volunteer=ANN))
    day.fires()
    day.to(dublin("Tue 18:00"))
    (page,) = day.open_pages()
    assert (page.person_id, page.role) == (ANN, StepRole.VOLUNTEER)
    assert day.rings(ANN) == 1


def test_at_closing_who_is_not_asked_any_more_stops_being_called() -> None:
    day = world.at("Tue 17:50", builders.company(volunteer=BEN))
    day.fires()
    day.to(dublin("Tue 17:57"))
    assert day.called() == {ANN, BEN, CAS}
    day.to(dublin("Tue 18:00"))
    assert day.called() == {BEN}
    assert day.rings(BEN) == 1


def test_a_snooze_over_opening_comes_back_to_the_team() -> None:
    night = world.at("Mon 08:00")
    night.fires()
    night.snoozes(VERA, until=dublin("Mon 10:00"))
    night.to(dublin("Mon 09:59"))
    assert night.called() == set()
    night.to(dublin("Mon 10:00"))
    assert night.called() == {ANN}


def test_a_snooze_over_closing_comes_back_held_or_to_the_volunteer() -> None:
    for alarm, called in ((builders.PROPOSED, set()), (builders.ACCEPTED, {VERA})):
        day = world.at("Tue 17:00")
        day.fires(alarm)
        day.snoozes(ANN, until=dublin("Tue 20:00"))
        day.to(dublin("Tue 20:00"))
        assert day.called() == called


def test_a_snoozed_acknowledgement_is_no_answer_after_the_snooze_and_a_hold() -> None:
    day = world.at("Tue 10:00")
    day.fires(builders.PROPOSED)
    day.acknowledges(ANN)
    day.snoozes(ANN, until=dublin("Tue 17:55"))
    day.to(dublin("Tue 17:55"))
    assert day.called() == {ANN}
    day.to(dublin("Wed 09:00"))
    assert day.incident.state is IncidentState.TRIGGERED
    assert day.called() == {ANN}


def test_who_takes_a_snoozed_incident_at_night_keeps_it_and_nobody_is_called() -> None:
    day = world.at("Tue 17:00")
    day.fires()
    day.snoozes(ANN, until=dublin("Tue 23:00"))
    day.to(dublin("Tue 20:00"))
    day.acknowledges(BEN)
    day.to(dublin("Wed 08:59"))
    assert day.rings(VERA) == 0
    assert day.incident.acknowledged_by == BEN


def test_help_asked_before_a_hold_is_asked_again_at_opening() -> None:
    day = world.at("Tue 17:58")
    day.fires(builders.PROPOSED)
    day.asks_for_help(ANN)
    assert day.called() == {MONA}
    day.to(dublin("Tue 18:00"))
    assert day.incident.state is IncidentState.HELD
    day.to(dublin("Wed 09:00"))
    assert day.called() == {ANN}


def test_help_asked_in_hours_goes_to_the_volunteer_at_closing_without_the_asker() -> None:
    day = world.at("Tue 17:58")
    day.fires()
    day.asks_for_help(ANN)
    day.to(dublin("Tue 18:00"))
    assert day.called() == {VERA}
    assert day.incident.help_asked_by == ANN


def test_glass_broken_in_the_last_minute_passes_to_the_team_at_opening() -> None:
    night = world.at("Mon 08:00")
    night.fires(builders.PROPOSED)
    night.to(dublin("Mon 08:59"))
    night.breaks_glass(BEN)
    assert night.called() == {VERA}
    night.to(dublin("Mon 09:00"))
    assert night.called() == {ANN}


def test_ro3_no4_broken_glass_lasts_for_its_night_only() -> None:
    night = world.at("Mon 03:00")
    night.fires(builders.PROPOSED)
    night.breaks_glass(BEN)
    night.acknowledges(VERA)
    night.to(dublin("Mon 10:00"))
    assert night.incident.side is Side.TEAM
    night.to(dublin("Mon 18:00"))
    assert night.incident.state is IncidentState.HELD
    assert night.incident.glass_by is None
    assert night.incident.glass_reason == "customers cannot pay"
    assert night.called() == set()


def test_no4_broken_glass_is_over_when_a_snooze_or_an_outage_skips_a_working_day() -> None:
    night = world.at("Mon 03:00")
    night.fires(builders.PROPOSED)
    night.breaks_glass(BEN)
    night.snoozes(VERA, until=dublin("Tue 03:00"))
    night.to(dublin("Tue 03:00"))
    assert night.incident.state is IncidentState.HELD
    outage = world.at("Mon 03:00")
    outage.fires(builders.PROPOSED)
    outage.breaks_glass(BEN)
    outage.leap(dublin("Tue 03:00"))
    assert outage.incident.state is IncidentState.HELD


def test_an_acknowledgement_that_runs_out_at_night_leaves_a_hold_silent() -> None:
    night = world.at("Sat 03:00", builders.company(service={"ack_timeout": timedelta(hours=1)}))
    night.fires(builders.PROPOSED)
    night.acknowledges(BEN)
    night.to(dublin("Sat 04:00"))
    assert night.incident.state is IncidentState.HELD
    assert night.pages == {}
    night.to(MONDAY)
    assert night.called() == {ANN}


def test_an_acknowledgement_that_runs_out_at_night_calls_the_volunteer_again() -> None:
    night = world.at("Sat 03:00", builders.company(service={"ack_timeout": timedelta(hours=1)}))
    night.fires()
    night.acknowledges(VERA)
    night.to(dublin("Sat 04:00"))
    assert night.called() == {VERA}
    assert EntryKind.ACK_EXPIRED in night.history()


def test_a_mute_that_ends_at_night_becomes_a_hold_or_a_call() -> None:
    for state_of, called in ((builders.PROPOSED, set()), (builders.ACCEPTED, {VERA})):
        known = builders.company().alarms[(builders.SERVICE, state_of)]
        muted = builders.alarm(state_of, state=known.state, muted_until=dublin("Sat 05:00"))
        night = world.at("Sat 03:00", builders.company(alarms=[muted]))
        night.fires(state_of)
        assert night.incident.reason is Reason.ALARM_MUTED
        assert night.incident.hold_until == dublin("Sat 05:00")
        night.to(dublin("Sat 05:00"))
        assert night.called() == called
        assert night.incident.reason is not Reason.ALARM_MUTED


def test_maintenance_ends_what_rings_and_gives_it_back_afterwards() -> None:
    day = world.at("Tue 10:00")
    day.fires()
    service = builders.company(service={"maintenance_until": dublin("Tue 12:00")}).services
    day.change(services=service)
    assert day.called() == set()
    assert day.incident.state is IncidentState.HELD
    day.to(dublin("Tue 12:00"))
    assert day.called() == {ANN}


def test_an_acknowledgement_lasts_through_maintenance() -> None:
    day = world.at("Tue 10:00")
    day.fires()
    day.acknowledges(ANN)
    day.change(
        services=builders.company(service={"maintenance_until": dublin("Tue 12:00")}).services
    )
    day.to(dublin("Tue 13:00"))
    assert day.incident.state is IncidentState.ACKNOWLEDGED
    assert day.rings(ANN) == 1


def test_no1_an_incident_follows_its_service_to_another_team() -> None:
    day = world.at("Tue 10:00")
    day.fires()
    other = TeamId("search")
    company = day.company
    team = replace(
        company.teams[builders.TEAM],
        id=other,
        slug="search",
        hours=builders.week("America/Los_Angeles"),
        members=(),
    )
    service = replace(company.services[builders.SERVICE], team_id=other)
    day.change(teams={other: team}, services={builders.SERVICE: service})
    assert day.called() == {VERA}
    assert day.incident.team_id == other
    assert day.open_pages()[0].out_of_hours


def test_a_new_volunteer_is_called_next_and_the_old_one_is_left_alone() -> None:
    change = dublin("Fri 19:00")
    shifts = (builders.shift(VERA, end=change), builders.shift(BEN, start=change))
    company = replace(builders.company(), shifts=shifts)
    night = world.at("Fri 18:58", company)
    night.fires()
    night.to(dublin("Fri 19:03"))
    assert night.called() == {BEN}
    night.to(dublin("Fri 19:18"))
    assert night.called() == {BEN, MONA, MAX}
    assert night.rings(VERA) == 1


@pytest.mark.parametrize("alarm", [builders.ACCEPTED, builders.PROPOSED])
def test_no1_a_closing_missed_in_an_outage_still_calls_no_member(alarm: str) -> None:
    day = world.at("Tue 17:00")
    day.fires(alarm)
    day.leap(dublin("Tue 23:00"))
    assert day.called() == ({VERA} if alarm == builders.ACCEPTED else set())


def test_a_policy_person_is_asked_in_their_turn() -> None:
    policy = (
        PolicyStep(target=PolicyTarget.PERSON, person_id=CAS, wait=timedelta(minutes=3)),
        *ONLY_ROTA,
    )
    day = world.at("Tue 10:00", builders.company(policy=policy))
    day.fires()
    assert day.called() == {CAS}
    day.wait(minutes=3)
    assert day.called() == {ANN}


def test_no1_closing_tells_nobody_of_what_somebody_keeps() -> None:
    company = builders.company(volunteer=None, absent=[MONA], managers=(MONA, MAX))
    day = world.at("Tue 17:00", builders.company(volunteer=ANN))
    day.fires()
    day.acknowledges(ANN)
    day.to(dublin("Tue 18:00"))
    assert day.told(MessageKind.PASSED) == []
    never = replace(company.teams[builders.TEAM], hours=builders.week(days=()))
    held = world.at("Sat 03:00", company)
    held.fires(builders.PROPOSED)
    held.acknowledges(MAX)
    held.change(teams={builders.TEAM: never})
    assert held.incident.side is Side.TEAM
    assert held.told(MessageKind.PASSED) == []
