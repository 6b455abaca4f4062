"""The company: everything decisions read, loaded in one go at one version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any

from watchbill.core import hours, rotas
from watchbill.core.company import Company, Integration, Waits, Webhook
from watchbill.core.hours import WorkingHours
from watchbill.core.people import (
    ContactMethod,
    ContactRule,
    Grouping,
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
from watchbill.store.company_alarms import Known
from watchbill.store.database import Tx

_VERSION = "select version from organization"
_OURS = "select coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false) from organization"
_ORGANIZATION = """
select name, volunteer_wait_s, manager_wait_s, pages_a_month, people_at_once
from organization
"""
_OFFICES = "select id, slug, name, zone, country, region, week from offices"
_CLOSING = "select office_id, day from closing_days"
_TEAMS = "select id, slug, name, office_id, zone, week, policy from teams"
_PEOPLE = """
select p.id, p.name, p.email, p.role, p.team_id, p.office_id, coalesce(p.zone, o.zone, 'UTC'),
       p.skills, p.helps, p.is_admin
from people p left join offices o on o.id = p.office_id where p.disabled_at is null
"""
_METHODS = """
select id, person_id, channel, address from contact_methods
where verified_at is not null order by created_at, id
"""
_RULES = "select person_id, method_id, after_s from contact_rules order by after_s, id"
_ABSENCES = "select person_id, starts_at, ends_at from absences"
_SHIFTS = """
select person_id, lower(during), upper(during), shadow from shifts order by lower(during), id
"""
_ROTAS = """
select id, kind, team_id, zone, turn, turn_length, starts_on, handoff_weekday, handoff_time
from rotas
"""
_MEMBERS = "select rota_id, person_id from rota_members order by rota_id, position"
_OVERRIDES = """
select rota_id, person_id, starts_at, ends_at from rota_overrides order by created_at, id
"""
_SERVICES = """
select id, slug, name, team_id, grouping, grouping_fields, grouping_window_s, ack_timeout_s,
       close_after_s, maintenance_from, maintenance_until
from services
"""
_INTEGRATIONS = """
select id, service_id, source, name, close_after_s from integrations where disabled_at is null
"""
_WEBHOOKS = "select id, team_id from webhooks where disabled_at is null order by id"

#: Public holidays are known from and to these years.
_YEARS = range(2019, 2041)


def version(tx: Tx) -> int:
    """Return the number that grows with every change of the company."""
    row = tx.execute(_VERSION).fetchone()
    return row[0] if row else 0


def is_changed_by(tx: Tx) -> bool:
    """True if this very transaction has changed the company."""
    row = tx.execute(_OURS).fetchone()
    return row is not None and bool(row[0])


def load(tx: Tx, *, number: int, alarms: Known) -> Company:
    """Return the whole company, with its alarms as `company_alarms` has them.

    `number` is its version as read before anything else: what changed meanwhile is read again.
    """
    organization = tx.execute(_ORGANIZATION).fetchone()
    if organization is None:
        return Company()
    name, volunteer_s, manager_s, pages_a_month, people_at_once = organization
    calendars = {row[0]: (row[3], row[6], _closed_on(tx, row)) for row in tx.execute(_OFFICES)}
    team_rotas, managers = _rotas(tx)
    people = _people(tx)
    return Company(
        version=number,
        name=name,
        people=people,
        offices=_offices(tx, calendars),
        teams=_teams(tx, calendars, people),
        services={row[0]: _to_service(row) for row in tx.execute(_SERVICES)},
        integrations={row[0]: _to_integration(row) for row in tx.execute(_INTEGRATIONS)},
        alarms=alarms.alarms,
        index=alarms.index,
        team_rotas=team_rotas,
        managers=managers,
        absences=tuple(
            rotas.Absence(person_id=row[0], start=row[1], end=row[2])
            for row in tx.execute(_ABSENCES)
        ),
        shifts=tuple(
            rotas.Shift(person_id=row[0], start=row[1], end=row[2], is_shadow=row[3])
            for row in tx.execute(_SHIFTS)
        ),
        webhooks=tuple(Webhook(id=row[0], team_id=row[1]) for row in tx.execute(_WEBHOOKS)),
        waits=Waits(volunteer=timedelta(seconds=volunteer_s), manager=timedelta(seconds=manager_s)),
        pages_a_month=pages_a_month,
        people_at_once=people_at_once,
    )


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str) -> dict[date, str]:
    """Return the public holidays of a country and region by date, with their names.

    Empty for an office without a country. Source: the `holidays` package, which is imported only
    here because it takes a third of a second.
    """
    if not country:
        return {}
    import holidays

    found = holidays.country_holidays(country, subdiv=region or None, years=_YEARS)
    return {day: str(name) for day, name in found.items()}


def spans(week: Iterable[dict[str, Any]]) -> tuple[hours.Span, ...]:
    """Return a stored week as spans.

    >>> spans([{"weekday": 0, "start": "09:00", "end": "17:30"}])[0].end
    datetime.time(17, 30)
    """
    return tuple(
        hours.Span(
            weekday=span["weekday"],
            start=time.fromisoformat(span["start"]),
            end=time.fromisoformat(span["end"]),
        )
        for span in week
    )


def _closed_on(tx: Tx, office: tuple[Any, ...]) -> frozenset[date]:
    own = {day for office_id, day in tx.execute(_CLOSING) if office_id == office[0]}
    return frozenset(own | set(public_holidays(office[4], office[5])))


def _offices(
    tx: Tx, calendars: dict[str, tuple[str, list[Any], frozenset[date]]]
) -> dict[OfficeId, Office]:
    return {
        row[0]: Office(
            id=row[0], slug=row[1], name=row[2], hours=_hours(None, None, calendars[row[0]])
        )
        for row in tx.execute(_OFFICES)
    }


def _hours(
    zone: str | None,
    week: list[Any] | None,
    office: tuple[str, list[Any], frozenset[date]],
) -> WorkingHours:
    """Return a calendar: a team's own zone and week where it has them, its office's holidays."""
    return WorkingHours(
        zone=zone or office[0],
        spans=spans(office[1] if week is None else week),
        closed_on=office[2],
    )


def _teams(
    tx: Tx,
    calendars: dict[str, tuple[str, list[Any], frozenset[date]]],
    people: dict[PersonId, Person],
) -> dict[TeamId, Team]:
    members: defaultdict[TeamId | None, list[PersonId]] = defaultdict(list)
    for person in people.values():
        members[person.team_id].append(person.id)
    return {
        row[0]: Team(
            id=row[0],
            slug=row[1],
            name=row[2],
            office_id=row[3],
            hours=_hours(row[4], row[5], calendars[row[3]]),
            policy=tuple(_to_step(step) for step in row[6]),
            members=tuple(members[row[0]]),
        )
        for row in tx.execute(_TEAMS)
    }


def _to_step(step: dict[str, Any]) -> PolicyStep:
    return PolicyStep(
        target=PolicyTarget(step["target"]),
        wait=timedelta(seconds=step["wait_s"]),
        person_id=step.get("person_id"),
    )


def _people(tx: Tx) -> dict[PersonId, Person]:
    methods: defaultdict[str, list[ContactMethod]] = defaultdict(list)
    for method_id, person_id, channel, address in tx.execute(_METHODS):
        methods[person_id].append(ContactMethod(id=method_id, channel=channel, address=address))
    rules: defaultdict[str, list[ContactRule]] = defaultdict(list)
    for person_id, method_id, after_s in tx.execute(_RULES):
        rules[person_id].append(ContactRule(method_id=method_id, after=timedelta(seconds=after_s)))
    return {
        row[0]: Person(
            id=row[0],
            name=row[1],
            email=row[2],
            role=PersonRole(row[3]),
            team_id=row[4],
            office_id=row[5],
            zone=row[6],
            skills=row[7],
            helps=row[8],
            is_admin=row[9],
            methods=tuple(methods[row[0]]),
            rules=tuple(rules[row[0]]),
        )
        for row in tx.execute(_PEOPLE)
    }


def _rotas(tx: Tx) -> tuple[dict[TeamId, rotas.Rota], rotas.Rota | None]:
    members: defaultdict[str, list[PersonId]] = defaultdict(list)
    for rota_id, person_id in tx.execute(_MEMBERS):
        members[rota_id].append(person_id)
    overrides: defaultdict[str, list[rotas.Override]] = defaultdict(list)
    for rota_id, person_id, start, end in tx.execute(_OVERRIDES):
        overrides[rota_id].append(rotas.Override(person_id=person_id, start=start, end=end))
    teams: dict[TeamId, rotas.Rota] = {}
    managers = None
    for row in tx.execute(_ROTAS):
        rota = rotas.Rota(
            id=row[0],
            zone=row[3],
            turn=rotas.Turn(row[4]),
            turn_length=row[5],
            starts_on=row[6],
            handoff_weekday=row[7],
            handoff_time=row[8],
            members=tuple(members[row[0]]),
            overrides=tuple(overrides[row[0]]),
        )
        if row[1] == "managers":
            managers = rota
        else:
            teams[row[2]] = rota
    return teams, managers


def _to_service(row: tuple[Any, ...]) -> Service:
    return Service(
        id=ServiceId(row[0]),
        slug=row[1],
        name=row[2],
        team_id=TeamId(row[3]),
        grouping=Grouping(row[4]),
        grouping_fields=tuple(row[5]),
        grouping_window=timedelta(seconds=row[6]),
        ack_timeout=_seconds(row[7]),
        close_after=_seconds(row[8]),
        maintenance_from=row[9],
        maintenance_until=row[10],
    )


def _to_integration(row: tuple[Any, ...]) -> Integration:
    return Integration(
        id=row[0], service_id=row[1], source=row[2], name=row[3], close_after=_seconds(row[4])
    )


def _seconds(value: int | None) -> timedelta | None:
    return timedelta(seconds=value) if value is not None else None
