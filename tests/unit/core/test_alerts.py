"""How events become alerts and join incidents, and which alarm leads (DESIGN §3, NO4, RO2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import builders
from tests.builders import ANN, BEN, VERA, dublin
from tests.property import world
from watchbill.core import alerts
from watchbill.core.alerts import AlertState
from watchbill.core.company import Integration
from watchbill.core.events import EventAction, Link, Severity
from watchbill.core.incidents import EntryKind, IncidentState
from watchbill.core.people import Grouping
from watchbill.core.routing import Reason

WHOLE_SERVICE = {"grouping": Grouping.SERVICE}


def together(**more: object) -> world.World:
    """Return Saturday, 03:00, at a company whose service keeps all its alerts in one incident."""
    return world.at("Sat 03:00", builders.company(service=WHOLE_SERVICE, **more))


def key(grouping: Grouping, when: str = "Tue 10:00", **event: object) -> str:
    company = builders.company(
        service={"grouping": grouping, "grouping_fields": ("host", "region")}
    )
    service = company.services[builders.SERVICE]
    return alerts.group_key(company, service, builders.event(**event), at=dublin(when))


def test_alerts_of_one_alarm_are_one_incident_and_one_page() -> None:
    night = world.at("Sat 03:00")
    for number in range(100):
        night.fires(key=f"card-{number}")
    assert len(night.incidents) == 1
    assert night.rings(VERA) == 1
    assert (night.incident.firing, night.incident.alerts) == (100, 100)


def test_by_alarm_an_event_without_one_falls_back_to_its_group_then_to_itself() -> None:
    assert key(Grouping.ALARM) == "alarm:card-errors"
    assert key(Grouping.ALARM, alarm_key="", group="g") == "group:g"
    assert key(Grouping.ALARM, alarm_key="", key="k") == "alert:k"


def test_by_fields_those_that_agree_are_together() -> None:
    here = key(Grouping.FIELDS, fields=(("host", "a"), ("region", "eu")))
    assert here == key(Grouping.FIELDS, alarm_key="x", fields=(("region", "eu"), ("host", "a")))
    assert here != key(Grouping.FIELDS, fields=(("host", "a"),))


def test_by_time_those_of_one_window_are_together() -> None:
    assert key(Grouping.TIME) == key(Grouping.TIME, "Tue 10:04", alarm_key="x")
    assert key(Grouping.TIME) != key(Grouping.TIME, "Tue 10:05")


def test_by_service_and_by_alert() -> None:
    assert key(Grouping.SERVICE) == "service"
    assert key(Grouping.ALERT, key="k") == "alert:k"


def test_a_repeat_is_counted_and_its_newest_words_are_kept() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.wait(minutes=1)
    night.fires(summary="now worse", links=(Link(href="https://example.org"),), size=3)
    (alert,) = night.alerts.values()
    assert (alert.events, alert.summary, alert.size) == (2, "now worse", 3)
    assert (alert.first_at, alert.last_at) == (dublin("Sat 03:00"), dublin("Sat 03:01"))
    assert night.incident.firing == 3
    assert night.rings(VERA) == 1


def test_resolving_the_last_alert_resolves_the_incident() -> None:
    night = world.at("Sat 03:00")
    night.fires(key="one")
    night.fires(key="two")
    night.stops("one")
    assert (night.incident.is_open, night.incident.firing) == (True, 1)
    night.stops("two")
    assert night.incident.resolution == "by its source"
    assert night.called() == set()
    assert {a.state for a in night.alerts.values()} == {AlertState.RESOLVED}


def test_a_trigger_after_a_resolve_is_a_new_alert_in_a_new_incident() -> None:
    night = world.at("Sat 03:00")
    first = night.fires()
    night.stops()
    second = night.fires()
    assert first.id != second.id
    assert len(night.alerts) == 2


def test_a_trigger_for_an_alert_whose_incident_a_person_ended_begins_anew() -> None:
    night = world.at("Sat 03:00")
    first = night.fires()
    night.resolves(VERA)
    stale = next(iter(night.alerts.values()))
    received = alerts.Received(
        id=1,
        service_id=builders.SERVICE,
        integration_id=builders.INTEGRATION,
        at=night.now,
        event=builders.event(),
    )
    folded = alerts.fold(
        night.company,
        received,
        replace(stale, state=AlertState.FIRING),
        night.incidents[first.id],
        (),
        now=night.now,
        new_id=night.new_id,
    )
    assert folded.alert is not None
    assert folded.alert.id != stale.id
    assert folded.decision is not None
    assert folded.decision.incident.id != first.id
    assert [p.person_id for p in folded.decision.pages] == [VERA]


@pytest.mark.parametrize("action", list(EventAction))
def test_what_meets_no_alert_changes_nothing_unless_it_triggers(action: EventAction) -> None:
    night = world.at("Sat 03:00")
    folded = night.receives(builders.event(action=action))
    assert (folded == alerts.Folded()) is (action is not EventAction.TRIGGER)


def test_a_heartbeat_ends_the_alert_of_its_silence() -> None:
    night = world.at("Sat 03:00")
    night.fires(key=alerts.HEARTBEAT_KEY)
    night.receives(builders.event(action=EventAction.HEARTBEAT, key=alerts.HEARTBEAT_KEY))
    assert not night.incident.is_open


def test_a_change_never_touches_an_alert() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    assert night.receives(builders.event(action=EventAction.CHANGE)) == alerts.Folded()


def test_the_source_may_acknowledge() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.source_acknowledges(builders.ACCEPTED)
    assert night.incident.state is IncidentState.ACKNOWLEDGED
    assert night.incident.acknowledged_by is None
    assert night.called() == set()


def test_an_incident_begins_with_its_first_events_words() -> None:
    night = world.at("Sat 03:00")
    night.fires(summary="Cards fail")
    assert night.incident.title == "Cards fail"
    assert night.history()[:2] == [EntryKind.OPENED, EntryKind.ROUTED]


def test_an_accepted_alarm_that_joins_a_held_incident_wakes_the_volunteer() -> None:
    night = together()
    night.fires(builders.PROPOSED)
    assert night.called() == set()
    night.fires()
    assert night.called() == {VERA}
    assert night.incident.alarm == builders.ACCEPTED


def test_an_accepted_alarm_wakes_the_volunteer_although_somebody_had_the_hold() -> None:
    night = together()
    night.fires(builders.PROPOSED)
    night.acknowledges(BEN)
    night.fires()
    assert night.called() == {VERA}


def test_no4_an_alarm_not_accepted_that_joins_changes_nothing() -> None:
    night = together()
    night.fires(builders.PROPOSED)
    night.fires("another")
    assert night.called() == set()
    assert night.incident.alarm == builders.PROPOSED


def test_what_joins_an_incident_that_wakes_does_not_take_the_lead() -> None:
    night = together(alarms=[builders.alarm("second")])
    night.fires()
    night.fires(builders.PROPOSED)
    night.fires("second")
    assert night.incident.alarm == builders.ACCEPTED
    assert night.rings(VERA) == 1


def test_ro2_a_repeat_that_becomes_critical_wakes_the_volunteer() -> None:
    night = world.at("Sat 03:00")
    night.fires(severity=Severity.WARNING)
    assert night.incident.reason is Reason.BELOW_CRITICAL
    night.fires(severity=Severity.CRITICAL)
    assert night.called() == {VERA}


def test_no4_an_accepted_alarms_warning_does_not_lend_its_name_to_another_alarm() -> None:
    night = together()
    night.fires(builders.PROPOSED, severity=Severity.CRITICAL)
    night.fires(severity=Severity.WARNING)
    assert night.called() == set()
    other = together()
    other.fires(severity=Severity.WARNING)
    other.fires(builders.PROPOSED, severity=Severity.CRITICAL)
    assert other.called() == set()
    other.fires(severity=Severity.CRITICAL)
    assert other.called() == {VERA}


def test_no4_two_accepted_alarms_of_which_one_is_critical_wake() -> None:
    night = together(alarms=[builders.alarm("second")])
    night.fires(severity=Severity.WARNING)
    night.fires("second", severity=Severity.CRITICAL)
    assert night.called() == {VERA}
    assert night.incident.alarm == "second"


def test_a_muted_alarm_that_joins_silences_nobody() -> None:
    muted = builders.alarm(muted_until=dublin("Sun 05:00"))
    day = world.at("Tue 10:00", builders.company(service=WHOLE_SERVICE, alarms=[muted]))
    day.fires(builders.PROPOSED)
    day.fires()
    assert day.called() == {ANN}


def test_an_alarm_that_joins_a_muted_one_is_not_muted_by_it() -> None:
    muted = builders.alarm(muted_until=dublin("Sun 05:00"))
    day = world.at("Tue 10:00", builders.company(service=WHOLE_SERVICE, alarms=[muted]))
    day.fires()
    assert day.called() == set()
    day.fires(builders.PROPOSED)
    assert day.called() == {ANN}


def test_the_integrations_time_of_silence_goes_before_the_services() -> None:
    company = builders.company(service={"close_after": timedelta(hours=5)})
    door = Integration(
        id=builders.INTEGRATION,
        service_id=builders.SERVICE,
        source="generic",
        name="Door",
        close_after=timedelta(hours=1),
    )
    for integrations, hours in (({builders.INTEGRATION: door}, 1), ({}, 5)):
        day = world.at("Tue 10:00", replace(company, integrations=integrations))
        day.fires()
        assert day.incident.close_at == day.now + timedelta(hours=hours)


def test_a_size_that_shrinks_is_counted_down_and_never_below_nothing() -> None:
    night = world.at("Sat 03:00")
    night.fires(key="group", size=50)
    night.fires(key="group", size=2)
    assert night.incident.firing == 2
    night.stops("group")
    assert night.incident.firing == 0
