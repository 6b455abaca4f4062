"""What people say, and that saying it late or twice does no harm (ES3, RO2, NO4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import builders
from tests.builders import ANN, BEN, CAS, MAX, MONA, VERA, dublin
from tests.property import world
from watchbill.core import answers
from watchbill.core.incidents import Decision, EntryKind, IncidentState
from watchbill.core.pages import Outcome
from watchbill.core.routing import Reason, Side


def nothing(decision: Decision) -> bool:
    return not (decision.pages or decision.notifications or decision.entries)


def outcomes(one: world.World) -> dict[str, Outcome | None]:
    return {page.person_id: page.outcome for page in one.pages.values()}


def everybody_called() -> world.World:
    night = world.at("Sat 03:00")
    night.fires()
    night.wait(minutes=15)
    assert night.called() == {VERA, MONA, MAX}
    return night


def test_acknowledging_ends_everybodys_call_and_stops_the_escalation() -> None:
    night = everybody_called()
    night.acknowledges(VERA)
    assert outcomes(night) == {
        VERA: Outcome.ACKNOWLEDGED,
        MONA: Outcome.COVERED,
        MAX: Outcome.COVERED,
    }
    night.to(dublin("Mon+1 08:59"))
    assert night.called() == set()


def test_acknowledging_again_changes_nothing() -> None:
    night = everybody_called()
    night.acknowledges(VERA)
    before = night.incident
    assert nothing(night.acknowledges(VERA))
    night.source_acknowledges(builders.ACCEPTED)
    assert night.incident == before


def test_acknowledging_later_hands_it_over() -> None:
    night = everybody_called()
    night.acknowledges(VERA)
    night.acknowledges(MONA)
    assert night.incident.acknowledged_by == MONA


def test_an_acknowledgement_may_run_out() -> None:
    day = world.at("Tue 10:00", builders.company(service={"ack_timeout": timedelta(hours=1)}))
    day.fires()
    day.acknowledges(ANN)
    day.wait(minutes=59)
    assert day.called() == set()
    day.wait(minutes=1)
    assert day.called() == {ANN}
    assert day.incident.acknowledged_by is None


def test_acknowledging_what_is_held_leaves_it_silent_and_passes_it_on_at_opening() -> None:
    night = world.at("Sat 03:00")
    night.fires(builders.PROPOSED)
    night.acknowledges(BEN)
    night.to(dublin("Mon+1 09:00"))
    assert night.incident.acknowledged_by == BEN
    assert night.pages == {}


def test_resolving_ends_every_call_and_resolving_again_changes_nothing() -> None:
    night = everybody_called()
    night.resolves(VERA)
    assert set(outcomes(night).values()) == {Outcome.RESOLVED}
    assert (night.incident.resolved_by, night.incident.resolution) == (VERA, "by hand")
    assert night.incident.firing == 0
    assert nothing(night.resolves(MONA))
    assert nothing(night.acknowledges(MONA))
    assert nothing(night.declines(MONA))
    assert nothing(night.fails_to_reach(MONA))
    assert night.incident.resolved_by == VERA


def test_a_resolved_incident_refuses_what_would_change_it() -> None:
    night = everybody_called()
    night.resolves(VERA)
    with pytest.raises(answers.IncidentResolved):
        night.snoozes(VERA, until=dublin("Sat 05:00"))
    with pytest.raises(answers.IncidentResolved):
        night.asks_for_help(VERA)
    with pytest.raises(answers.IncidentResolved):
        night.breaks_glass(VERA)


def test_a_snooze_ends_by_itself_and_begins_again_with_the_first_step() -> None:
    night = everybody_called()
    night.snoozes(VERA, until=dublin("Sat 05:00"))
    assert set(outcomes(night).values()) == {Outcome.SNOOZED}
    night.to(dublin("Sat 04:59"))
    assert night.called() == set()
    night.to(dublin("Sat 05:00"))
    assert night.called() == {VERA}
    assert EntryKind.WOKE in night.history()
    assert night.incident.snoozed_until is None


@pytest.mark.parametrize("much", [timedelta(seconds=59), timedelta(days=7, seconds=1)])
def test_a_snooze_lasts_a_minute_at_least_and_a_week_at_most(much: timedelta) -> None:
    night = everybody_called()
    with pytest.raises(answers.SnoozeTooLong):
        night.snoozes(VERA, until=night.now + much)


def test_es3_a_decline_calls_the_next_step_at_once() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.declines(VERA)
    assert night.called() == {MONA}
    assert outcomes(night)[VERA] is Outcome.DECLINED


def test_es3_while_others_of_the_step_are_called_a_decline_is_only_ones_own() -> None:
    night = everybody_called()
    night.declines(VERA)
    assert night.called() == {MONA, MAX}


def test_who_declines_is_not_called_again_at_once() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.declines(VERA)
    night.declines(MONA)
    assert night.called() == {VERA, MAX}
    night.wait(minutes=10)
    assert night.called() == {VERA, MONA, MAX}


def test_a_decline_by_the_only_person_is_visible_and_they_are_asked_again_later() -> None:
    night = world.at("Sat 03:00", builders.company(managers=()))
    night.fires()
    night.declines(VERA)
    assert night.called() == set()
    assert night.incident.stuck_at == dublin("Sat 03:00")
    assert EntryKind.STUCK in night.history()
    night.wait(minutes=5)
    assert night.called() == {VERA}
    assert night.incident.stuck_at is None


def test_a_decline_by_everybody_of_the_last_step_waits_for_the_next_round() -> None:
    night = everybody_called()
    for person in (VERA, MONA, MAX):
        night.declines(person)
    assert night.called() == set()
    assert night.incident.stuck_at == night.now
    night.wait(minutes=10)
    assert night.called() == {VERA, MONA, MAX}


def test_growth_while_nobody_is_being_called_waits_for_the_next_call() -> None:
    night = world.at("Sat 03:00", builders.company(managers=()))
    night.fires()
    night.declines(VERA)
    night.fires(key="another")
    night.wait(minutes=4)
    assert night.called() == set()
    night.wait(minutes=1)
    assert night.incident.announced == 2


def test_in_hours_a_decline_by_the_rota_does_not_call_the_decliner_with_the_team() -> None:
    day = world.at("Tue 10:00")
    day.fires()
    day.declines(ANN)
    assert day.called() == {BEN, CAS}


def test_who_is_not_called_cannot_decline() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    with pytest.raises(answers.NotCalled):
        night.declines(MONA)


def test_ro5_when_every_channel_to_a_person_fails_the_next_step_is_called_at_once() -> None:
    day = world.at("Tue 10:00", builders.company(policy=builders.POLICY[:1]))
    day.fires()
    day.fails_to_reach(ANN)
    assert day.called() == {MONA}
    assert outcomes(day)[ANN] is Outcome.FAILED


def test_a_late_failure_of_a_page_that_ended_changes_nothing() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.wait(minutes=5)
    assert nothing(night.fails_to_reach(VERA))


def test_es3_asking_for_help_calls_the_duty_manager_and_nobody_else() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.asks_for_help(VERA)
    assert night.called() == {MONA}
    assert outcomes(night)[VERA] is Outcome.ACKNOWLEDGED
    assert night.incident.acknowledged_by == VERA
    night.wait(minutes=10)
    assert night.called() == {MONA, MAX}
    night.acknowledges(MONA)
    assert (night.incident.help_asked_by, night.called()) == (None, set())


def test_es3_asking_for_help_after_acknowledging_keeps_when_it_was_taken() -> None:
    day = world.at("Tue 10:00")
    day.fires()
    day.acknowledges(ANN)
    day.wait(minutes=20)
    day.asks_for_help(ANN)
    assert day.called() == {MONA}
    assert day.incident.acknowledged_at == dublin("Tue 10:00")


def test_es3_asking_for_help_twice_calls_nobody_twice() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.asks_for_help(VERA)
    night.wait(minutes=1)
    assert nothing(night.asks_for_help(VERA))
    assert night.rings(MONA) == 1


def test_asking_for_help_while_others_are_called_covers_their_calls() -> None:
    night = everybody_called()
    night.asks_for_help(MAX)
    assert night.called() == {MONA}


def test_asking_for_help_with_no_manager_to_reach_calls_who_else_answers() -> None:
    day = world.at("Tue 10:00", builders.company(managers=()))
    day.fires()
    day.asks_for_help(ANN)
    assert day.called() == {BEN, CAS}


def test_asking_for_help_when_nobody_else_can_be_reached_is_visible() -> None:
    night = world.at("Sat 03:00", builders.company(managers=()))
    night.fires()
    night.asks_for_help(VERA)
    assert night.incident.stuck_at == night.now


def test_asking_for_help_about_what_is_held_is_refused_not_forgotten() -> None:
    night = world.at("Sat 03:00")
    night.fires(builders.PROPOSED)
    with pytest.raises(answers.HeldInSilence):
        night.asks_for_help(BEN)


def test_asking_for_help_about_what_would_now_be_held_is_refused_too() -> None:
    day = world.at("Tue 17:00")
    day.fires(builders.PROPOSED)
    day.snoozes(ANN, until=dublin("Tue 23:00"))
    day.to(dublin("Tue 20:00"))
    with pytest.raises(answers.HeldInSilence):
        day.asks_for_help(ANN)
    day.breaks_glass(ANN)
    assert day.called() == {VERA}


def test_asking_for_help_at_the_very_moment_of_opening_calls_the_duty_manager() -> None:
    night = world.at("Mon 08:59")
    night.fires()
    night.now = dublin("Mon 09:00")
    night.asks_for_help(VERA)
    assert night.called() == {MONA}


def test_help_asked_and_then_snoozed_comes_back_to_everybody() -> None:
    day = world.at("Tue 10:00", builders.company(policy=builders.POLICY[:1], managers=()))
    day.fires()
    day.asks_for_help(ANN)
    day.snoozes(ANN, until=dublin("Tue 11:00"))
    day.to(dublin("Tue 11:00"))
    assert day.called() == {ANN}


def test_break_glass_pages_the_volunteer_with_a_name_and_a_reason() -> None:
    night = world.at("Sat 03:00")
    night.fires(builders.PROPOSED)
    night.breaks_glass(BEN, " cards fail ")
    (page,) = night.open_pages()
    assert (page.person_id, page.reason) == (VERA, Reason.BREAK_GLASS)
    assert page.out_of_hours
    assert (night.incident.glass_by, night.incident.glass_reason) == (BEN, "cards fail")
    night.wait(minutes=5)
    assert night.called() == {MONA}


def test_break_glass_needs_a_reason() -> None:
    night = world.at("Sat 03:00")
    night.fires(builders.PROPOSED)
    with pytest.raises(answers.NoReason):
        night.breaks_glass(BEN, "  ")


@pytest.mark.parametrize("when", ["Sat 03:00", "Tue 10:00"])
def test_only_what_is_held_has_a_glass_to_break(when: str) -> None:
    one = world.at(when)
    one.fires()
    with pytest.raises(answers.NotHeld):
        one.breaks_glass(BEN)


def test_glass_breaks_once() -> None:
    night = world.at("Sat 03:00")
    night.fires(builders.PROPOSED)
    night.breaks_glass(BEN)
    with pytest.raises(answers.NotHeld):
        night.breaks_glass(CAS)
    assert night.rings(VERA) == 1


def test_break_glass_calls_even_the_one_who_had_acknowledged_before_the_hold() -> None:
    day = world.at("Tue 17:00", builders.company(volunteer=ANN))
    day.fires(builders.PROPOSED)
    day.acknowledges(ANN)
    day.to(dublin("Tue 20:00"))
    day.breaks_glass(BEN)
    assert day.called() == {ANN}


def test_break_glass_works_on_a_hold_somebody_has_acknowledged() -> None:
    night = world.at("Sat 03:00")
    night.fires(builders.PROPOSED)
    night.acknowledges(BEN)
    night.breaks_glass(BEN)
    assert night.called() == {VERA}


def test_break_glass_works_on_a_muted_alarm() -> None:
    muted = builders.alarm(muted_until=dublin("Sun 05:00"))
    night = world.at("Sat 03:00", builders.company(alarms=[muted]))
    night.fires()
    night.breaks_glass(BEN)
    assert night.called() == {VERA}
    day = world.at("Tue 10:00", builders.company(alarms=[muted]))
    day.fires()
    day.breaks_glass(BEN)
    assert day.called() == {ANN}
    day.wait(minutes=5)
    assert day.incident.side is Side.TEAM
    assert day.incident.state is IncidentState.TRIGGERED


@pytest.mark.parametrize(("when", "called"), [("Sat 03:00", VERA), ("Tue 10:00", ANN)])
def test_an_incident_declared_by_hand_calls_who_answers_then(when: str, called: str) -> None:
    one = world.at(when)
    one.declares(BEN)
    assert one.called() == {called}
    assert (one.incident.glass_by, one.incident.glass_reason) == (BEN, "all is down")
    assert one.history()[0] is EntryKind.OPENED


def test_ro3_what_was_declared_by_hand_in_hours_is_held_at_closing() -> None:
    day = world.at("Tue 17:58")
    day.declares(BEN)
    day.to(dublin("Tue 18:00"))
    assert day.incident.state is IncidentState.HELD


def test_declaring_by_hand_needs_a_reason_and_a_title() -> None:
    day = world.at("Tue 17:58")
    with pytest.raises(answers.NoReason):
        day.declares(BEN, reason=" ")
    with pytest.raises(answers.NoTitle):
        day.declares(BEN, title=" ")
    assert day.incidents == {}


def test_a_snoozed_incident_stays_silent_whatever_changes() -> None:
    night = everybody_called()
    night.snoozes(VERA, until=dublin("Sat 05:00"))
    night.change(absences=())
    assert night.incident.state is IncidentState.SNOOZED
    assert night.incident.due_at == dublin("Sat 05:00")
