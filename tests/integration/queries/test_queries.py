from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import helpers
from watchbill.actions import incidents as incident_actions
from watchbill.queries import alarms as alarms_queries
from watchbill.queries import (
    alerts,
    companies,
    details,
    incidents,
    oncall,
    pages,
    people,
    reading,
    settings,
    tonight,
)
from watchbill.queries.incidents import Filter


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def declare(seeded: seed.Seeded, title: str):
    seeded.clock.move(timedelta(seconds=1))
    return incident_actions.declare(
        seeded.shell, seeded.checkout, title=title, reason="customers wait", by=seeded.ann
    )


def test_the_list_comes_in_parts_without_gaps_or_doubles(seeded: seed.Seeded) -> None:
    made = [declare(seeded, f"Number {n}").id for n in range(7)]
    found, cursor = [], None
    with seeded.shell.db.transaction() as tx:
        for _ in range(10):
            part = incidents.listed(tx, Filter(), limit=3, cursor=cursor)
            found += [row.id for row in part.items]
            cursor = part.next_cursor
            if cursor is None:
                break
    assert found == made[::-1]


@pytest.mark.parametrize(
    "cursor", ["x", "!!!", "W10", "WyJhIiwgImIiXQ", "WzEsMl0", "é", "A" * 5000]
)
def test_a_made_up_cursor_is_refused(seeded: seed.Seeded, cursor: str) -> None:
    with seeded.shell.db.transaction() as tx, pytest.raises(reading.BadCursor):
        incidents.listed(tx, Filter(), cursor=cursor)


def test_filters(seeded: seed.Seeded) -> None:
    first = declare(seeded, "Cards are refused in Spain")
    second = declare(seeded, "Search is slow")
    incident_actions.acknowledge(seeded.shell, second.id, by=seeded.ben)
    incident_actions.resolve(seeded.shell, first.id, by=seeded.ann)

    def found(**more: object) -> list[str]:
        with seeded.shell.db.transaction() as tx:
            return [row.id for row in incidents.listed(tx, Filter(**more)).items]

    with seeded.shell.db.transaction() as tx:
        number = incidents.get(tx, first.id).number
    assert found(state="open") == [second.id]
    assert found(state="resolved") == [first.id]
    assert found(state="acknowledged") == [second.id]
    assert found(text="refus spain") == [first.id]
    assert found(text=f"#{number}") == [first.id]
    assert found(text="nothing like it") == []
    assert found(text="'; drop table people --") == []
    assert found(text="nothing", services_called=(seeded.checkout,)) == [second.id, first.id]
    assert found(mine=seeded.ben) == [second.id]
    assert found(calling=seeded.ben) == [], "Ben has it; he is not called any more"
    assert found(team_id=seeded.search) == []
    assert found(service_id=seeded.checkout, severity="critical") == [second.id, first.id]
    assert found(since=seeded.clock.now() + timedelta(days=1)) == []


def test_one_incident_with_all_that_belongs_to_it(seeded: seed.Seeded) -> None:
    incident = declare(seeded, "Cards are refused")
    with seeded.shell.db.transaction() as tx:
        shown = details.detail(tx, incident.id)
    assert shown.incident.calling == [seeded.ann]
    assert shown.pages[0].person == "Ann"
    assert shown.pages[0].notifications[0].channel == "email"
    assert {entry.kind for entry in shown.timeline} >= {"opened", "paged"}
    assert shown.glass_by == seeded.ann


def test_who_is_on_call(seeded: seed.Seeded) -> None:
    with seeded.shell.db.transaction() as tx:
        company = seeded.shell.company(tx)
    tuesday = oncall.on_call(company, at=seed.TUESDAY, team_id=seeded.payments)[0]
    assert [c.name for c in tuesday.steps[0].people] == ["Ann"]
    assert tuesday.is_working
    saturday = {row.team: row for row in oncall.on_call(company, at=seed.SATURDAY)}
    assert [c.name for c in saturday["Payments"].steps[0].people] == ["Vera"]
    assert [c.name for c in saturday["Payments"].steps[1].people] == ["Mona"]
    assert not saturday["Search"].is_working


def test_tonight(seeded: seed.Seeded) -> None:
    seeded.clock.move_to(seed.SATURDAY)
    incident = declare(seeded, "Cards are refused")
    with seeded.shell.db.transaction() as tx:
        company = seeded.shell.company(tx)
        shown = tonight.tonight(tx, company, now=seeded.clock.now())
    assert shown.volunteer is not None
    assert shown.volunteer.name == "Vera"
    assert shown.manager is not None
    assert shown.manager.name == "Mona"
    assert [row.id for row in shown.open] == [incident.id]
    assert (shown.open_count, shown.held_count) == (1, 0)
    assert {name for _, name in shown.on_call} == {"Vera", "Mona"}
    assert shown.pages_count == 1
    lines = {line.sentence: line.count for line in shown.health}
    gap = lines.pop("hours of the next four weeks without a volunteer")
    # Mon 09:00 to a second past Sat 03:00, begun hours count; less 19 working days of nine hours.
    assert gap == 25 * 24 + 18 + 1 - 19 * 9
    assert set(lines.values()) == {0}


def test_helpers_are_asked_by_mail_and_only_at_work(seeded: seed.Seeded) -> None:
    incident = declare(seeded, "Cards are refused")
    assert helpers.ask(seeded.shell, incident.id, [seeded.ben], by=seeded.ann) == (seeded.ben,)
    for who in (seeded.ann, seeded.mona):
        with pytest.raises(helpers.NotAwake):
            helpers.ask(seeded.shell, incident.id, [who], by=seeded.ann)
    seeded.clock.move_to(seed.SATURDAY)
    with pytest.raises(helpers.NotAwake):
        helpers.ask(seeded.shell, incident.id, [seeded.ben], by=seeded.vera)
    helpers.helped(seeded.shell, incident.id, seeded.ben, by=seeded.ann)
    with seeded.shell.db.transaction() as tx:
        kinds = [entry.kind for entry in details.timeline(tx, incident.id).items]
        sent = pages.notifications(tx, person_id=seeded.ben, incident_id=incident.id).items
    assert {"helpers_asked", "helped"} <= set(kinds)
    assert [note.kind for note in sent if note.kind == "help"] == ["help"]
    assert not [note for note in sent if note.kind == "page"]


@pytest.mark.parametrize(
    ("kind", "query", "order"),
    [
        (companies.OfficeRow, companies.OFFICES, "o.id"),
        (companies.TeamRow, companies.TEAMS, "t.id"),
        (people.MethodRow, people.METHODS, "m.id"),
        (people.RuleRow, people.RULES, "r.id"),
        (companies.AbsenceRow, companies.ABSENCES, "a.id"),
        (companies.TermRow, companies.TERMS, "r.id"),
        (companies.RotaRow, companies.ROTAS, "r.id"),
        (companies.OverrideRow, companies.OVERRIDES, "v.id"),
        (settings.ServiceRow, settings.SERVICES, "s.id"),
        (settings.IntegrationRow, settings.INTEGRATIONS, "i.id"),
        (settings.HeartbeatRow, settings.HEARTBEATS, "h.integration_id"),
        (alarms_queries.AlarmRow, alarms_queries.ALARMS, "a.id"),
        (settings.RunbookRow, settings.RUNBOOKS, "r.id"),
        (settings.WebhookRow, settings.WEBHOOKS, "w.id"),
        (settings.TokenRow, settings.TOKENS, "k.id"),
        (settings.AuditRow, settings.AUDIT, "u.id"),
    ],
)
def test_every_list_reads(seeded: seed.Seeded, kind: type, query: str, order: str) -> None:
    with seeded.shell.db.transaction() as tx:
        part = reading.listed(tx, kind, query, {}, order=(order,), page=(200, None))
    assert all(isinstance(row, kind) for row in part.items)


def test_shifts_and_people(seeded: seed.Seeded) -> None:
    with seeded.shell.db.transaction() as tx:
        found = companies.shifts(tx, since=seed.TUESDAY, until=None, limit=5, cursor=None).items
        vera = people.person(tx, seeded.vera, now=seed.TUESDAY)
        ann = people.person(tx, seeded.ann, now=seed.TUESDAY)
        assert alerts.listed(tx).items == ()
    assert [row.person for row in found] == ["Vera"]
    assert (vera.is_volunteer, ann.is_volunteer) == (True, False)
    assert vera.is_reachable
