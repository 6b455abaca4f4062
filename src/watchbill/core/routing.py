"""Who is asked about an incident at an instant, and why: the one rule of the house.

`route` is pure. The engine, `watchbill route`, the API's explanation and the replay all call it.

Source: DESIGN §2; requirements RO1-RO5, ES1, NO1, NO3, NO4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from watchbill.core import hours
from watchbill.core.alarms import Alarm
from watchbill.core.company import Company
from watchbill.core.events import Severity
from watchbill.core.people import PersonId, PolicyStep, PolicyTarget, Service, ServiceId, Team

Facts = tuple[tuple[str, str], ...]


class Side(Enum):
    """Who has to answer."""

    #: Nobody yet: muted or in maintenance, until that ends.
    NOBODY = "nobody"
    #: The owning team, in its working hours.
    TEAM = "team"
    #: The on-call team's volunteer, out of hours.
    VOLUNTEERS = "volunteers"
    #: Nobody until the owning team's next working hours.
    HOLD = "hold"


class Reason(Enum):
    """Why an incident goes where it goes; shown to the person as *why me*."""

    #: The alarm is muted.
    ALARM_MUTED = "alarm_muted"
    #: The service is in maintenance.
    IN_MAINTENANCE = "in_maintenance"
    #: The owning team is at work and answers for its own service.
    TEAM_AT_WORK = "team_at_work"
    #: The owning team is at work, but nobody of it can be reached: the duty manager.
    TEAM_UNREACHABLE = "team_unreachable"
    #: The owning team has no working hours ahead to hold for: the duty manager.
    TEAM_NEVER_AT_WORK = "team_never_at_work"
    #: The on-call team accepted this alarm and answers for it out of hours.
    ALARM_ACCEPTED = "alarm_accepted"
    #: The on-call team accepted the alarm, but no reachable volunteer stands the shift.
    NO_VOLUNTEER = "no_volunteer"
    #: A named person turned a held incident into a page, with a reason.
    BREAK_GLASS = "break_glass"
    #: The alarm was accepted, and its review is overdue.
    ALARM_OVERDUE = "alarm_overdue"
    #: The alarm has not been accepted by the on-call team.
    ALARM_NOT_ACCEPTED = "alarm_not_accepted"
    #: The event matches no alarm anybody has written down.
    ALARM_UNREGISTERED = "alarm_unregistered"
    #: The alarm, or the event itself, says it is less than critical.
    BELOW_CRITICAL = "below_critical"


class StepRole(Enum):
    """In which capacity a person is asked."""

    #: Stands the team's own rota.
    ROTA = "rota"
    #: Belongs to the owning team.
    TEAM = "team"
    #: Is named in the team's policy.
    PERSON = "person"
    #: Stands the volunteers' shift.
    VOLUNTEER = "volunteer"
    #: Stands, or belongs to, the managers' rota.
    MANAGER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Whom to ask at once, each in their capacity, and how long to wait for one of them."""

    people: tuple[tuple[PersonId, StepRole], ...]
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where an incident goes at an instant.

    `steps` holds reachable people only and no empty step; its last step repeats until somebody
    answers. Empty steps on side TEAM or VOLUNTEERS mean that nobody at all can be reached.
    """

    side: Side
    reason: Reason
    steps: tuple[Step, ...] = ()
    #: When to look again because hours, mute, maintenance or an acceptance end; None for never.
    until: datetime | None = None
    facts: Facts = ()

    @property
    def is_waiting(self) -> bool:
        """True if nobody is asked: it is held, or nobody's."""
        return self.side in (Side.HOLD, Side.NOBODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What of an incident matters to routing."""

    service_id: ServiceId
    #: The key of the alarm it is of, "" if it is of none.
    alarm: str
    #: The worst severity among its firing alerts.
    severity: Severity
    #: Who broke the glass, if anybody did.
    glass_by: PersonId | None = None
    #: Who already has it and asked for help: they are not called again.
    asking: PersonId | None = None


def route(company: Company, subject: Subject, *, at: datetime) -> Route:
    """Return who is asked about `subject` at `at`, in which order, and why.

    Cost: a few microseconds; nothing is searched but the company's lookups.
    """
    service = company.services[subject.service_id]
    team = company.teams[service.team_id]
    alarm = company.alarms.get((service.id, subject.alarm))
    facts = _facts(company, team, service, alarm, subject, at)
    quiet = None if subject.glass_by else _quiet(service, alarm, at, facts)
    if quiet is not None:
        return quiet
    opening = hours.next_boundary(team.hours, at)
    if hours.is_open(team.hours, at):
        return _in_hours(company, team, subject, at, opening, facts)
    return _out_of_hours(company, alarm, subject, at, opening, facts)


def _quiet(service: Service, alarm: Alarm | None, at: datetime, facts: Facts) -> Route | None:
    """Rule 1: muted or in maintenance, so nobody until that ends (broken glass is louder)."""
    if service.is_in_maintenance(at):
        until, reason = service.maintenance_until, Reason.IN_MAINTENANCE
    elif alarm is not None and alarm.is_muted(at):
        until, reason = alarm.muted_until, Reason.ALARM_MUTED
    else:
        return None
    return Route(side=Side.NOBODY, reason=reason, until=until, facts=facts)


def _in_hours(
    company: Company,
    team: Team,
    subject: Subject,
    at: datetime,
    until: datetime | None,
    facts: Facts,
) -> Route:
    """Rule 2: the team's own policy, then the duty manager; never the volunteers (RO5)."""
    own = [_policy_step(company, team, step, at) for step in team.policy]
    steps = _steps(company, [*own, *_managers(company, at)], at, without=subject.asking)
    reached = any(role is not StepRole.MANAGER for step in steps for _, role in step.people)
    reason = Reason.TEAM_AT_WORK if reached else Reason.TEAM_UNREACHABLE
    return Route(side=Side.TEAM, reason=reason, steps=steps, until=until, facts=facts)


def _out_of_hours(
    company: Company,
    alarm: Alarm | None,
    subject: Subject,
    at: datetime,
    until: datetime | None,
    facts: Facts,
) -> Route:
    """Rules 3 to 5: the volunteer for what may wake them, else a hold until the next opening.

    An acceptance that runs out during the night is a boundary, too: from then on it is held.
    """
    why_not = None if subject.glass_by else why_held(alarm, subject.severity, at)
    if why_not is not None and until is None:
        steps = _steps(company, _managers(company, at), at, without=subject.asking)
        return Route(side=Side.TEAM, reason=Reason.TEAM_NEVER_AT_WORK, steps=steps, facts=facts)
    if why_not is not None:
        return Route(side=Side.HOLD, reason=why_not, until=until, facts=facts)
    volunteer = company.volunteer(at)
    first = Step(
        people=((volunteer, StepRole.VOLUNTEER),) if volunteer else (), wait=company.waits.volunteer
    )
    steps = _steps(company, [first, *_managers(company, at, first)], at, without=subject.asking)
    reason = Reason.BREAK_GLASS if subject.glass_by else Reason.ALARM_ACCEPTED
    if volunteer is None or not _is_reachable(company, volunteer, at):
        reason = Reason.NO_VOLUNTEER
    ends = until if subject.glass_by else _soonest(until, alarm.lapses_at if alarm else None)
    return Route(side=Side.VOLUNTEERS, reason=reason, steps=steps, until=ends, facts=facts)


def _soonest(*times: datetime | None) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


def why_held(alarm: Alarm | None, severity: Severity, at: datetime) -> Reason | None:
    """Return why the alarm may not wake a volunteer, or None if it may (NO4, RO2).

    The alarm's own definition decides. An event that calls itself a warning or less wakes nobody
    either; `error` is what sources send that were not told what to say, so it does not hold.
    """
    if alarm is None:
        return Reason.ALARM_UNREGISTERED
    if alarm.severity is not Severity.CRITICAL:
        return Reason.BELOW_CRITICAL
    if not alarm.may_wake(at):
        overdue = alarm.is_in_force and alarm.has_lapsed(at)
        return Reason.ALARM_OVERDUE if overdue else Reason.ALARM_NOT_ACCEPTED
    if severity in (Severity.WARNING, Severity.INFO):
        return Reason.BELOW_CRITICAL
    return None


def _policy_step(company: Company, team: Team, step: PolicyStep, at: datetime) -> Step:
    """Return a step of the team's in-hours policy with the people it means at `at`."""
    people: tuple[tuple[PersonId, StepRole], ...]
    if step.target is PolicyTarget.ROTA:
        person = company.on_rota(team.id, at)
        people = ((person, StepRole.ROTA),) if person else ()
    elif step.target is PolicyTarget.TEAM:
        people = tuple((p, StepRole.TEAM) for p in team.members)
    else:
        people = ((step.person_id, StepRole.PERSON),) if step.person_id in team.members else ()
    return Step(people=people, wait=step.wait)


def _managers(company: Company, at: datetime, first: Step | None = None) -> list[Step]:
    """Return the duty manager, then `first` again with every manager of the rota (ES1)."""
    manager = company.duty_manager(at)
    wait = company.waits.manager
    duty = Step(people=((manager, StepRole.MANAGER),) if manager else (), wait=wait)
    rota = company.managers.members if company.managers else ()
    everyone = tuple((p, StepRole.MANAGER) for p in rota if p != manager)
    again = first.people if first else ()
    return [duty, Step(people=(*again, *duty.people, *everyone), wait=wait)]


def _steps(
    company: Company, steps: list[Step], at: datetime, *, without: PersonId | None
) -> tuple[Step, ...]:
    """Keep people who can be reached, each once a step, and drop the steps left empty."""
    kept = []
    for step in steps:
        people: dict[PersonId, StepRole] = {}
        for person, role in step.people:
            if person != without and _is_reachable(company, person, at):
                people.setdefault(person, role)
        if people:
            kept.append(Step(people=tuple(people.items()), wait=step.wait))
    return tuple(kept)


def _is_reachable(company: Company, person_id: PersonId, at: datetime) -> bool:
    """True if a page can get to the person: not disabled, with a method, and not away."""
    person = company.people.get(person_id)
    return person is not None and person.is_reachable and not company.is_away(person_id, at)


def _facts(
    company: Company,
    team: Team,
    service: Service,
    alarm: Alarm | None,
    subject: Subject,
    at: datetime,
) -> Facts:
    """Return what the decision was made from, for the record and for *why me*."""
    local = at.astimezone(ZoneInfo(team.hours.zone))
    return (
        ("service", service.name),
        ("team", team.name),
        ("team_zone", team.hours.zone),
        ("team_local_time", f"{local:%a %H:%M}"),
        ("alarm", subject.alarm),
        ("alarm_state", alarm.standing(at) if alarm else "unregistered"),
        ("severity", subject.severity.value),
        ("version", str(company.version)),
    )
