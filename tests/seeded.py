"""Writes a `Company` value into a database, so that builders seed stories as well as rules."""

from __future__ import annotations

from datetime import UTC, date, datetime

from psycopg.types.range import TimestamptzRange

from tests import builders
from watchbill.actions.events import hash_key
from watchbill.core import hours, rotas
from watchbill.core.company import Company
from watchbill.core.definitions import Definition
from watchbill.core.people import Team
from watchbill.store import alarms as alarms_store
from watchbill.store.database import Tx, as_json

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


def key_of(integration_id: str) -> str:
    """Return the routing key a seeded integration has."""
    return f"key-of-{integration_id}".ljust(32, "0")


def write(tx: Tx, company: Company) -> None:
    """Store the company's people, teams, rotas, shifts, services, alarms and integrations."""
    tx.execute(
        "update organization set name = %s, volunteer_wait_s = %s, manager_wait_s = %s",
        [
            company.name,
            int(company.waits.volunteer.total_seconds()),
            int(company.waits.manager.total_seconds()),
        ],
    )
    for office in company.offices.values():
        tx.execute(
            "insert into offices (id, slug, name, zone, week) values (%s, %s, %s, %s, %s)",
            [office.id, office.slug, office.name, office.hours.zone, _week(office.hours)],
        )
        for day in office.hours.closed_on:
            tx.execute(
                "insert into closing_days (office_id, day) values (%s, %s)", [office.id, day]
            )
    for team in company.teams.values():
        _team(tx, team)
    _people(tx, company)
    _rotas(tx, company)
    _shifts(tx, company)
    _services(tx, company)
    # These stories are about pages; what the watch is told by the clock has stories of its own.
    tx.execute("delete from watch_looks")


def _week(working: hours.WorkingHours) -> str:
    return as_json(
        [
            {"weekday": s.weekday, "start": f"{s.start:%H:%M}", "end": f"{s.end:%H:%M}"}
            for s in working.spans
        ]
    )


def _team(tx: Tx, team: Team) -> None:
    policy = [
        {
            "target": step.target.value,
            "wait_s": int(step.wait.total_seconds()),
            "person_id": step.person_id,
        }
        for step in team.policy
    ]
    tx.execute(
        "insert into teams (id, slug, name, office_id, zone, week, policy)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [
            team.id, team.slug, team.name, team.office_id, team.hours.zone, _week(team.hours),
            as_json(policy),
        ],
    )  # fmt: skip


def _people(tx: Tx, company: Company) -> None:
    for person in company.people.values():
        team_id = person.team_id if person.team_id in company.teams else None
        tx.execute(
            "insert into people (id, name, email, role, team_id, office_id, zone, is_admin)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                person.id, person.name, person.email, person.role.value, team_id,
                person.office_id, person.zone, person.is_admin,
            ],
        )  # fmt: skip
        for method in person.methods:
            tx.execute(
                "insert into contact_methods (id, person_id, channel, address, created_at,"
                " verified_at) values (%s, %s, %s, %s, %s, %s)",
                [method.id, person.id, method.channel, method.address, LONG_AGO, LONG_AGO],
            )
        for n, rule in enumerate(person.rules):
            tx.execute(
                "insert into contact_rules (id, person_id, method_id, after_s)"
                " values (%s, %s, %s, %s)",
                [f"cr_{person.id}_{n}", person.id, rule.method_id, rule.after.total_seconds()],
            )


def _rotas(tx: Tx, company: Company) -> None:
    kinds = [("team", team_id, rota) for team_id, rota in company.team_rotas.items()]
    if company.managers is not None:
        kinds.append(("managers", None, company.managers))  # type: ignore[arg-type]
    for kind, team_id, rota in kinds:
        tx.execute(
            "insert into rotas (id, kind, team_id, name, zone, turn, turn_length, starts_on,"
            " handoff_weekday, handoff_time) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                rota.id, kind, team_id, rota.id, rota.zone, rota.turn.value,
                min(rota.turn_length, 52), _starts_on(rota), rota.handoff_weekday,
                rota.handoff_time,
            ],
        )  # fmt: skip
        for position, person_id in enumerate(rota.members):
            if person_id in company.people:
                tx.execute(
                    "insert into rota_members values (%s, %s, %s, %s, %s)",
                    [rota.id, kind, position, person_id, company.people[person_id].role.value],
                )
    for n, absence in enumerate(company.absences):
        tx.execute(
            "insert into absences values (%s, %s, %s, %s)",
            [f"abs_{n}", absence.person_id, absence.start, absence.end],
        )


def _starts_on(rota: rotas.Rota) -> date:
    """Builders let the first member stand for ever; stored rotas turn after a year at most."""
    return rota.starts_on if rota.turn_length <= 52 else date(2026, 1, 5)


def _shifts(tx: Tx, company: Company) -> None:
    term = TimestamptzRange(LONG_AGO, datetime(2041, 1, 1, tzinfo=UTC))
    for person_id in {shift.person_id for shift in company.shifts}:
        tx.execute(
            "insert into terms values (%s, %s, %s, %s, %s)",
            [f"term_{person_id}", person_id, term, person_id, LONG_AGO],
        )
    for n, shift in enumerate(company.shifts):
        tx.execute(
            "insert into shifts values (%s, %s, %s, %s, %s, %s)",
            [
                f"sh_{n}", f"term_{shift.person_id}", shift.person_id, term,
                TimestamptzRange(shift.start, shift.end), shift.is_shadow,
            ],
        )  # fmt: skip


def _services(tx: Tx, company: Company) -> None:
    for service in company.services.values():
        tx.execute(
            "insert into services (id, slug, name, team_id, grouping, grouping_fields,"
            " ack_timeout_s, close_after_s, maintenance_from, maintenance_until)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                service.id, service.slug, service.name, service.team_id, service.grouping.value,
                list(service.grouping_fields),
                service.ack_timeout and service.ack_timeout.total_seconds(),
                service.close_after and service.close_after.total_seconds(),
                service.maintenance_from, service.maintenance_until,
            ],
        )  # fmt: skip
    reviewer = next(iter(company.people), None)
    for alarm in company.alarms.values():
        accepted = alarm.is_in_force
        tx.execute(
            "insert into alarms (id, service_id, key, state, version, created_at, state_at, muted_until,"
            " lapses_at) values (%s, %s, %s, %s, 1, %s, %s, %s, %s)",
            [
                alarm.id, alarm.service_id, alarm.key, "proposed" if accepted else alarm.state.value,
                LONG_AGO, LONG_AGO, alarm.muted_until, alarm.lapses_at,
            ],
        )  # fmt: skip
        definition = Definition(
            key=alarm.key,
            service=company.services[alarm.service_id].slug,
            title=alarm.title,
            severity=alarm.severity,
            match=alarm.match,
            runbook="Turn it off and on again." if alarm.has_runbook else "",
        )
        accepting = {"accepted_by": reviewer, "accepted_at": LONG_AGO} if accepted else {}
        written = {"managed_by": "hand", "actor": "system", "created_at": LONG_AGO}
        alarms_store.add_version(tx, alarm.id, 1, definition, written | accepting)
        if accepted:
            tx.execute(
                "update alarms set state = 'accepted', in_force = 1 where id = %s", [alarm.id]
            )
    for integration in company.integrations.values():
        tx.execute(
            "insert into integrations (id, service_id, source, name, key_hash, key_hint,"
            " close_after_s, created_at) values (%s, %s, %s, %s, %s, 'test', %s, %s)",
            [
                integration.id, integration.service_id, integration.source, integration.name,
                hash_key(key_of(integration.id)),
                integration.close_after and integration.close_after.total_seconds(), LONG_AGO,
            ],
        )  # fmt: skip
    for hook in company.webhooks:
        tx.execute(
            "insert into webhooks (id, name, url, secret, team_id, created_at)"
            " values (%s, %s, 'http://127.0.0.1:9/', 's', %s, %s)",
            [hook.id, hook.id, hook.team_id, LONG_AGO],
        )


__all__ = ["builders", "key_of", "write"]
