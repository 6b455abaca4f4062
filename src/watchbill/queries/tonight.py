"""Tonight: who answers now and why, what is open and held, and the figures that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from watchbill.core import rotas
from watchbill.core.company import Company
from watchbill.core.people import PersonId
from watchbill.queries import incidents, lines, oncall
from watchbill.queries.incidents import Board, IncidentRow
from watchbill.queries.lines import HealthLine
from watchbill.queries.oncall import OnCallRow
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person who stands a shift or the managers' rota now."""

    person_id: str
    name: str
    office: str
    zone: str
    #: When their turn ends, as far as is planned.
    until_at: datetime
    #: Who stands next, or "".
    next_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeNow:
    """An office by its clock, with its teams."""

    office_id: str
    name: str
    zone: str
    #: Closed the whole local day: a holiday or a closing day.
    is_closed_today: bool
    teams: tuple[OnCallRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonight:
    """The first screen."""

    at: datetime
    volunteer: Standing | None
    manager: Standing | None
    offices: tuple[OfficeNow, ...]
    #: At most 20 each, as on the board, and how many there are in all.
    open: tuple[IncidentRow, ...]
    open_count: int
    held: tuple[IncidentRow, ...]
    held_count: int
    #: People who can be woken at this instant: ids and names (ME2, NO8).
    on_call: tuple[tuple[str, str], ...]
    on_call_limit: int
    #: Out-of-hours pages since `month_at` against the target.
    pages_count: int
    pages_target: int
    month_at: datetime
    health: tuple[HealthLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is read for the first screen beside the company itself."""

    board: Board
    pages_count: int
    health: tuple[HealthLine, ...]


_PAGES = "select count(*) from pages where out_of_hours and started_at >= %s and started_at <= %s"


def figures(
    tx: Tx, company: Company, *, now: datetime, month_at: datetime, person_id: str = "", limit: int
) -> Figures:
    """Return what is open and held, at most `limit` each, and the figures at `now`."""
    counted = tx.execute(_PAGES, [month_at, now]).fetchone()
    return Figures(
        board=incidents.board(tx, person_id, limit=limit),
        pages_count=counted[0] if counted else 0,
        health=lines.health(tx, company, now=now, month_at=month_at),
    )


def tonight(tx: Tx, company: Company, *, now: datetime) -> Tonight:
    """Return the first screen at `now`."""
    teams = oncall.on_call(company, at=now)
    month_at = month_start(company, now)
    found = figures(tx, company, now=now, month_at=month_at, limit=20)
    return Tonight(
        at=now,
        volunteer=volunteer(company, now),
        manager=manager(company, now),
        offices=_offices(company, teams, now),
        open=found.board.open,
        open_count=found.board.open_count,
        held=found.board.held,
        held_count=found.board.held_count,
        on_call=_awakeable(company, teams, now),
        on_call_limit=company.people_at_once,
        pages_count=found.pages_count,
        pages_target=company.pages_a_month,
        month_at=month_at,
        health=found.health,
    )


def month_start(company: Company, now: datetime) -> datetime:
    """Return when this calendar month began: by the only office's clock, else by UTC."""
    zones = {office.hours.zone for office in company.offices.values()}
    zone = ZoneInfo(zones.pop()) if len(zones) == 1 else UTC
    local = now.astimezone(zone)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def volunteer(company: Company, now: datetime) -> Standing | None:
    """Return the volunteer who stands the shift, until when, and who stands next."""
    person_id = company.volunteer(now)
    if person_id is None:
        return None
    carried = [shift for shift in company.shifts if not shift.is_shadow and shift.end > now]
    until, following = carried[0].end, ""
    for shift in carried[1:]:
        if shift.start == until and shift.person_id == person_id:
            until = shift.end
        else:
            following = _name(company, shift.person_id)
            break
    return _standing(company, person_id, until, following)


def manager(company: Company, now: datetime) -> Standing | None:
    """Return the duty manager, until when, and who stands next."""
    if company.managers is None or (person_id := company.duty_manager(now)) is None:
        return None
    ahead = rotas.stretches(
        company.managers, company.absences, start=now, end=now + lines.AHEAD * 2
    )
    following = next((s for s in ahead if s.person_id != person_id), None)
    until = following.start if following else ahead[-1].end
    name = _name(company, following.person_id) if following and following.person_id else ""
    return _standing(company, person_id, until, name)


def _standing(
    company: Company, person_id: PersonId, until: datetime, following: str
) -> Standing | None:
    person = company.people.get(person_id)
    if person is None:
        return None
    office = company.offices.get(person.office_id) if person.office_id else None
    return Standing(
        person_id=person.id,
        name=person.name,
        office=office.name if office else "",
        zone=person.zone,
        until_at=until,
        next_name=following,
    )


def _name(company: Company, person_id: PersonId) -> str:
    person = company.people.get(person_id)
    return person.name if person else ""


def _offices(company: Company, teams: Sequence[OnCallRow], now: datetime) -> tuple[OfficeNow, ...]:
    of_team = {team.id: team.office_id for team in company.teams.values()}
    return tuple(
        OfficeNow(
            office_id=office.id,
            name=office.name,
            zone=office.hours.zone,
            is_closed_today=now.astimezone(ZoneInfo(office.hours.zone)).date()
            in office.hours.closed_on,
            teams=tuple(row for row in teams if of_team.get(row.team_id) == office.id),  # type: ignore[call-overload]
        )
        for office in sorted(company.offices.values(), key=lambda office: office.name)
    )


def _awakeable(
    company: Company, teams: Sequence[OnCallRow], now: datetime
) -> tuple[tuple[str, str], ...]:
    """Return who would be woken first for any team that is not at work, and the duty manager."""
    found = {
        called.person_id: called.name
        for row in teams
        if not row.is_working and row.steps
        for called in row.steps[0].people
    }
    duty = company.duty_manager(now)
    if duty is not None and duty in company.people:
        found[duty] = company.people[duty].name
    return tuple(sorted(found.items(), key=lambda pair: pair[1]))
