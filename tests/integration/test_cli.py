"""The command line on a database: answers, exit codes, and one clear line for what cannot be done.

Exit codes: 0 good, 1 the answer is no, 2 usage or configuration.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests import builders, seeded
from watchbill.actions import bootstrap
from watchbill.actions import shell as shells
from watchbill.cli import main
from watchbill.clock import RunningClock
from watchbill.core.company import Company
from watchbill.mailbox import Mailbox
from watchbill.store.database import Database

#: Half past ten in Dublin on a working day, and three at night on a Saturday.
TUESDAY, SATURDAY = "2026-03-10T10:30+00:00", "2026-03-07T03:00+00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line it was refused with."""
        (line,) = self.err.splitlines()
        return line


Run = Callable[..., Done]


@pytest.fixture
def run(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command on this test's own database."""
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run_it(*arguments: str, text: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run(arguments)
        said = capsys.readouterr()
        return Done(code=int(ended.value.code or 0), out=said.out, err=said.err)

    return run_it


@pytest.fixture
def seed(database_url: str) -> Callable[[Company], None]:
    def write(company: Company) -> None:
        db = Database(database_url, size=1)
        db.open()
        bootstrap.prepare(shells.shell(db, RunningClock()), base_url="http://127.0.0.1:8080")
        with db.transaction() as tx:
            seeded.write(tx, company)
        db.close()

    return write


Seed = Callable[[Company], None]


def test_oncall_names_the_volunteer_at_night_and_the_rota_by_day(run: Run, seed: Seed) -> None:
    seed(builders.company())
    night = run("oncall", "--at", SATURDAY, "--json")
    assert night.code == 0
    assert night.value["volunteer"]["email"] == "vera@example.org"
    assert night.value["duty_manager"]["email"] == "mona@example.org"
    assert [p["name"] for p in night.value["teams"][0]["steps"][0]["people"]] == ["Vera"]
    day = run("oncall", "--at", TUESDAY, "--team", "payments", "--json")
    assert [p["name"] for p in day.value["teams"][0]["steps"][0]["people"]] == ["Ann"]


def test_oncall_says_no_when_nobody_answers(run: Run, seed: Seed) -> None:
    seed(builders.company(volunteer=None, managers=()))
    assert run("oncall", "--at", SATURDAY).code == 1
    assert run("oncall", "--at", TUESDAY).code == 0


def test_route_says_who_in_which_order_and_why(run: Run, seed: Seed) -> None:
    """RO1, ES1."""
    seed(builders.company())
    done = run(
        "route", "--service", "checkout", "--alarm", builders.ACCEPTED, "--at", SATURDAY, "--json"
    )
    assert done.code == 0
    assert done.value["reason"] == "alarm_accepted"
    called = [[p["name"] for p in step["people"]] for step in done.value["steps"]]
    assert called[:2] == [["Vera"], ["Mona"]]
    told = run("route", "--service", "checkout", "--alarm", builders.ACCEPTED, "--at", SATURDAY)
    assert "Vera (volunteer); after 5 min: Mona (manager)" in told.out
    assert "until Mon 2026-03-09 09:00 Europe/Dublin" in told.out


@pytest.mark.parametrize("alarm", [builders.PROPOSED, "nobody-wrote-this-down", ""])
def test_route_says_no_when_it_is_held(run: Run, seed: Seed, alarm: str) -> None:
    """RO2, NO4."""
    seed(builders.company())
    done = run("route", "--service", "checkout", "--alarm", alarm, "--at", SATURDAY, "--json")
    assert done.code == 1
    assert done.value["side"] == "hold"
    assert done.value["until"] == "2026-03-09T09:00:00Z"
    assert done.value["steps"] == []


def test_a_token_is_shown_once_listed_by_its_end_and_revoked(run: Run, seed: Seed) -> None:
    seed(builders.company())
    made = run("token", "make", "--person", "ann@example.org", "--name", "ci", "--json").value
    listed = run("token", "list", "--json")
    (row,) = listed.value
    assert row["id"] == made["id"]
    assert row["scopes"] == ["read"]
    assert made["token"].endswith(row["hint"])
    assert made["token"] not in listed.out
    assert run("token", "revoke", made["id"]).code == 0
    assert run("token", "revoke", made["id"]).code == 0
    assert run("token", "list", "--json").value[0]["revoked_at"] is not None


def test_a_person_is_added_proved_and_let_go(run: Run, seed: Seed) -> None:
    seed(builders.company())
    added = run(
        *("person", "add", "--name", "Zed", "--email", "zed@example.org", "--team", "payments"),
        "--password-stdin",
        "--json",
        text="a long password\n",
    )
    assert added.code == 0

    def zed() -> dict[str, Any]:
        people = run("person", "list", "--json").value
        return next(p for p in people if p["id"] == added.value["id"])

    assert not zed()["is_reachable"]
    first = run("person", "verify", "zed@example.org", "--json").value
    assert run("person", "verify", "ZED@example.org", "--json").value == first
    assert zed()["is_reachable"]
    new = run("person", "password", "zed@example.org", "--password-stdin", text="another secret\n")
    assert new.code == 0
    assert run("person", "disable", "zed@example.org").code == 0
    assert zed()["disabled_at"] is not None


def test_doctor_names_everything_that_is_wrong(
    run: Run, seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(builders.company(volunteer=None, unreachable=[builders.MAX]))
    monkeypatch.setenv("WATCHBILL_PROT", "80")
    monkeypatch.setenv("WATCHBILL_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("WATCHBILL_SMTP_PORT", "9")
    done = run("doctor", "--json")
    assert done.code == 1
    wrong = {f["name"]: f["said"] for f in done.value["findings"] if not f["is_good"]}
    assert set(wrong) == {"settings", "mail server", "volunteer", "reachable", "SH1"}
    assert "WATCHBILL_PROT" in wrong["settings"]
    assert "Max" in wrong["reachable"]


def test_doctor_says_yes_when_all_is_well(
    run: Run, seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(builders.company())
    mailbox = Mailbox.start()
    monkeypatch.setenv("WATCHBILL_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("WATCHBILL_SMTP_PORT", str(mailbox.port))
    try:
        done = run("doctor")
    finally:
        mailbox.stop()
    assert done.code == 0, done.out
    assert "WRONG" not in done.out


def test_doctor_beside_a_server_does_not_know_its_mail_server(
    run: Run, seed: Seed, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(builders.company())
    monkeypatch.delenv("WATCHBILL_SMTP_HOST", raising=False)
    with psycopg.connect(database_url, application_name="watchbill listen"):
        done = run("doctor", "--json")
        assert "unknown" in run("doctor").out
    (mail,) = (f for f in done.value["findings"] if f["name"] == "mail server")
    assert mail["is_good"] is None
    assert done.value["is_good"]
    assert done.code == 0


def test_doctor_says_that_the_database_is_away(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    done = run("doctor", "--json")
    assert done.code == 1
    assert "database" in {f["name"] for f in done.value["findings"] if not f["is_good"]}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["oncall", "--at", "yesterday"], "--at"),
        (["oncall", "--at", "2026-03-07T03:00"], "--at"),
        (["oncall", "--at", "0001-01-01T00:00+00:00"], "--at"),
        (["oncall", "--team", "paymnts"], "did you mean payments?"),
        (["route", "--service", "checkoutt"], "did you mean checkout?"),
        (["route", "--service", "checkout", "--severity", "awful"], "--severity"),
        (["route"], "--service"),
        (["oncall", "--nonsense"], "--nonsense"),
        (["nonsense"], "nonsense"),
        (["serve", "--port", "99999"], "--port"),
        (["demo", "--speed", "fast"], "--speed"),
        (["token", "make", "--person", "no@example.org", "--name", "x"], "no@example.org"),
        (
            ["token", "make", "--person", "ann@example.org", "--name", "x", "--scope", "all"],
            "scope",
        ),
        (["person", "add", "--name", "", "--email", "x@example.org"], "name"),
        (["person", "add", "--name", "X", "--email", "no-address"], "email"),
        (["person", "add", "--name", "X", "--email", "x@example.org", "--zone", "Mars"], "zone"),
        (["person", "password", "ann@example.org", "--password-stdin"], "password"),
    ],
)
def test_bad_input_is_one_line_that_names_it(
    run: Run, seed: Seed, arguments: list[str], names: str
) -> None:
    seed(builders.company())
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert done.line.startswith("watchbill: ")
    assert names in done.line


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "not a url"),
        ("DATABASE_URL", "postgresql://nobody:hidden@127.0.0.1:9/nothing"),
        ("WATCHBILL_PORT", "0"),
        ("WATCHBILL_SMTP_SECURITY", "ssl"),
        ("WATCHBILL_CLOCK_START", "2026-03-07"),
        ("WATCHBILL_CLOCK_SPEED", "0"),
        ("WATCHBILL_PRODUCTION", "perhaps"),
        ("WATCHBILL_PRIVATE_NETWORKS", "10.0.0.0/99"),
        ("WATCHBILL_LOG_FORMAT", "xml"),
        ("WATCHBILL_BASE_URL", "oncall.example.org"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    done = run("oncall")
    assert done.code == 2
    assert variable in done.line
    assert "hidden" not in done.line


def test_a_database_without_a_schema_asks_for_migrate(
    run: Run, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    refused = run("oncall")
    assert refused.code == 2
    assert "watchbill migrate" in refused.line
    assert run("migrate", "--json").value["from"] is None
    again = run("migrate", "--json").value
    assert again["from"] == again["to"]
    assert run("person", "list", "--json").value == []


def test_help_needs_no_framework() -> None:
    """A command line that answers at once imports what it needs when it runs."""
    program = (
        "import sys\n"
        "from watchbill.cli import main\n"
        "try:\n"
        "    main.run(['--help'])\n"
        "except SystemExit as ended:\n"
        "    assert not ended.code\n"
        "heavy = {'fastapi', 'starlette', 'sqlalchemy', 'psycopg', 'holidays', 'ortools'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert "serve" in done.stdout
    assert done.stderr.strip() == "[]"
