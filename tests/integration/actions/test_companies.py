from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from tests.integration.actions import seed
from watchbill.actions import (
    absences,
    integrations,
    leaving,
    offices,
    organization,
    people,
    rotas,
    services,
    shifts,
    teams,
    terms,
    webhooks,
)
from watchbill.actions.audit import CLI, SYSTEM, OnlyAdmins, OnlyThemselves, person
from watchbill.actions.fields import BadFields
from watchbill.store import rows


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def company(seeded: seed.Seeded):
    with seeded.shell.db.transaction() as tx:
        return seeded.shell.company(tx)


def test_the_company_is_what_was_made(seeded: seed.Seeded) -> None:
    now = company(seeded)
    assert now.volunteer(seed.SATURDAY) == seeded.vera
    assert now.duty_manager(seed.SATURDAY) == seeded.mona
    assert now.on_rota(seeded.payments, seed.TUESDAY) == seeded.ann
    assert now.people[seeded.ann].is_reachable
    assert now.alarms[seeded.checkout, "card-errors"].may_wake(seed.SATURDAY)
    assert not now.alarms[seeded.checkout, "disk-full"].may_wake(seed.SATURDAY)


def test_every_write_leaves_an_audit_line_without_secrets(seeded: seed.Seeded) -> None:
    webhooks.create(seeded.shell, {"name": "w", "url": "https://example.org/x"}, by=SYSTEM)
    with seeded.shell.db.transaction() as tx:
        lines = tx.execute("select actor, action, facts::text from audit").fetchall()
        hashes = tx.execute(
            "select key_hash from integrations union select secret from webhooks "
            "union select password_hash from people where password_hash is not null"
        ).fetchall()
    actions = {line[1] for line in lines}
    assert {"office.created", "team.created", "alarm.accepted", "term.created"} <= actions
    assert not any(secret[0] in line[2] for line in lines for secret in hashes)
    assert (seeded.vera, "term.created") in {(line[0], line[1]) for line in lines}


def test_no2_nobody_conscripts_a_volunteer(seeded: seed.Seeded) -> None:
    begins = seed.TUESDAY + timedelta(days=30)
    values = {"person_id": seeded.ann, "starts_at": begins, "ends_at": begins + timedelta(days=7)}
    for by in (person(seeded.ada, is_admin=True), SYSTEM, CLI):
        with pytest.raises(OnlyThemselves):
            terms.agree(seeded.shell, values, by=by)
    with pytest.raises(shifts.NoTerm):
        shifts.plan(seeded.shell, values, by=SYSTEM)
    assert terms.agree(seeded.shell, values, by=person(seeded.ann))
    assert shifts.plan(seeded.shell, values, by=SYSTEM)


def test_no2_the_database_refuses_conscription(seeded: seed.Seeded) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), seeded.shell.db.transaction() as tx:
        tx.execute(
            "insert into terms values ('t', %s, '[2026-04-01,2026-05-01)', %s, %s)",
            [seeded.ann, seeded.ada, seed.TUESDAY],
        )
    with pytest.raises(psycopg.errors.ForeignKeyViolation), seeded.shell.db.transaction() as tx:
        tx.execute(
            "insert into shifts (id, term_id, person_id, term_during, during) "
            "select 's', id, %s, during, '[2026-03-20,2026-03-27)' from terms",
            [seeded.ann],
        )


def test_sh2_one_volunteer_carries_a_shift(seeded: seed.Seeded) -> None:
    term = {
        "person_id": seeded.ann,
        "starts_at": seed.TUESDAY,
        "ends_at": seed.TUESDAY + timedelta(days=60),
    }
    terms.agree(seeded.shell, term, by=person(seeded.ann))
    again = {**term, "ends_at": seed.TUESDAY + timedelta(days=2)}
    with pytest.raises(rows.Overlapping):
        shifts.plan(seeded.shell, again, by=SYSTEM)
    assert shifts.plan(seeded.shell, {**again, "shadow": True}, by=SYSTEM)


def test_a_withdrawn_volunteer_stands_no_later_shift(seeded: seed.Seeded) -> None:
    begins = seed.TUESDAY + timedelta(days=30)
    shifts.plan(
        seeded.shell,
        {"person_id": seeded.vera, "starts_at": begins, "ends_at": begins + timedelta(days=7)},
        by=SYSTEM,
    )
    leaving.step_down(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    assert company(seeded).volunteer(seed.SATURDAY) is None, "at any time: the duty manager has it"
    assert company(seeded).volunteer(begins) is None


def test_no3_an_engineer_never_stands_the_managers_rota(seeded: seed.Seeded) -> None:
    with pytest.raises(rotas.OnlyManagers):
        rotas.change(seeded.shell, seeded.managers_rota, {"members": [seeded.ann]}, by=SYSTEM)
    values = {
        "rota_id": seeded.managers_rota,
        "person_id": seeded.ann,
        "starts_at": seed.TUESDAY,
        "ends_at": seed.SATURDAY,
    }
    with pytest.raises(rotas.OnlyManagers):
        rotas.override(seeded.shell, values, by=SYSTEM)
    for role in ("engineer", "manager"):  # neither the truth nor a lie about the role gets in
        with (
            pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.ForeignKeyViolation)),
            seeded.shell.db.transaction() as tx,
        ):
            tx.execute(
                "insert into rota_members values (%s, 'managers', 9, %s, %s)",
                [seeded.managers_rota, seeded.ann, role],
            )


def test_a_manager_on_the_rota_cannot_stop_being_one(seeded: seed.Seeded) -> None:
    with pytest.raises(people.OnARota):
        people.change(seeded.shell, seeded.mona, {"role": "engineer"}, by=SYSTEM)


def test_ro5_only_the_teams_own_stand_its_rota(seeded: seed.Seeded) -> None:
    with pytest.raises(rotas.NotOfTheTeam):
        rotas.change(seeded.shell, seeded.team_rota, {"members": [seeded.vera]}, by=SYSTEM)
    with pytest.raises(people.OnARota):
        people.change(seeded.shell, seeded.ann, {"team_id": seeded.search}, by=SYSTEM)


def test_a_policy_asks_the_team_alone(seeded: seed.Seeded) -> None:
    for step in (
        {"target": "manager", "wait_s": 60},
        {"target": "person", "person_id": seeded.vera, "wait_s": 60},
        {"target": "rota", "wait_s": 1},
    ):
        with pytest.raises(BadFields):
            teams.change(seeded.shell, seeded.payments, {"policy": [step]}, by=SYSTEM)
    good = [{"target": "person", "person_id": seeded.ben, "wait_s": 60}]
    teams.change(seeded.shell, seeded.payments, {"policy": good}, by=person(seeded.ann))
    assert company(seeded).teams[seeded.payments].policy[0].person_id == seeded.ben


def test_somebody_elses_change_is_not_overwritten(seeded: seed.Seeded) -> None:
    with seeded.shell.db.transaction() as tx:
        read = rows.version(tx, "services", seeded.checkout)
    services.change(seeded.shell, seeded.checkout, {"name": "A"}, by=SYSTEM, if_match=read)
    with pytest.raises(rows.Changed):
        services.change(seeded.shell, seeded.checkout, {"name": "B"}, by=SYSTEM, if_match=read)


def test_rights(seeded: seed.Seeded) -> None:
    ann, vera = person(seeded.ann), person(seeded.vera)
    with pytest.raises(OnlyAdmins):
        offices.change(seeded.shell, seeded.dublin, {"name": "x"}, by=ann)
    with pytest.raises(OnlyAdmins):
        organization.change(seeded.shell, {"name": "x"}, by=ann)
    with pytest.raises(OnlyAdmins):
        people.change(seeded.shell, seeded.ann, {"is_admin": True}, by=ann)
    with pytest.raises(teams.OnlyTheTeam):
        services.change(seeded.shell, seeded.checkout, {"name": "x"}, by=vera)
    with pytest.raises(OnlyThemselves):
        absences.add(
            seeded.shell,
            {"person_id": seeded.ann, "starts_at": seed.TUESDAY, "ends_at": seed.SATURDAY},
            by=vera,
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("zone", "Mars/Base"),
        ("zone", "../etc/passwd"),
        ("country", "XX"),
        ("week", [{"weekday": 9, "start": "09:00", "end": "10:00"}]),
        ("week", [{"weekday": 1, "start": "late", "end": "10:00"}]),
        ("name", "a\x00b"),
        ("name", "\ud800"),
        ("slug", "Not A Slug"),
        ("closing_days", [{"day": "0001-01-01"}]),
    ],
)
def test_bad_values_are_named(seeded: seed.Seeded, name: str, value: object) -> None:
    with pytest.raises(BadFields) as refused:
        offices.change(seeded.shell, seeded.dublin, {name: value}, by=SYSTEM)
    assert name in refused.value.details["fields"]


def test_a_new_key_ends_the_old_one(seeded: seed.Seeded) -> None:
    assert len(seeded.key) == 32
    rotated = integrations.rotate(seeded.shell, seeded.door, by=person(seeded.ann))
    assert rotated != seeded.key
    integrations.disable(seeded.shell, seeded.door, by=person(seeded.ann))
    assert seeded.door not in company(seeded).integrations


def test_the_last_admin_stays(seeded: seed.Seeded) -> None:
    with pytest.raises(people.LastAdmin):
        people.disable(seeded.shell, seeded.ada, by=person(seeded.ada, is_admin=True))


def test_organization_settings_reach_the_company(seeded: seed.Seeded) -> None:
    organization.change(seeded.shell, {"volunteer_wait_s": 120}, by=SYSTEM)
    assert company(seeded).waits.volunteer == timedelta(minutes=2)
