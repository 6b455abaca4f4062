"""`watchbill alarms plan|apply|export`: a repository's alarms, applied all or none (AL1, AL2, NO5)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from tests import builders, good_alarms, seeded
from watchbill.actions import bootstrap
from watchbill.actions import shell as shells
from watchbill.cli import main
from watchbill.clock import RunningClock, real_now
from watchbill.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv("DATABASE_URL", database_url)
    db = Database(database_url, size=1)
    db.open()
    bootstrap.prepare(shells.shell(db, RunningClock()), base_url="http://127.0.0.1:8080")
    with db.transaction() as tx:
        seeded.write(tx, builders.company())
    db.close()

    def run_it(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run(arguments)
        said = capsys.readouterr()
        return Done(code=int(ended.value.code or 0), out=said.out, err=said.err)

    return run_it


@dataclass(slots=True)
class Repository:
    """A git repository of alarms, as a team keeps one."""

    folder: Path

    def write(self, *alarms: dict[str, Any], author: str = "ann@example.org") -> None:
        """Write all the alarms there are, and commit."""
        kept = [{k: v for k, v in alarm.items() if k != "source"} for alarm in alarms]
        (self.folder / "alarms.yml").write_text(yaml.safe_dump({"alarms": kept}, sort_keys=False))
        self.git("add", "-A")
        self.git(
            "-c", "user.name=x", "-c", f"user.email={author}", "commit", "-qm",
            "Change alarms.\n\nReviewed-by: Ben <ben@example.org>",
        )  # fmt: skip

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.folder), *arguments], check=True, timeout=30)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    folder = tmp_path / "alarms"
    folder.mkdir()
    made = Repository(folder)
    made.git("init", "-q")
    made.git("remote", "add", "origin", "git@git.example.org:acme/alarms.git")
    return made


def good(key: str, **changes: Any) -> dict[str, Any]:
    return good_alarms.values(key, today=real_now().date(), **changes)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_al1_a_plan_shows_and_an_apply_does_and_again_is_nothing(
    run: Run, repository: Repository, database_url: str
) -> None:
    repository.write(good("ledger-stopped"), good("queue-full"))
    shown = run("alarms", "plan", str(repository.folder))
    assert shown.code == 0
    assert "+ checkout/ledger-stopped" in shown.out
    assert "2 to create, 0 to change, 0 to retire" in shown.out
    assert rows(database_url, "select 1 from alarms where repository <> ''") == []
    done = run("alarms", "apply", str(repository.folder))
    assert (done.code, done.err) == (0, "")
    assert "2 created" in done.out
    kept = rows(
        database_url,
        "select a.key, a.state, a.in_force, a.repository, a.path, v.evidence->>'author',"
        " v.evidence->'approvers', v.author_id from alarms a join alarm_versions v"
        " on v.alarm_id = a.id where a.repository <> '' order by a.key",
    )
    place = ("acme/alarms", "alarms.yml", "ann@example.org", ["ben@example.org"], "ann")
    assert kept == [
        ("ledger-stopped", "proposed", None, *place),
        ("queue-full", "proposed", None, *place),
    ]
    again = run("alarms", "apply", str(repository.folder))
    assert "0 created, 0 changed, 0 retired, 2 unchanged" in again.out
    assert rows(database_url, "select max(version) from alarms where repository <> ''") == [(1,)]


def test_no5_a_change_is_a_new_version_and_what_is_gone_is_retired(
    run: Run, repository: Repository, database_url: str
) -> None:
    repository.write(good("ledger-stopped"), good("queue-full"))
    run("alarms", "apply", str(repository.folder))
    repository.write(good("ledger-stopped", threshold="2 % of the requests"))
    shown = run("alarms", "plan", str(repository.folder))
    assert "~ checkout/ledger-stopped" in shown.out
    assert 'threshold: "1 % of the requests" → "2 % of the requests"' in shown.out
    assert "- checkout/queue-full" in shown.out
    run("alarms", "apply", str(repository.folder))
    assert rows(
        database_url, "select key, state, version from alarms where repository <> '' order by key"
    ) == [("ledger-stopped", "proposed", 2), ("queue-full", "retired", 1)]


def test_rb1_an_alarm_below_the_bar_is_refused_at_its_line_and_nothing_is_applied(
    run: Run, repository: Repository, database_url: str
) -> None:
    repository.write(good("ledger-stopped"), good("queue-full", runbook=""))
    done = run("alarms", "apply", str(repository.folder))
    assert done.code == 1
    text = (repository.folder / "alarms.yml").read_text().splitlines()
    line = next(n for n, t in enumerate(text, 1) if n > 5 and t == "  runbook: ''")
    assert f"alarms.yml:{line}: runbook: R1:" in done.err
    assert rows(database_url, "select 1 from alarms where repository <> ''") == []


def test_a_plan_that_was_looked_at_is_applied_or_none(
    run: Run, repository: Repository, tmp_path: Path
) -> None:
    repository.write(good("ledger-stopped"))
    kept = str(tmp_path / "plan.json")
    assert run("alarms", "plan", str(repository.folder), "--out", kept).code == 0
    repository.write(good("ledger-stopped", threshold="3 %"))
    other = run("alarms", "apply", str(repository.folder), "--plan", kept)
    assert (other.code, "plan again" in other.err) == (1, True)
    repository.write(good("ledger-stopped"))
    assert run("alarms", "apply", str(repository.folder)).code == 0
    stale = run("alarms", "apply", str(repository.folder), "--plan", kept)
    assert (stale.code, "plan again" in stale.err) == (1, True)
    (tmp_path / "plan.json").write_text("{}")
    assert run("alarms", "apply", str(repository.folder), "--plan", kept).code == 2


def test_two_alarms_of_the_same_event_are_refused(run: Run, repository: Repository) -> None:
    repository.write(
        good("ledger-stopped", match={"alarm": "Ledger"}),
        good("ledger-late", match={"alarm": "Ledger", "env": "production"}),
    )
    done = run("alarms", "apply", str(repository.folder))
    assert done.code == 2
    assert "alarms.yml:" in done.err
    assert "ledger" in done.err


def test_what_is_exported_can_be_applied_and_changes_nothing(
    run: Run, repository: Repository, tmp_path: Path
) -> None:
    repository.write(good("ledger-stopped", match={"alarm": ["A", "B"], "env": "p"}))
    run("alarms", "apply", str(repository.folder))
    into = tmp_path / "exported"
    done = run("alarms", "export", str(into), "--service", "checkout")
    assert (done.code, "Wrote 3 alarms" in done.out) == (0, True)
    text = (into / "payments.yml").read_text()
    kept = [a for a in yaml.safe_load(text)["alarms"] if a["key"] == "ledger-stopped"]
    (into / "payments.yml").write_text(yaml.safe_dump({"alarms": kept}))
    shown = run("alarms", "plan", str(into), "--repository", "acme/alarms")
    assert "0 to create, 0 to change, 0 to retire, 1 unchanged" in shown.out
    as_json = run("alarms", "export", "--json")
    assert "payments.yml" in json.loads(as_json.out)["files"]
