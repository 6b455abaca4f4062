"""The bar at acceptance: what the history would have made (A16, A17), whose numbers they are (AL4, AL6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests import good_alarms
from tests.integration.actions import seed
from watchbill import clock
from watchbill.actions import bars, dry_runs
from watchbill.actions.audit import SYSTEM, OnlyThemselves, person
from watchbill.actions.bars import OnlyTheOnCallTeamAgrees
from watchbill.actions.changes import NoSuchThing
from watchbill.actions.fields import BadFields
from watchbill.actions.handovers import BelowTheBar
from watchbill.actions.versions import UnknownService
from watchbill.core.bar.rules import Finding, Outcome
from watchbill.queries import bars as bars_queries

TODAY = seed.TUESDAY.date()
#: A Sunday's night and a Tuesday's noon, weeks before today.
NIGHT = datetime.fromisoformat("2026-02-01T03:00:00+00:00")
NOON = datetime.fromisoformat("2026-02-03T12:00:00+00:00")


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def fired(
    seeded: seed.Seeded,
    *at: datetime,
    alarm: str = "late",
    fields: str = "[]",
    acknowledged: bool = True,
    alerts: int = 1,
) -> None:
    """Write down incidents that are over, of one alarm, with so many alerts each."""
    with seeded.shell.db.transaction() as tx:
        for begun in at:
            incident, ended = seeded.shell.new_id("inc"), begun + timedelta(minutes=9)
            tx.execute(
                "insert into incidents (id, service_id, team_id, alarm, group_key, title, severity,"
                " state, side, reason, facts, opened_at, firing, alerts, announced, step,"
                " glass_reason, resolution, resolved_at, acknowledged_at)"
                " values (%s, %s, %s, %s, '', 'x', 'critical', 'resolved', 'hold', '', '{}', %s, 0,"
                " 1, 1, 0, '', '', %s, %s)",
                [
                    incident, seeded.checkout, seeded.payments, alarm, begun, ended,
                    ended if acknowledged else None,
                ],
            )  # fmt: skip
            for _ in range(alerts):
                tx.execute(
                    "insert into alerts (id, service_id, integration_id, dedup_key, incident_id,"
                    " state, alarm, summary, severity, source, size, fields, links, first_at,"
                    " last_at, events, resolved_at)"
                    " values (%s, %s, %s, 'k', %s, 'resolved', %s, 's', 'critical', '', 1, %s,"
                    " '[]', %s, %s, 1, %s)",
                    [
                        seeded.shell.new_id("alt"), seeded.checkout, seeded.door, incident, alarm,
                        fields, begun, ended, ended,
                    ],
                )  # fmt: skip


def nights(number: int) -> list[datetime]:
    return [NIGHT - timedelta(days=7 * (n % 8), hours=n // 8) for n in range(number)]


def findings(seeded: seed.Seeded, rule: str, **changes: Any) -> list[Finding]:
    values = good_alarms.values("late", today=TODAY, **changes)
    found = dry_runs.dry_run(seeded.shell, values).findings
    return [finding for finding in found if finding.rule == rule]


def is_met(seeded: seed.Seeded, rule: str, **changes: Any) -> bool:
    outcomes = {finding.outcome for finding in findings(seeded, rule, **changes)}
    return outcomes == {Outcome.PASSED}


# ---- A16: the last 90 days


def test_a16_the_nights_of_90_days_are_counted(seeded: seed.Seeded) -> None:
    fired(seeded, *nights(6))  # two a month
    assert is_met(seeded, "A16")
    fired(seeded, NIGHT - timedelta(days=20, hours=1))
    (finding,) = findings(seeded, "A16")
    assert (finding.outcome, "7 in the last 90 days" in finding.message) == (Outcome.FAILED, True)
    alarm = seed.propose(seeded, "late")
    with pytest.raises(BelowTheBar, match="A16"):
        seed.accept(seeded, alarm)


def test_a16_what_came_in_working_hours_or_long_ago_does_not_count(seeded: seed.Seeded) -> None:
    fired(seeded, *(NOON + timedelta(days=7 * n) for n in range(4)), *[NOON] * 20)
    fired(seeded, *(at - timedelta(days=120) for at in nights(20)))
    assert is_met(seeded, "A16")


def test_a16_an_incident_of_many_alerts_is_one_page(seeded: seed.Seeded) -> None:
    fired(seeded, *nights(6), alerts=40)
    assert is_met(seeded, "A16")


def test_a16_only_what_it_matches_counts(seeded: seed.Seeded) -> None:
    fired(seeded, *nights(20), alarm="Other", fields='[["env", "test"]]')
    assert is_met(seeded, "A16")
    assert is_met(seeded, "A16", match={"alarm": "Other", "env": "prod"})
    assert not is_met(seeded, "A16", match={"alarm": "Other", "env": "test"})
    assert not is_met(seeded, "A16", match={"env": ["prod", "test"]})


def test_a16_of_lower_severity_it_would_have_woken_nobody(seeded: seed.Seeded) -> None:
    fired(seeded, *nights(20))
    assert is_met(seeded, "A16", severity="warning")


def test_a16_the_agreed_number_counts(seeded: seed.Seeded) -> None:
    fired(seeded, *nights(4))
    assert is_met(seeded, "A16")
    bars.agree(seeded.shell, {"pages_a_month": 1}, by=person(seeded.vera))
    assert not is_met(seeded, "A16")


# ---- A17: the trial in working hours


def test_a17_it_is_watched_for_fourteen_days_from_its_proposal(seeded: seed.Seeded) -> None:
    alarm = seed.propose(seeded, "late", waivers=[])
    for days, outcome in ((13, Outcome.FAILED), (1, Outcome.PASSED)):
        seeded.clock.move(timedelta(days=days))
        held = dry_runs.held(seeded.shell, alarm)["findings"]
        assert [f["outcome"] for f in held if f["rule"] == "A17"] == [outcome.value]


def test_a17_most_of_what_came_was_something(seeded: seed.Seeded) -> None:
    alarm = seed.propose(seeded, "late", waivers=[])
    seeded.clock.move(timedelta(days=20))
    days = [seed.TUESDAY + timedelta(days=n, hours=2) for n in range(1, 9)]

    def failing() -> list[str]:
        held = dry_runs.held(seeded.shell, alarm)["findings"]
        return [f["message"] for f in held if f["rule"] == "A17" and f["outcome"] == "failed"]

    assert failing() == []
    fired(seeded, *days[:4], acknowledged=False)
    assert "ended by themselves" in failing()[0]
    fired(seeded, *days, *days)
    assert "whether anything was done" in failing()[0]
    with seeded.shell.db.transaction() as tx:
        tx.execute(
            "insert into reviews select id, %s, %s, true, 'fixed', 'helped', '' from incidents"
            " where acknowledged_at is not null",
            [seeded.ann, seeded.clock.now()],
        )
    assert failing() == []
    with seeded.shell.db.transaction() as tx:
        tx.execute("update reviews set action = 'nothing' where incident_id in"
                   " (select incident_id from reviews limit 4)")  # fmt: skip
    assert "Something was done on 12 of 16" in failing()[0]


# ---- dry runs


def test_a_dry_run_asks_for_what_is_there(seeded: seed.Seeded) -> None:
    with pytest.raises(UnknownService) as refused:
        dry_runs.dry_run(seeded.shell, good_alarms.values("late", service="nowhere"))
    assert refused.value.details["fields"].keys() == {"service"}
    with pytest.raises(NoSuchThing):
        dry_runs.held(seeded.shell, "none")
    homeless = good_alarms.values("late", today=TODAY)
    del homeless["source"]
    (finding,) = [f for f in dry_runs.dry_run(seeded.shell, homeless).findings if f.rule == "A14"]
    assert (finding.outcome, finding.field) == (Outcome.FAILED, "source")
    assert is_met(seeded, "A14")


def test_a_dry_run_of_what_is_in_code_knows_where_it_is(seeded: seed.Seeded) -> None:
    """A change by hand names no source; where the alarm is written stands."""
    values = good_alarms.values("card-errors", today=TODAY)
    del values["source"]
    found = dry_runs.dry_run(seeded.shell, values)
    assert (found.would, found.blocking) == ("nothing", 0)


def test_the_history_of_a_busy_service_is_read_in_time(seeded: seed.Seeded) -> None:
    with seeded.shell.db.transaction() as tx:
        tx.execute(
            "insert into incidents (id, service_id, team_id, alarm, group_key, title, severity,"
            " state, side, reason, facts, opened_at, firing, alerts, announced, step, glass_reason,"
            " resolution, resolved_at)"
            " select 'inc_' || n, %s, %s, 'a' || n %% 50, '', 'x', 'critical', 'resolved', 'hold',"
            " '', '{}', %s::timestamptz - n * interval '2 minutes', 0, 1, 1, 0, '', '', %s"
            " from generate_series(1, 40000) n",
            [seeded.checkout, seeded.payments, seed.TUESDAY, seed.TUESDAY],
        )
        tx.execute(
            "insert into alerts (id, service_id, integration_id, dedup_key, incident_id, state,"
            " alarm, summary, severity, source, size, fields, links, first_at, last_at, events,"
            " resolved_at)"
            " select 'alt_' || id, service_id, %s, 'k', id, 'resolved', alarm, 's', 'critical', '',"
            """ 1, '[["env", "prod"]]', '[]', opened_at, opened_at, 1, opened_at from incidents""",
            [seeded.door],
        )
        tx.execute("analyze alerts")
        tx.execute("analyze incidents")
    for match in ({}, {"alarm": "a7"}, {"env": "prod"}):
        begun = clock.real_monotonic()
        findings(seeded, "A16", match=match)
        took = clock.real_monotonic() - begun
        assert took < 5, match


# ---- whose numbers they are


def test_al6_the_on_call_team_agrees_on_the_numbers_for_all(seeded: seed.Seeded) -> None:
    for by in (person(seeded.ada, is_admin=True), person(seeded.ann), SYSTEM):
        with pytest.raises(OnlyTheOnCallTeamAgrees):
            bars.agree(seeded.shell, {"pages_a_month": 1}, by=by)
    assert bars.agree(seeded.shell, {"pages_a_month": 1}, by=person(seeded.vera)) == 1
    assert bars.agree(seeded.shell, {"trial_days": 7}, by=person(seeded.vera)) == 2
    with seeded.shell.db.transaction() as tx:
        now = bars_queries.current(tx)
        kept = tx.execute("select version, agreed_by from bars order by 1").fetchall()
    assert (now.version, now.limits.pages_a_month, now.limits.trial_days) == (2, 1, 7)
    assert kept == [(1, seeded.vera), (2, seeded.vera)]
    seeded.clock.move(timedelta(days=200))
    with pytest.raises(OnlyTheOnCallTeamAgrees):
        bars.agree(seeded.shell, {"pages_a_month": 2}, by=person(seeded.vera))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pages_a_month", -1),
        ("pages_a_month", 101),
        ("pages_a_month", "2"),
        ("pages_a_month", None),
        ("pages_a_month", float("nan")),
        ("uses", 1.5),
        ("uses", True),
        ("actionable", 1.01),
        ("more", 1),
    ],
)
def test_a_number_of_the_bar_lies_within_its_bounds(
    seeded: seed.Seeded, name: str, value: object
) -> None:
    with pytest.raises(BadFields) as refused:
        bars.agree(seeded.shell, {name: value, "trial_days": 7}, by=person(seeded.vera))
    assert refused.value.details["fields"].keys() == {name}
    with seeded.shell.db.transaction() as tx:
        assert bars_queries.current(tx).version == 0


def test_r8_each_says_for_themselves_what_they_get_into(seeded: seed.Seeded) -> None:
    for by in (person(seeded.ada, is_admin=True), SYSTEM):
        with pytest.raises(OnlyThemselves):
            bars.confirm_access(seeded.shell, seeded.vera, ["VPN"], by=by)
    bars.confirm_access(seeded.shell, seeded.vera, ["VPN", "VPN"], by=person(seeded.vera))
    with seeded.shell.db.transaction() as tx:
        assert bars_queries.access(tx, seeded.vera) == ["VPN"], "what is not named is taken back"
    with pytest.raises(BelowTheBar, match="R8"):
        seed.accept(seeded, "disk-full")
