"""Rules of one decision, over any company and any instant (RO1-RO5, NO1, NO3, NO4, ALL).

The machine of `test_incidents_life` plays histories; these look at one moment of any company.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from tests.property import companies
from tests.property.world import World
from watchbill.core import hours, routing
from watchbill.core.company import Company
from watchbill.core.events import Severity
from watchbill.core.incidents import IncidentState
from watchbill.core.messages import MessageKind
from watchbill.core.routing import Route, Side, StepRole, Subject

ANY = {
    "seed": st.integers(0, 1_000_000),
    "around": st.sampled_from(companies.STARTS),
    "minutes": st.integers(0, 9 * 24 * 60),
}


def moment(seed: int, around: datetime, minutes: int) -> tuple[Company, datetime]:
    return companies.company(Random(seed), around), around + timedelta(minutes=minutes)


def asked(route: Route) -> list[tuple[str, StepRole]]:
    return [one for step in route.steps for one in step.people]


@settings(deadline=None, max_examples=300)
@given(**ANY, alarm=st.sampled_from(companies.ALARMS), severity=st.sampled_from(Severity))
def test_ro1_every_route_is_the_rule_and_says_when_it_changes(
    seed: int, around: datetime, minutes: int, alarm: str, severity: Severity
) -> None:
    company, at = moment(seed, around, minutes)
    for service in companies.SERVICES:
        team = company.teams[company.services[service].team_id]
        subject = Subject(service_id=service, alarm=alarm, severity=severity)
        route = routing.route(company, subject, at=at)
        known = company.alarms.get((service, alarm))
        wakes = (
            known is not None
            and known.is_in_force
            and (known.lapses_at is None or at < known.lapses_at)
            and known.has_runbook
            and known.severity is Severity.CRITICAL
            and severity in (Severity.CRITICAL, Severity.ERROR)
        )
        boundary = hours.next_boundary(team.hours, at)
        if hours.is_open(team.hours, at):
            assert route.side is Side.TEAM, "RO1"
            assert StepRole.VOLUNTEER not in {role for _, role in asked(route)}, "RO5"
        elif wakes:
            assert route.side is Side.VOLUNTEERS, "RO1"
        elif boundary is not None:
            assert (route.side, route.steps) == (Side.HOLD, ()), "RO2, NO4"
        if not hours.is_open(team.hours, at):
            assert {role for _, role in asked(route)} <= {StepRole.VOLUNTEER, StepRole.MANAGER}
        ends = [boundary]
        if route.side is Side.VOLUNTEERS and known is not None:
            ends.append(known.lapses_at)  # AL5: the end of an acceptance is a boundary, too
        assert route.until == min((end for end in ends if end is not None), default=None)
        assert route.until is None or route.until > at


@settings(deadline=None, max_examples=300)
@given(**ANY)
def test_no3_escalation_reaches_managers_and_the_same_volunteer(
    seed: int, around: datetime, minutes: int
) -> None:
    company, at = moment(seed, around, minutes)
    for service in companies.SERVICES:
        subject = Subject(
            service_id=service,
            alarm="loud",
            severity=Severity.CRITICAL,
            glass_by=companies.MANAGERS[0],
        )
        route = routing.route(company, subject, at=at)
        managers = company.managers.members if company.managers else ()
        for person, role in asked(route):
            assert company.people[person].is_reachable
            assert not company.is_away(person, at)
            if role is StepRole.MANAGER:
                assert person in managers
            if role is StepRole.VOLUNTEER:
                assert person == company.volunteer(at)
        assert all(step.people for step in route.steps)
        assert all(len({p for p, _ in s.people}) == len(s.people) for s in route.steps)


@settings(deadline=None, max_examples=100)
@given(**ANY, alarm=st.sampled_from(companies.ALARMS))
def test_all_an_incident_nobody_answers_calls_everybody_it_may_or_is_visibly_stuck(
    seed: int, around: datetime, minutes: int, alarm: str
) -> None:
    company, at = moment(seed, around, minutes)
    world = World(company=company, now=at)
    service = companies.SERVICES[0]
    world.receives(builders.event(alarm), service_id=service, integration_id=service)
    seen: set[str] = set()
    for _ in range(60):
        incident = world.incident
        if not incident.is_open:
            assert incident.resolution == "stale"
            return
        seen |= world.called()
        assert world.called() or incident.stuck_at or incident.state is IncidentState.HELD
        assert incident.due_at is not None
        world.leap(incident.due_at)
    assert seen or world.incident.stuck_at


@settings(deadline=None, max_examples=100)
@given(**ANY, count=st.integers(2, 400), every=st.integers(0, 30))
def test_growth_is_at_most_one_message_a_minute_and_a_threshold(
    seed: int, around: datetime, minutes: int, count: int, every: int
) -> None:
    company, at = moment(seed, around, minutes)
    world = World(company=company, now=at)
    service = companies.SERVICES[0]
    for number in range(min(count, 60)):
        event = builders.event("loud", key=str(number), size=1 + count // 60)
        world.receives(event, service_id=service, integration_id=service)
        world.wait(seconds=every)
    told: dict[tuple[str | None, str | None], list[datetime]] = {}
    for note in world.notifications.values():
        if note.kind is MessageKind.GROWTH:
            told.setdefault((note.page_id, note.method_id), []).append(note.created_at)
    for times in told.values():
        gaps = [b - a for a, b in itertools.pairwise(times)]
        assert all(gap >= timedelta(minutes=1) for gap in gaps)
