"""Whose turn it is: calling, calling again, and never spinning or falling silent (ES1-ES3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import builders
from tests.builders import ANN, BEN, CAS, MAX, MONA, VERA, dublin
from tests.property import world
from watchbill.core import escalation
from watchbill.core.company import Waits, Webhook
from watchbill.core.incidents import EntryKind, IncidentState
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import NotificationState
from watchbill.core.pages import Outcome
from watchbill.core.people import ContactRule

NOBODY = [ANN, BEN, CAS, VERA, MONA, MAX]


def test_es1_out_of_hours_volunteer_then_duty_manager_then_all_until_somebody_answers() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    rounds = [night.called()]
    for minutes in (5, 10, 10, 10):
        night.wait(minutes=minutes)
        rounds.append(night.called())
    everybody = {VERA, MONA, MAX}
    assert rounds == [{VERA}, {MONA}, everybody, everybody, everybody]


def test_es1_the_waits_are_the_companys() -> None:
    waits = Waits(volunteer=timedelta(minutes=2), manager=timedelta(minutes=3))
    night = world.at("Sat 03:00", builders.company(waits=waits))
    night.fires()
    night.wait(minutes=2)
    assert night.called() == {MONA}
    night.wait(minutes=3)
    assert night.called() == {VERA, MONA, MAX}


def test_in_hours_rota_then_team_then_duty_manager() -> None:
    day = world.at("Tue 10:00")
    day.fires()
    rounds = [day.called()]
    for minutes in (5, 5, 10):
        day.wait(minutes=minutes)
        rounds.append(day.called())
    assert rounds == [{ANN}, {ANN, BEN, CAS}, {MONA}, {MONA, MAX}]


def test_a_page_that_is_escalated_past_ends_and_its_messages_are_no_longer_wanted() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.wait(minutes=5)
    first = next(iter(night.pages.values()))
    assert (first.outcome, first.ended_at) == (Outcome.ESCALATED, dublin("Sat 03:05"))
    states = [n.state for n in night.notifications.values() if n.page_id == first.id]
    assert states == [NotificationState.CANCELLED]
    assert EntryKind.PAGE_ENDED in night.history()


def test_why_me_every_page_says_in_which_capacity_and_from_which_facts() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    (page,) = night.open_pages()
    assert dict(page.facts)["team_local_time"] == "Sat 03:00"
    assert (page.reason, page.facts) == (night.incident.reason, night.incident.facts)


def test_me1_only_what_begins_outside_the_teams_hours_counts_as_out_of_hours() -> None:
    night, day = world.at("Sat 03:00"), world.at("Tue 10:00")
    for one in (night, day):
        one.fires()
    assert night.open_pages()[0].out_of_hours
    assert not day.open_pages()[0].out_of_hours


def test_advancing_twice_at_the_same_instant_does_nothing_the_second_time() -> None:
    for when in ("Sat 03:00", "Tue 10:00", "Tue 18:00", "Mon 09:00"):
        one = world.at(when)
        for alarm in (builders.ACCEPTED, builders.PROPOSED):
            again = one.advance(one.fires(alarm).id)
            assert (again.pages, again.notifications, again.entries) == ((), (), ())


def test_a_resolved_incident_is_never_due() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.resolves(VERA)
    assert night.advance(night.incident.id).incident.due_at is None


def test_nobody_at_all_is_visible_and_is_tried_again_every_minute() -> None:
    night = world.at("Sat 03:00", builders.company(unreachable=NOBODY))
    night.fires()
    assert night.incident.stuck_at == dublin("Sat 03:00")
    assert night.incident.due_at == dublin("Sat 03:01")
    night.wait(minutes=3)
    assert night.history().count(EntryKind.STUCK) == 1
    night.change(people=builders.company().people)
    night.wait(minutes=1)
    assert night.called() == {VERA}
    assert night.incident.stuck_at is None


def test_somebody_who_can_no_longer_be_reached_is_escalated_past() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    people = {k: v for k, v in night.company.people.items() if k != VERA}
    night.change(people=people)
    night.wait(minutes=6)
    assert night.called() in ({MONA}, {MONA, MAX})


def test_silence_closes_an_incident_as_stale() -> None:
    day = world.at("Tue 10:00", builders.company(service={"close_after": timedelta(hours=1)}))
    day.fires()
    day.acknowledges(ANN)
    day.to(dublin("Tue 10:59"))
    assert day.incident.is_open
    day.to(dublin("Tue 11:00"))
    assert day.incident.resolution == "stale"


def test_a_repeat_puts_silence_off() -> None:
    day = world.at("Tue 10:00", builders.company(service={"close_after": timedelta(hours=1)}))
    day.fires()
    day.wait(minutes=59)
    day.fires()
    day.wait(minutes=59)
    assert day.incident.is_open


def test_programs_are_told_once_a_step_and_at_the_end() -> None:
    hooks = (Webhook(id="all"), Webhook(id="ours", team_id=builders.TEAM))
    other = Webhook(id="theirs", team_id=builders.TeamId("search"))
    night = world.at("Sat 03:00", builders.company(webhooks=(*hooks, other)))
    night.fires()
    night.wait(minutes=5)
    night.acknowledges(MONA)
    night.resolves(MONA)
    events = [
        (n.webhook_id, n.data["event"])
        for n in night.notifications.values()
        if n.kind is MessageKind.HOOK
    ]
    happened = ["triggered", "escalated", "acknowledged", "resolved"]
    assert events == [(h.id, f"incident.{what}") for what in happened for h in hooks]


def test_a_programs_message_says_what_was_true_when_it_happened() -> None:
    night = world.at("Sat 03:00", builders.company(webhooks=(Webhook(id="all"),)))
    night.fires()
    (hook,) = (n for n in night.notifications.values() if n.kind is MessageKind.HOOK)
    assert hook.data["occurred_at"] == "2026-03-07T03:00:00+00:00"
    assert hook.data["incident"]["service"] == "checkout"
    assert hook.data["incident"]["team"] == "payments"
    assert hook.data["incident"]["number"] is None


@pytest.mark.parametrize("state", list(IncidentState))
def test_looking_again_is_at_the_soonest_of_what_may_happen(state: IncidentState) -> None:
    soon = [dublin(f"Tue 10:0{n}") for n in range(1, 6)]
    incident = builders.incident(
        state=state,
        step_ends_at=soon[0],
        snoozed_until=soon[1],
        ack_until=soon[2],
        boundary_at=soon[3],
        close_at=soon[4],
    )
    expected = {
        IncidentState.TRIGGERED: soon[0],
        IncidentState.SNOOZED: soon[1],
        IncidentState.ACKNOWLEDGED: soon[2],
        IncidentState.HELD: soon[3],
        IncidentState.RESOLVED: None,
    }
    assert escalation.look_again(incident).due_at == expected[state]


def test_an_acknowledged_incident_with_nothing_ahead_is_not_due() -> None:
    company = builders.company(team_hours=builders.week(days=()))
    night = world.at("Sat 03:00", company)
    night.fires()
    night.acknowledges(VERA)
    assert night.incident.due_at is None
    assert night.advance(night.incident.id).incident.due_at is None


def test_a_rule_that_calls_later_is_a_planned_message_of_the_same_page() -> None:
    vera = builders.person(VERA, methods=2)
    vera = replace(
        vera,
        rules=(
            ContactRule(method_id="cm_vera_0", after=timedelta(0)),
            ContactRule(method_id="cm_vera_1", after=timedelta(minutes=3)),
        ),
    )
    company = builders.company()
    night = world.at("Sat 03:00", replace(company, people={**company.people, VERA: vera}))
    night.fires()
    due = [n.due_at for n in night.notifications.values() if n.person_id == VERA]
    assert due == [dublin("Sat 03:00"), dublin("Sat 03:03")]
    assert night.rings(VERA) == 1
