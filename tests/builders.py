"""Builders: companies, people and events with good defaults, for tests and stories.

The default company: *payments* in Dublin (Monday to Friday, 09:00 to 18:00) owns *checkout*; Ann
stands its rota, Ben and Cas are its other members. Vera of *search* is the volunteer on shift; Mona
is the duty manager, Max the other manager. The alarm `card-errors` is accepted, `disk-full` is not.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from watchbill.core import hours, rotas
from watchbill.core.alarms import Alarm, AlarmState
from watchbill.core.company import Company, Integration, Waits, Webhook
from watchbill.core.definitions import as_match
from watchbill.core.events import Event, EventAction, Severity
from watchbill.core.incidents import Incident
from watchbill.core.people import (
    ContactMethod,
    Office,
    OfficeId,
    Person,
    PersonId,
    PersonRole,
    PolicyStep,
    PolicyTarget,
    Service,
    ServiceId,
    Team,
    TeamId,
)

ACCEPTED = "card-errors"
PROPOSED = "disk-full"
OFFICE = OfficeId("dublin")
TEAM = TeamId("payments")
SERVICE = ServiceId("checkout")
INTEGRATION = "door"
ANN, BEN, CAS = PersonId("ann"), PersonId("ben"), PersonId("cas")
VERA, MONA, MAX = PersonId("vera"), PersonId("mona"), PersonId("max")

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

#: Ask the rota for five minutes, then the whole team for five more.
POLICY = (
    PolicyStep(target=PolicyTarget.ROTA, wait=5 * MINUTE),
    PolicyStep(target=PolicyTarget.TEAM, wait=5 * MINUTE),
)


def ids() -> Callable[[str], str]:
    """Return a maker of ids that count up, so that they sort in the order they were made."""
    numbers = itertools.count(1)
    return lambda prefix: f"{prefix}_{next(numbers):06d}"


def dublin(text: str) -> datetime:
    """Return an instant from Dublin wall-clock time in a known week: `"Sat 03:00"`, `"Mon+1 09:00"`.

    The week is that of Monday, 2 March 2026: no holiday, no change of the clocks, Dublin is UTC.
    """
    day, clock = text.split()
    name, _, weeks = day.partition("+")
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(name)
    on = date(2026, 3, 2) + timedelta(days=weekday, weeks=int(weeks or 0))
    return datetime.combine(on, time.fromisoformat(clock), UTC)


def week(
    zone: str = "Europe/Dublin",
    *,
    start: time = time(9),
    end: time = time(18),
    days: Collection[int] = range(5),
    closed_on: Collection[date] = (),
) -> hours.WorkingHours:
    """Return working hours: the same times on each of `days` (0 is Monday)."""
    spans = tuple(hours.Span(weekday=day, start=start, end=end) for day in days)
    return hours.WorkingHours(zone=zone, spans=spans, closed_on=frozenset(closed_on))


def person(
    name: str,
    *,
    role: PersonRole = PersonRole.ENGINEER,
    team_id: TeamId | None = None,
    methods: int = 1,
    **more: Any,
) -> Person:
    """Return a person with that many contact methods."""
    return Person(
        id=PersonId(name),
        name=name.title(),
        email=f"{name}@example.org",
        role=role,
        team_id=team_id,
        office_id=OFFICE,
        zone="Europe/Dublin",
        methods=tuple(
            ContactMethod(id=f"cm_{name}_{n}", channel="email", address=f"{name}{n}@example.org")
            for n in range(methods)
        ),
        **more,
    )


def rota(name: str, *members: PersonId, **more: Any) -> rotas.Rota:
    """Return a rota on which the first member stands for (nearly) ever."""
    return rotas.Rota(
        id=name,
        zone="Europe/Dublin",
        turn=rotas.Turn.WEEK,
        turn_length=5000,
        starts_on=date(2015, 1, 5),
        members=members,
        **more,
    )


def shift(
    person_id: PersonId,
    *,
    start: datetime = datetime(2015, 1, 1, tzinfo=UTC),
    end: datetime = datetime(2040, 1, 1, tzinfo=UTC),
    is_shadow: bool = False,
) -> rotas.Shift:
    """Return a volunteer's shift; without times it covers every test."""
    return rotas.Shift(person_id=person_id, start=start, end=end, is_shadow=is_shadow)


def away(person_id: PersonId) -> rotas.Absence:
    """Return an absence that covers every test."""
    return rotas.Absence(
        person_id=person_id,
        start=datetime(2015, 1, 1, tzinfo=UTC),
        end=datetime(2040, 1, 1, tzinfo=UTC),
    )


def alarm(
    key: str = ACCEPTED,
    *,
    state: AlarmState = AlarmState.ACCEPTED,
    severity: Severity = Severity.CRITICAL,
    has_runbook: bool = True,
    muted_until: datetime | None = None,
    is_in_force: bool | None = None,
    lapses_at: datetime | None = None,
    match: Mapping[str, str] | None = None,
    service_id: ServiceId = SERVICE,
) -> Alarm:
    """Return an accepted, critical alarm with a runbook."""
    return Alarm(
        id=f"alm_{key}",
        service_id=service_id,
        key=key,
        title=key,
        state=state,
        is_in_force=state is AlarmState.ACCEPTED if is_in_force is None else is_in_force,
        lapses_at=lapses_at,
        match=as_match(match or {}),
        severity=severity,
        has_runbook=has_runbook,
        muted_until=muted_until,
    )


def company(
    *,
    volunteer: PersonId | None = VERA,
    managers: tuple[PersonId, ...] = (MONA, MAX),
    on_rota: tuple[PersonId, ...] = (ANN,),
    policy: tuple[PolicyStep, ...] = POLICY,
    team_hours: hours.WorkingHours | None = None,
    unreachable: Collection[PersonId] = (),
    disabled: Collection[PersonId] = (),
    absent: Collection[PersonId] = (),
    alarms: Collection[Alarm] = (),
    service: Mapping[str, Any] | None = None,
    webhooks: tuple[Webhook, ...] = (),
    waits: Waits | None = None,
) -> Company:
    """Return the default company, with what differs given; `alarms` are added or replaced."""
    week_of_team = team_hours or week()
    everyone = [
        *(person(name, team_id=TEAM) for name in (ANN, BEN, CAS)),
        person(VERA, team_id=TeamId("search")),
        *(person(name, role=PersonRole.MANAGER) for name in (MONA, MAX)),
    ]
    people = {
        p.id: replace(p, methods=()) if p.id in unreachable else p
        for p in everyone
        if p.id not in disabled
    }
    known = [alarm(), alarm(PROPOSED, state=AlarmState.PROPOSED), *alarms]
    return Company(
        version=7,
        name="Example",
        people=people,
        offices={OFFICE: Office(id=OFFICE, slug="dublin", name="Dublin", hours=week_of_team)},
        teams={
            TEAM: Team(
                id=TEAM,
                slug="payments",
                name="Payments",
                office_id=OFFICE,
                hours=week_of_team,
                policy=policy,
                members=tuple(p for p in (ANN, BEN, CAS) if p not in disabled),
            )
        },
        services={
            SERVICE: Service(
                id=SERVICE, slug="checkout", name="Checkout", team_id=TEAM, **(service or {})
            )
        },
        integrations={
            INTEGRATION: Integration(
                id=INTEGRATION, service_id=SERVICE, source="generic", name="Door"
            )
        },
        alarms={(a.service_id, a.key): a for a in known},
        team_rotas={TEAM: rota("payments", *on_rota)} if on_rota else {},
        managers=rota("managers", *managers) if managers else None,
        absences=tuple(away(p) for p in absent),
        shifts=(shift(volunteer),) if volunteer else (),
        webhooks=webhooks,
        waits=waits or Waits(),
    )


def event(
    alarm_key: str = ACCEPTED,
    *,
    action: EventAction = EventAction.TRIGGER,
    key: str | None = None,
    severity: Severity = Severity.CRITICAL,
    **more: Any,
) -> Event:
    """Return an event; its dedup key is the alarm's unless given."""
    return Event(
        action=action,
        dedup_key=key or alarm_key or "nameless",
        summary=more.pop("summary", f"{alarm_key} fires"),
        severity=severity,
        alarm=alarm_key,
        **more,
    )


def incident(**more: Any) -> Incident:
    """Return an incident that has just been opened by the accepted alarm."""
    given: dict[str, Any] = {
        "id": "inc_1",
        "service_id": SERVICE,
        "team_id": TEAM,
        "alarm": ACCEPTED,
        "group_key": f"alarm:{ACCEPTED}",
        "title": "Cards fail",
        "severity": Severity.CRITICAL,
        "opened_at": dublin("Tue 10:00"),
        "firing": 1,
        "alerts": 1,
    }
    return Incident(**(given | more))
