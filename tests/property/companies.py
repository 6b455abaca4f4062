"""Random companies: teams in several zones, weeks with holes, rotas with gaps, people missing.

Everything lies around one instant (`around`), so that weeks with a change of the clocks can be
chosen. The people are few, so that a member of a team also is the volunteer or a manager often.
A company is made from a `random.Random`, which is some twenty times as fast as drawing each of
its hundred facts from Hypothesis; the seed is what Hypothesis draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tests import builders
from watchbill.core import hours, rotas
from watchbill.core.alarms import Alarm, AlarmState
from watchbill.core.company import Company, Integration, Webhook
from watchbill.core.events import Severity
from watchbill.core.people import (
    Grouping,
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

ENGINEERS = tuple(PersonId(f"eng{n}") for n in range(5))
MANAGERS = tuple(PersonId(f"mgr{n}") for n in range(3))
PEOPLE = (*ENGINEERS, *MANAGERS)
TEAMS = (TeamId("alpha"), TeamId("beta"))
SERVICES = (ServiceId("one"), ServiceId("two"))
ALARMS = ("loud", "quiet", "odd")
ZONES = ("Europe/Dublin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu")
#: Ordinary weeks, and weeks in which the clocks of some zone change.
STARTS = (
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(2026, 3, 6, tzinfo=UTC),
    datetime(2026, 3, 27, tzinfo=UTC),
    datetime(2026, 4, 3, tzinfo=UTC),
    datetime(2026, 10, 23, tzinfo=UTC),
)
#: How long a step of a team's policy waits.
MINUTES = (1, 2, 5, 10, 30)


WEEKS = (
    tuple(hours.Span(weekday=d, start=time(9), end=time(18)) for d in range(5)),
    tuple(hours.Span(weekday=d, start=time(22), end=time(6)) for d in range(5)),
    tuple(
        hours.Span(weekday=d, start=time(a), end=time(b))
        for d in range(6)
        for a, b in ((1, 2), (8, 12), (13, 17))
    ),
    tuple(hours.Span(weekday=d, start=time(0), end=time(0)) for d in range(7)),
    (hours.Span(weekday=2, start=time(1, 30), end=time(2, 30)),),
    (),
)


def company(random: Random, around: datetime) -> Company:
    """Return a whole company."""
    return Company(
        people=people(random),
        teams={team_id: team(random, team_id, around) for team_id in TEAMS},
        services={
            service_id: service(random, service_id, team_id)
            for service_id, team_id in zip(SERVICES, TEAMS, strict=True)
        },
        integrations={
            str(s): Integration(id=str(s), service_id=s, source="generic", name=str(s))
            for s in SERVICES
        },
        alarms={(s, key): alarm(random, s, key) for s in SERVICES for key in ("loud", "quiet")},
        team_rotas={t: rota(random, t, ENGINEERS) for t in TEAMS if random.random() < 0.7},
        managers=rota(random, "managers", MANAGERS) if random.random() < 0.8 else None,
        absences=absences(random, around),
        shifts=shifts(random, around),
        webhooks=(Webhook(id="all"),) if random.random() < 0.3 else (),
    )


def some(random: Random, whom: Sequence[PersonId], most: int) -> tuple[PersonId, ...]:
    """Return up to `most` of `whom`, in any order."""
    return tuple(random.sample(whom, random.randint(0, min(most, len(whom)))))


def people(random: Random) -> dict[PersonId, Person]:
    """Return some of the people, some of them without any way to reach them."""
    disabled = some(random, PEOPLE, 3) if random.random() < 0.5 else ()
    return {
        name: builders.person(
            name,
            role=PersonRole.MANAGER if name in MANAGERS else PersonRole.ENGINEER,
            methods=random.choice((1, 1, 1, 2, 0)),
        )
        for name in PEOPLE
        if name not in disabled
    }


def team(random: Random, team_id: TeamId, around: datetime) -> Team:
    """Return a team; a manager may be a member."""
    return Team(
        id=team_id,
        slug=str(team_id),
        name=str(team_id).title(),
        office_id=builders.OFFICE,
        hours=calendar(random, around),
        policy=tuple(step(random) for _ in range(random.randint(0, 3))),
        members=some(random, (*ENGINEERS, MANAGERS[0]), 4),
    )


def calendar(random: Random, around: datetime) -> hours.WorkingHours:
    """Return working hours, perhaps with closing days near `around`."""
    closed = random.choice(((), (), (0,), (1, 2), (3, 4, 5)))
    return hours.WorkingHours(
        zone=random.choice(ZONES),
        spans=random.choice(WEEKS),
        closed_on=frozenset(around.date() + timedelta(days=days) for days in closed),
    )


def step(random: Random) -> PolicyStep:
    """Return a step of an in-hours policy."""
    return PolicyStep(
        target=random.choice(tuple(PolicyTarget)),
        wait=timedelta(minutes=random.choice(MINUTES)),
        person_id=random.choice(PEOPLE),
    )


def service(random: Random, service_id: ServiceId, team_id: TeamId) -> Service:
    """Return a service that groups in any way."""
    return Service(
        id=service_id,
        slug=str(service_id),
        name=str(service_id).title(),
        team_id=team_id,
        grouping=random.choice(tuple(Grouping)),
        ack_timeout=random.choice((None, timedelta(minutes=30), timedelta(hours=5))),
        close_after=random.choice((None, None, timedelta(hours=20))),
    )


def alarm(random: Random, service_id: ServiceId, key: str) -> Alarm:
    """Return an alarm: the loud ones often accepted, the quiet ones never.

    Of an accepted one a newer version may wait; its acceptance may end; it may match by a label
    besides its name, as `live` events have it.
    """
    loud = (AlarmState.ACCEPTED, AlarmState.ACCEPTED, AlarmState.ACCEPTED, AlarmState.RETURNED)
    quiet = (AlarmState.PROPOSED, AlarmState.DECLINED, AlarmState.RETIRED)
    state = random.choice(loud if key == "loud" else quiet)
    stands = state is AlarmState.ACCEPTED
    newer = (AlarmState.PROPOSED, AlarmState.IN_REVIEW, AlarmState.DECLINED)
    ends = builders.dublin("Sat 03:00") + timedelta(hours=random.randint(-2000, 2000))
    return builders.alarm(
        key,
        state=random.choice(newer) if stands and random.random() < 0.3 else state,
        is_in_force=stands,
        lapses_at=ends if stands and random.random() < 0.2 else None,
        match=random.choice((None, None, {"alarm": key, "env": "live"})),
        severity=random.choice((*[Severity.CRITICAL] * 4, Severity.ERROR)),
        has_runbook=random.random() < 0.8,
        service_id=service_id,
    )


def rota(random: Random, name: str, whom: tuple[PersonId, ...]) -> rotas.Rota:
    """Return a rota of some of `whom`, by days or weeks, perhaps not begun yet."""
    return rotas.Rota(
        id=name,
        zone=random.choice(ZONES),
        turn=random.choice(tuple(rotas.Turn)),
        starts_on=random.choice((date(2026, 1, 5), date(2026, 1, 5), date(2026, 3, 29))),
        handoff_weekday=random.randint(0, 6),
        handoff_time=random.choice((time(9), time(2, 30))),
        members=some(random, whom, 3),
    )


def absences(random: Random, around: datetime) -> tuple[rotas.Absence, ...]:
    """Return who is away and when."""
    spells = []
    for _ in range(random.randint(0, 4)):
        start = around + timedelta(hours=random.randint(-48, 200))
        end = start + timedelta(hours=random.randint(1, 120))
        spells.append(rotas.Absence(person_id=random.choice(PEOPLE), start=start, end=end))
    return tuple(spells)


def shifts(random: Random, around: datetime) -> tuple[rotas.Shift, ...]:
    """Return volunteers' shifts one after the other, with gaps."""
    laid, start = [], around - timedelta(hours=24)
    for _ in range(random.randint(0, 6)):
        start += timedelta(hours=random.choice((0, 0, 0, 12)))
        end = start + timedelta(hours=random.randint(6, 100))
        laid.append(rotas.Shift(person_id=random.choice(PEOPLE), start=start, end=end))
        start = end
    return tuple(laid)
