"""Teams: their hours, rota, policy, people, services and alarms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from starlette.responses import Response

from watchbill.core import hours, rotas
from watchbill.core.alarms import AlarmState
from watchbill.core.company import Company
from watchbill.core.hours import Span
from watchbill.core.people import (
    PersonRole,
    PolicyStep,
    PolicyTarget,
    Service,
    ServiceId,
    Team,
    TeamId,
)
from watchbill.errors import NotFound
from watchbill.queries import companies, fired, oncall
from watchbill.queries.oncall import OnCallRow
from watchbill.web.ui import pages, rows, standing, teams
from watchbill.web.ui.visits import Visit

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_MINUTES = 24 * 60
#: How far ahead the rota and the holidays are shown, and how many of each.
_ROTA_AHEAD, _ROTA_ROWS = timedelta(weeks=6), 8
_FIRED_LATELY, _FIRED_ROWS = timedelta(days=7), 20
_CLOSED_AHEAD, _CLOSED_ROWS = timedelta(days=180), 8


class NoSuchTeam(NotFound):
    """There is no such team."""


def show_teams(visit: Visit) -> Response:
    """Show every team with who answers for it now."""
    company = visit.company
    found = (
        teams.TeamRow(
            id=row.team_id,
            name=row.team,
            office_name=company.offices[company.teams[TeamId(row.team_id)].office_id].name,
            zone=row.zone,
            is_working=row.is_working,
            changes_at=row.changes_at,
            answers_name=standing.answers_of(row).name,
            people_count=len(company.teams[TeamId(row.team_id)].members),
            services_count=sum(s.team_id == row.team_id for s in company.services.values()),
        )
        for row in oncall.on_call(company, at=visit.now)
    )
    return pages.render(visit.request, pages.TEAMS, teams.TeamList(rows=tuple(found)))


def show_team(visit: Visit) -> Response:
    """Show one team."""
    company = visit.company
    team = company.teams.get(TeamId(visit.part("id")))
    if team is None:
        raise NoSuchTeam
    now = oncall.on_call(company, at=visit.now, team_id=team.id)[0]
    local = visit.now.astimezone(hours.known_zone(team.hours.zone))
    context = teams.Team(
        id=team.id,
        name=team.name,
        office_name=company.offices[team.office_id].name,
        zone=team.hours.zone,
        is_working=now.is_working,
        changes_at=now.changes_at,
        answers=standing.in_words(standing.answers_of(now)),
        week=week(team.hours.spans),
        weekday=local.weekday(),
        minute=local.hour * 60 + local.minute,
        closed_days=_closed(visit, team, local),
        rota=_rota(company, team, now, visit.now),
        steps=_steps(company, team),
        people=_people(company, team, visit.now),
        services=tuple(_services(company, team, visit.now)),
        unregistered=_unregistered(visit, team),
    )
    return pages.render(visit.request, pages.TEAM, context)


def week(spans: Iterable[Span]) -> tuple[teams.DayHours, ...]:
    """Return a working week as it is drawn; a night stands in both its days."""
    found: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    for span in spans:
        start, end = _minute(span.start), _minute(span.end)
        if start < end:
            found[span.weekday].append((start, end))
        else:
            found[span.weekday].append((start, _DAY_MINUTES))
            found[(span.weekday + 1) % 7].append((0, end))
    return tuple(
        teams.DayHours(label=label, periods=(merged := _merged(day)), text=_in_words(merged))
        for label, day in zip(_DAYS, found, strict=True)
    )


def _merged(periods: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return a day's periods in order, those that touch as one."""
    done: list[tuple[int, int]] = []
    for start, end in sorted(period for period in periods if period[0] < period[1]):
        if done and start <= done[-1][1]:
            done[-1] = (done[-1][0], max(done[-1][1], end))
        else:
            done.append((start, end))
    return tuple(done)


def _in_words(periods: Iterable[tuple[int, int]]) -> str:
    texts = [f"{s // 60:02}:{s % 60:02}–{e // 60:02}:{e % 60:02}" for s, e in periods]
    return ", ".join(texts) or "closed"


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _closed(visit: Visit, team: Team, local: datetime) -> tuple[teams.ClosedDay, ...]:
    first = local.date()
    with visit.site.shell.db.transaction() as tx:
        found = companies.closed_days(tx, first, first + _CLOSED_AHEAD).get(team.office_id, {})
    days = list(found.items())[:_CLOSED_ROWS]
    return tuple(teams.ClosedDay(on=day, name=name) for day, name in days)


def _rota(company: Company, team: Team, row: OnCallRow, now: datetime) -> tuple[teams.RotaRow, ...]:
    rota = company.team_rotas.get(team.id)
    if rota is None:
        return ()
    # A wider window than what is shown, so that no shown turn is cut at its edge.
    start, end = now - _ROTA_AHEAD, now + 2 * _ROTA_AHEAD
    wide = rotas.stretches(rota, company.absences, start=start, end=end)
    ahead = [turn for turn in wide if now < turn.end and turn.start < now + _ROTA_AHEAD]
    opens_at = None if row.is_working else row.changes_at
    return tuple(
        teams.RotaRow(
            person_name=rows.name_of(company, stretch.person_id) or "nobody",
            start_at=stretch.start if stretch.start > start else None,
            end_at=stretch.end if stretch.end < end else None,
            is_now=row.is_working and stretch.start <= now,
            is_next=opens_at is not None and stretch.start <= opens_at < stretch.end,
            instead_of="the rota's own order" if stretch.is_override else "",
        )
        for stretch in ahead[:_ROTA_ROWS]
    )


def _steps(company: Company, team: Team) -> tuple[teams.StepRow, ...]:
    own = (teams.StepRow(target=_target(company, step), wait=step.wait) for step in team.policy)
    waits = company.waits
    return (
        *own,
        teams.StepRow(target="the duty manager", wait=waits.manager),
        teams.StepRow(target="every manager, again and again", wait=waits.manager),
    )  # fmt: skip


def _target(company: Company, step: PolicyStep) -> str:
    if step.target is PolicyTarget.ROTA:
        return "whoever stands the rota"
    if step.target is PolicyTarget.TEAM:
        return "the whole team"
    return rows.name_of(company, step.person_id) or "somebody who has left"


def _people(company: Company, team: Team, now: datetime) -> tuple[teams.PersonRow, ...]:
    volunteers = {shift.person_id for shift in company.shifts if shift.end > now}
    members = sorted((company.people[p] for p in team.members), key=lambda person: person.name)
    return tuple(
        teams.PersonRow(
            name=person.name,
            role=("manager" if person.role is PersonRole.MANAGER else "engineer")
            + (", volunteer" if person.id in volunteers else ""),
        )
        for person in members
    )


def _services(company: Company, team: Team, now: datetime) -> Iterable[teams.ServiceRow]:
    own = (service for service in company.services.values() if service.team_id == team.id)
    for service in sorted(own, key=lambda service: service.name):
        yield teams.ServiceRow(
            name=service.name, slug=service.slug, alarms=_alarms(company, service, now)
        )


def _unregistered(visit: Visit, team: Team) -> tuple[teams.UnregisteredRow, ...]:
    since = visit.now - _FIRED_LATELY
    with visit.site.shell.db.transaction() as tx:
        found = fired.unregistered(tx, team.id, since=since, limit=_FIRED_ROWS)
    return tuple(
        teams.UnregisteredRow(
            service_name=visit.company.services[ServiceId(row.service_id)].name,
            alarm=row.alarm,
            count=row.count,
            last_at=row.last_at,
        )
        for row in found
    )


def _alarms(company: Company, service: Service, now: datetime) -> tuple[teams.AlarmRow, ...]:
    own = (alarm for alarm in company.alarms.values() if alarm.service_id == service.id)
    in_order = sorted(own, key=lambda alarm: (not alarm.is_in_force, alarm.key))
    return tuple(
        teams.AlarmRow(
            key=alarm.key,
            title=alarm.title,
            state=alarm.state.value.replace("_", " "),  # type: ignore[arg-type]  # enum's words
            severity=alarm.severity.value,
            has_runbook=alarm.has_runbook,
            id=alarm.id,
            wakes=alarm.may_wake(now),
            is_changing=alarm.is_in_force and alarm.state is not AlarmState.ACCEPTED,
        )
        for alarm in in_order
    )
