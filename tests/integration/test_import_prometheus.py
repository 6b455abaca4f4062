"""`watchbill import prometheus`: alarms and services of an Alertmanager as proposals, in one command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.integration.test_alarms_apply import Run, run

__all__ = ["run"]

RULES = """
groups:
  - name: checkout
    rules:
      - alert: CheckoutErrors
        expr: rate(errors_total[5m]) > 0.01
        for: 5m
        labels: {severity: critical, service: checkout}
        annotations: {summary: One checkout in a hundred fails}
      - record: job:errors:rate5m
        expr: rate(errors_total[5m])
  - name: search
    rules:
      - alert: IndexStale
        expr: time() - index_built > 3600
        for: 10m
        labels: {severity: warning, team: payments}
      - alert: Watchdog
        expr: vector(1)
"""
ALERTMANAGER = """
route:
  receiver: Everything else
  routes: [{receiver: Search Team, matchers: [alertname=~"Index.*"]}]
receivers: [{name: Everything else}, {name: Search Team}]
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "rules.yml").write_text(RULES)
    (tmp_path / "alertmanager.conf").write_text(ALERTMANAGER)
    return str(tmp_path / "rules.yml"), str(tmp_path / "alertmanager.conf")


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


ALARMS = """
select s.slug, a.key, a.state, a.in_force, a.managed_by from alarms a join services s
on s.id = a.service_id where a.managed_by = 'import' order by s.slug, a.key
"""


def test_al1_rules_become_proposals_and_their_services_are_made(
    run: Callable[..., Run], files: tuple[str, str], database_url: str
) -> None:
    done = run("import", "prometheus", files[0], "--alertmanager", files[1], "--team", "payments")
    assert (done.code, done.err) == (0, "")
    assert rows(database_url, ALARMS) == [
        ("checkout", "CheckoutErrors", "proposed", None, "import"),
        ("everything-else", "Watchdog", "proposed", None, "import"),
        ("search-team", "IndexStale", "proposed", None, "import"),
    ]
    assert "+ service search-team of team payments" in done.out
    assert "3 alarms proposed; 3 of them below the bar" in done.out
    assert "R1" in done.out
    again = run("import", "prometheus", files[0], "--alertmanager", files[1], "--team", "payments")
    assert "0 alarms proposed, 3 already there" in again.out


def test_a_dry_run_reports_and_writes_nothing(
    run: Callable[..., Run], files: tuple[str, str], database_url: str
) -> None:
    done = run("import", "prometheus", files[0], "--team", "payments", "--dry-run", "--json")
    report = json.loads(done.out)
    assert (done.code, report["alarms"], report["below_the_bar"]) == (0, 3, 3)
    assert report["failing_rules"]["R1"] == 3
    assert {"slug": "imported", "team": "payments", "new": True} in report["services"]
    assert rows(database_url, ALARMS) == []
    assert rows(database_url, "select slug from services") == [("checkout",)]


def test_a_new_service_needs_a_team_that_is_there(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "orphans.yml").write_text(RULES.replace(", team: payments", ""))
    done = run("import", "prometheus", str(tmp_path / "orphans.yml"))
    assert done.code == 2
    assert "give --team" in done.err


def test_broken_rules_import_nothing(
    run: Callable[..., Run], tmp_path: Path, database_url: str
) -> None:
    (tmp_path / "broken.yml").write_text(RULES.replace("> 0.01", ">> 1"))
    done = run("import", "prometheus", str(tmp_path / "broken.yml"), "--team", "payments")
    assert done.code == 2
    assert "broken.yml:6: Is not PromQL" in done.err
    assert rows(database_url, ALARMS) == []
