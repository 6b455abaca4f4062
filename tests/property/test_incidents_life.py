"""Any company, any history: what must never happen does not happen (DESIGN §2, the NO-list).

One machine plays a company's days: events come, time passes (also in one leap, as after an
outage), people answer in every way, alarms are muted and change their state, channels fail. What
each decision may contain is checked before it is saved; what must be true of every incident is
checked after every step.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests import builders
from tests.property import companies
from tests.property.world import World
from watchbill.core import escalation, hours, passing
from watchbill.core.alarms import Alarm, AlarmState
from watchbill.core.alerts import Alert, AlertState
from watchbill.core.company import Company
from watchbill.core.events import EventAction, Severity
from watchbill.core.incidents import Decision, EntryKind, Incident, IncidentState
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.pages import Page
from watchbill.core.people import Team
from watchbill.core.routing import Side, StepRole
from watchbill.errors import WatchbillError

NIGHT_ROLES = (StepRole.VOLUNTEER, StepRole.MANAGER)
PERSON = st.sampled_from(companies.PEOPLE)
#: Jumps of one incident's clock within which it must reach somebody, or say that it cannot.
JUMPS = 40
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def owner(company: Company, incident: Incident) -> Team:
    return company.teams[company.services[incident.service_id].team_id]


def is_at_work(company: Company, incident: Incident, now: datetime) -> bool:
    return hours.is_open(owner(company, incident).hours, now)


def check_page(company: Company, incident: Incident, page: Page, now: datetime) -> None:
    """Check a page that is open at `now`, whether it begins or goes on."""
    at_work = is_at_work(company, incident, now)
    if not at_work:
        assert page.role in NIGHT_ROLES, "NO1, NO3: only the volunteer and managers out of hours"
    else:
        assert page.role is not StepRole.VOLUNTEER, "RO5: never the volunteers in hours"


def check_new_page(world: World, decision: Decision, page: Page) -> None:
    """Check a page that begins now."""
    company, incident, now = world.company, decision.incident, world.now
    check_page(company, incident, page, now)
    person = company.people[page.person_id]
    assert person.is_reachable
    assert not company.is_away(person.id, now)
    assert person.id != incident.help_asked_by, "who asked for help is not called"
    assert page.out_of_hours is not is_at_work(company, incident, now), "ME1"
    managers = company.managers.members if company.managers else ()
    if page.role is StepRole.MANAGER:
        assert person.id in managers, "NO3, ES2"
    if page.role in (StepRole.TEAM, StepRole.PERSON):
        assert person.id in owner(company, incident).members
    if page.role is StepRole.VOLUNTEER:
        assert person.id == company.volunteer(now)
        check_may_wake(world, decision)


def is_of(alarm: Alarm, alert: Alert) -> bool:
    """True if the event that an alert came from has all that the alarm asks for."""
    said = {**dict(alert.fields), "alarm": alert.alarm}
    return all(said.get(name) in values for name, values in alarm.conditions)


def check_may_wake(world: World, decision: Decision) -> None:
    company, incident, now = world.company, decision.incident, world.now
    if incident.glass_by is not None:
        assert incident.glass_reason
        assert now < glass_ends_at(world, decision), "RO3, NO4: glass is for one night"
        return
    alarm = company.alarms[(incident.service_id, incident.alarm)]
    assert alarm.is_in_force, "NO4, RO2"
    assert not alarm.has_lapsed(now), "AL5"
    assert alarm.severity is Severity.CRITICAL, "RO2"
    assert alarm.has_runbook, "NO4"
    events = (a for a in world.alerts.values() if a.incident_id == incident.id)
    assert any(is_of(alarm, each) for each in events), "AL1, RO2: some event is of this alarm"
    assert alarm.muted_until is None or alarm.muted_until <= now
    assert incident.severity in (Severity.CRITICAL, Severity.ERROR)


def glass_ends_at(world: World, decision: Decision) -> datetime:
    """Return the first closing of the owning team after the glass was broken."""
    incident, team = decision.incident, owner(world.company, decision.incident)
    broken = [
        line.at
        for line in (*world.entries, *decision.entries)
        if line.incident_id == incident.id and line.kind is EntryKind.GLASS_BROKEN
    ]
    at = max(broken, default=incident.opened_at)
    if not hours.is_open(team.hours, at):
        at = hours.next_boundary(team.hours, at) or NEVER
    return (hours.next_boundary(team.hours, at) if at < NEVER else None) or NEVER


def check_note(world: World, decision: Decision, note: Notification) -> None:
    """Check a message to a person."""
    pages = {page.id: page for page in (*world.pages.values(), *decision.pages)}
    assert note.person_id in world.company.people
    if note.kind is MessageKind.PASSED:
        assert is_at_work(world.company, decision.incident, world.now), "NO1"
        assert decision.incident.state is IncidentState.ACKNOWLEDGED, "RO4"
        return
    assert note.kind in (MessageKind.PAGE, MessageKind.GROWTH)
    assert note.page_id is not None
    page = pages[note.page_id]
    assert page.is_open
    assert page.person_id == note.person_id
    assert decision.incident.state is IncidentState.TRIGGERED


def check_passing(world: World, before: Incident, decision: Decision) -> None:
    """Check what happens when an incident goes from one side to another."""
    after = decision.incident
    if before.side is after.side:
        return
    new = {page.person_id for page in decision.pages if page.id not in world.pages}
    assert not new & world.called(before.id), "nobody is called twice at a boundary"
    kinds = {line.kind for line in decision.entries}
    asked = {EntryKind.ACK_EXPIRED, EntryKind.HELP_ASKED, EntryKind.GLASS_BROKEN} & kinds
    if before.state is IncidentState.ACKNOWLEDGED and after.side is Side.TEAM and not asked:
        assert after.state in (IncidentState.ACKNOWLEDGED, IncidentState.RESOLVED), "RO4"
        assert after.acknowledged_by == before.acknowledged_by or kinds & {EntryKind.ACKNOWLEDGED}


def watch(world: World, decision: Decision) -> None:
    """Check a decision before it is saved."""
    incident, now = decision.incident, world.now
    for page in decision.pages:
        if page.id not in world.pages:
            assert incident.state is IncidentState.TRIGGERED
            check_new_page(world, decision, page)
        elif page.is_open:
            check_page(world.company, incident, page, now)
    for note in decision.notifications:
        if note.kind is not MessageKind.HOOK:
            check_note(world, decision, note)
    before = world.incidents.get(incident.id)
    if before is not None:
        check_passing(world, before, decision)


class Days(RuleBasedStateMachine):
    """The days of one company."""

    world: World

    @initialize(
        seed=st.integers(0, 100_000),
        around=st.sampled_from(companies.STARTS),
        minutes=st.integers(0, 5 * 24 * 60),
    )
    def begin(self, seed: int, around: datetime, minutes: int) -> None:
        company = companies.company(Random(seed), around)
        start = around + timedelta(minutes=minutes)
        self.world = World(company=company, now=start, watch=watch)
        for service, alarm in zip(companies.SERVICES, ("loud", "quiet"), strict=True):
            self.fires(service, alarm, key="a", severity=Severity.CRITICAL, size=1)

    def any_open(self, data: st.DataObject) -> Incident:
        return data.draw(st.sampled_from(self.world.open_incidents()))

    def has_open(self) -> bool:
        return bool(self.world.open_incidents())

    # what monitoring says
    @rule(
        service=st.sampled_from(companies.SERVICES),
        alarm=st.sampled_from((*companies.ALARMS, "loud", "loud", "")),
        key=st.sampled_from("abc"),
        severity=st.sampled_from((Severity.CRITICAL, Severity.CRITICAL, *Severity)),
        size=st.sampled_from((1, 1, 5, 60)),
        env=st.sampled_from(("live", "live", "test")),
    )
    def fires(
        self, service: str, alarm: str, key: str, severity: Severity, size: int, env: str = "live"
    ) -> None:
        event = builders.event(
            alarm,
            key=f"{alarm}-{key}-{env}",
            severity=severity,
            size=size,
            fields=(("env", env),),
        )
        self.world.receives(event, service_id=service, integration_id=service)

    @precondition(has_open)
    @rule(
        data=st.data(),
        action=st.sampled_from(
            (EventAction.RESOLVE, EventAction.RESOLVE, EventAction.ACKNOWLEDGE, EventAction.CHANGE)
        ),
    )
    def source_says(self, data: st.DataObject, action: EventAction) -> None:
        firing = [a for a in self.world.alerts.values() if a.state is AlertState.FIRING]
        assume(firing)
        alert = data.draw(st.sampled_from(firing))
        event = builders.event(alert.alarm, key=alert.dedup_key, action=action)
        self.world.receives(event, service_id=alert.service_id, integration_id=alert.integration_id)

    # time
    @precondition(has_open)
    @rule(late=st.sampled_from((0, 0, 0, 1, 90)))
    def until_due(self, late: int) -> None:
        due = self.world.next_due()
        if due is not None:
            self.world.leap(due + timedelta(seconds=late))

    @rule(minutes=st.sampled_from((1, 4, 5, 17, 61, 180)))
    def time_passes(self, minutes: int) -> None:
        self.world.wait(minutes=minutes)

    @rule(hours_away=st.sampled_from((5, 13, 30, 75)))
    def outage(self, hours_away: int) -> None:
        self.world.leap(self.world.now + timedelta(hours=hours_away))

    # people
    @precondition(has_open)
    @rule(data=st.data(), by=PERSON)
    def acknowledges(self, data: st.DataObject, by: str) -> None:
        self.world.acknowledges(by, self.any_open(data).id)

    @precondition(has_open)
    @rule(data=st.data(), by=PERSON)
    def resolves(self, data: st.DataObject, by: str) -> None:
        self.world.resolves(by, self.any_open(data).id)

    @precondition(lambda self: any(p.is_open for p in self.world.pages.values()))
    @rule(data=st.data(), declines=st.booleans())
    def gives_up(self, data: st.DataObject, declines: bool) -> None:
        page = data.draw(st.sampled_from([p for p in self.world.pages.values() if p.is_open]))
        give_up = self.world.declines if declines else self.world.fails_to_reach
        give_up(page.person_id, page.incident_id)
        assert page.person_id not in self.world.called(page.incident_id)

    @precondition(has_open)
    @rule(data=st.data(), by=PERSON, minutes=st.sampled_from((1, 30, 600, 7 * 24 * 60)))
    def snoozes(self, data: st.DataObject, by: str, minutes: int) -> None:
        until = self.world.now + timedelta(minutes=minutes)
        self.world.snoozes(by, until=until, incident_id=self.any_open(data).id)

    @precondition(has_open)
    @rule(data=st.data(), by=PERSON)
    def asks_for_help(self, data: st.DataObject, by: str) -> None:
        incident = self.any_open(data)
        try:
            self.world.asks_for_help(by, incident.id)
        except WatchbillError:
            self.check_waits(incident)
            return
        managers = {p.person_id for p in self.world.open_pages(incident.id)}
        assert managers or self.world.incidents[incident.id].stuck_at

    @precondition(has_open)
    @rule(data=st.data(), by=PERSON)
    def breaks_glass(self, data: st.DataObject, by: str) -> None:
        incident = self.any_open(data)
        try:
            self.world.breaks_glass(by, incident_id=incident.id)
        except WatchbillError:
            assert incident.state is not IncidentState.HELD
            return
        after = self.world.incidents[incident.id]
        assert after.state is IncidentState.TRIGGERED
        assert self.world.called(incident.id) or after.stuck_at

    @rule(by=PERSON, service=st.sampled_from(companies.SERVICES))
    def declares(self, by: str, service: str) -> None:
        done = self.world.declares(by, service_id=service)
        assert self.world.called(done.incident.id) or done.incident.stuck_at

    def check_waits(self, incident: Incident) -> None:
        _, route = passing.where(self.world.company, incident, now=self.world.now)
        assert route.is_waiting

    # the company changes
    @rule(
        service=st.sampled_from(companies.SERVICES),
        alarm=st.sampled_from(("loud", "quiet")),
        much=st.sampled_from((None, timedelta(minutes=20), timedelta(hours=9))),
    )
    def mutes(self, service: str, alarm: str, much: timedelta | None) -> None:
        until = self.world.now + much if much else None
        self.change_alarm(service, alarm, muted_until=until)

    @rule(
        service=st.sampled_from(companies.SERVICES),
        alarm=st.sampled_from(("loud", "quiet")),
        state=st.sampled_from((AlarmState.ACCEPTED, AlarmState.RETURNED)),
    )
    def hands_over(self, service: str, alarm: str, state: AlarmState) -> None:
        self.change_alarm(service, alarm, state=state, is_in_force=state is AlarmState.ACCEPTED)

    @rule(service=st.sampled_from(companies.SERVICES), alarm=st.sampled_from(("loud", "quiet")))
    def is_changed_in_code(self, service: str, alarm: str) -> None:
        self.change_alarm(service, alarm, state=AlarmState.PROPOSED)

    @rule(
        service=st.sampled_from(companies.SERVICES),
        alarm=st.sampled_from(("loud", "quiet")),
        after=st.sampled_from((timedelta(0), timedelta(minutes=9), timedelta(hours=7))),
    )
    def lapses(self, service: str, alarm: str, after: timedelta) -> None:
        self.change_alarm(service, alarm, lapses_at=self.world.now + after)

    def change_alarm(self, service: str, alarm: str, **changes: object) -> None:
        alarms = dict(self.world.company.alarms)
        alarms[(service, alarm)] = replace(alarms[(service, alarm)], **changes)
        self.world.change(alarms=alarms)

    @rule(service=st.sampled_from(companies.SERVICES), minutes=st.sampled_from((0, 40, 700)))
    def maintains(self, service: str, minutes: int) -> None:
        services = dict(self.world.company.services)
        until = self.world.now + timedelta(minutes=minutes)
        services[service] = replace(services[service], maintenance_until=until)
        self.world.change(services=services)

    @rule(seed=st.integers(0, 100_000))
    def people_change(self, seed: int) -> None:
        self.world.change(people=companies.people(Random(seed)))

    # what is true after every step
    @invariant()
    def one_open_page_of_a_person_and_none_without_a_call(self) -> None:
        for incident in self.world.incidents.values():
            pages = self.world.open_pages(incident.id)
            assert len(pages) == len({page.person_id for page in pages})
            if incident.state is not IncidentState.TRIGGERED:
                assert not pages
                continue
            assert pages or incident.stuck_at, "ALL: answered, escalated or visibly failing"
            for page in pages:
                check_page(self.world.company, incident, page, self.world.now)

    @invariant()
    def no_message_is_planned_for_a_page_that_ended(self) -> None:
        for note in self.world.notifications.values():
            if note.page_id is not None and note.state is NotificationState.PLANNED:
                assert self.world.pages[note.page_id].is_open

    @invariant()
    def each_incident_is_where_it_belongs(self) -> None:
        for incident in self.world.open_incidents():
            if incident.state is IncidentState.SNOOZED:
                assert incident.snoozed_until is not None
                continue
            settled, route = passing.where(self.world.company, incident, now=self.world.now)
            assert settled.glass_by == incident.glass_by, "RO3: glass is spent in time"
            assert (incident.side, incident.boundary_at) == (route.side, route.until), "RO1, RO4"
            if incident.side is Side.HOLD:
                team = owner(self.world.company, incident)
                opening = hours.next_boundary(team.hours, self.world.now)
                assert incident.hold_until == opening, "RO2: a hold ends at the next opening"
            if incident.state is IncidentState.HELD:
                assert route.is_waiting
                assert incident.hold_until is not None

    @invariant()
    def each_incident_looks_again_in_time(self) -> None:
        for incident in self.world.incidents.values():
            if not incident.is_open:
                assert incident.due_at is None
            elif incident.due_at is None:
                assert incident.state is IncidentState.ACKNOWLEDGED
            else:
                assert incident.due_at > self.world.now

    @invariant()
    def advancing_once_more_changes_nothing(self) -> None:
        for incident in self.world.open_incidents():
            again = escalation.advance(
                self.world.company,
                incident,
                self.world.open_pages(incident.id),
                now=self.world.now,
                new_id=self.world.new_id,
            )
            same = replace(again.incident, facts=incident.facts, reason=incident.reason)
            assert replace(again, incident=same) == Decision(incident=incident)

    @invariant()
    def the_counts_are_those_of_the_alerts(self) -> None:
        for incident in self.world.incidents.values():
            own = [a for a in self.world.alerts.values() if a.incident_id == incident.id]
            firing = sum(a.size for a in own if a.state is AlertState.FIRING)
            if incident.group_key.startswith("hand:"):
                continue
            assert incident.alerts == len(own)
            if incident.is_open:
                assert incident.firing == firing
                assert firing > 0

    @invariant()
    def nobody_has_asked_for_help_about_what_somebody_has(self) -> None:
        for incident in self.world.open_incidents():
            if incident.state in (IncidentState.ACKNOWLEDGED, IncidentState.HELD):
                assert incident.help_asked_by is None

    def teardown(self) -> None:
        """From wherever it stands, every incident comes to somebody, or says that it cannot."""
        if hasattr(self, "world"):
            for incident in self.world.open_incidents():
                self.check_reaches_somebody(incident)

    def check_reaches_somebody(self, incident: Incident) -> None:
        pages = self.world.open_pages(incident.id)
        for _ in range(JUMPS):
            is_taken = incident.state is IncidentState.ACKNOWLEDGED
            if is_taken or not incident.is_open or pages or incident.stuck_at:
                return
            assert incident.due_at is not None
            done = escalation.advance(
                self.world.company,
                incident,
                pages,
                now=incident.due_at,
                new_id=self.world.new_id,
            )
            incident, pages = done.incident, tuple(p for p in done.pages if p.is_open)
        raise AssertionError(incident)


TestDays = Days.TestCase
TestDays.settings = settings(
    max_examples=400,
    stateful_step_count=40,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
