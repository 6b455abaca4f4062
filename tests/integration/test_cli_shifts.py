"""`watchbill shifts`: plan, look, publish and drop, on the database here (SH1-SH3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import absences, applications, on_call_team
from watchbill.actions.audit import SYSTEM, person
from watchbill.cli import main

pytestmark = pytest.mark.timeout(120)
TEAM = ("ann", "ben", "ada", "vera")


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
    """The command line on the seeded company, whose on-call team has four, at its time."""
    made = seed.company(database_url)
    on_call_team.change(made.shell, {"zone": "Europe/Dublin"}, by=SYSTEM)
    for name in ("ann", "ben", "ada"):
        own = applications.apply(made.shell, {}, by=person(made.ids[name]))
        applications.seat(made.shell, own, by=person(made.ids["vera"]))
    made.shell.db.close()
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("WATCHBILL_CLOCK_START", seed.TUESDAY.isoformat())
    monkeypatch.delenv("WATCHBILL_URL", raising=False)

    def run_it(*arguments: str) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run(["shifts", *arguments])
        said = capsys.readouterr()
        return Done(code=int(ended.value.code or 0), out=said.out, err=said.err)

    return run_it


def everybody_is_away(database_url: str, *, first: int, last: int) -> None:
    """Let the whole team be away between two days from now."""
    from watchbill.actions import shell as shells
    from watchbill.clock import HandClock
    from watchbill.store.database import Database

    db = Database(database_url, size=1)
    db.open()
    shell = shells.shell(db, HandClock(seed.TUESDAY))
    with db.transaction() as tx:
        people = [row[0] for row in tx.execute("select person_id from terms").fetchall()]
    for person_id in people:
        values: dict[str, object] = {
            "person_id": person_id,
            "starts_at": seed.TUESDAY + timedelta(days=first),
            "ends_at": seed.TUESDAY + timedelta(days=last),
        }
        absences.add(shell, values, by=person(person_id))
    db.close()


def test_a_plan_says_weeks_differences_fairness_and_aims(run: Run) -> None:
    done = run("plan", "--weeks", "4")

    assert done.code == 0, done.err
    assert done.out.startswith("4 weeks, somebody stands each; proven to be the best. Draft pln_")
    for part in (
        "Weeks, from Europe/Dublin:\n  Fri 2026-03-06 18:00  ",
        "  Fri 2026-03-13 18:00  nobody → ",
        "What changes:\n",
        "How even it is:\n        weeks  load  before  owes  holidays  fewest free\n",
        "Aims, in their order:\n",
        "As many weeks as possible have somebody",
    ):
        assert part in done.out
    assert done.err == "", "a pipe hears nothing of how it thinks"


def test_from_a_date_for_programs_and_published(run: Run) -> None:
    made = run("plan", "--weeks", "2", "--from", "2026-04-01", "--json")
    assert made.code == 0, made.err
    view = json.loads(made.out)
    assert [week["starts_at"] for week in view["weeks"]] == [
        "2026-04-03T17:00:00Z",
        "2026-04-10T17:00:00Z",
    ], "18:00 in Dublin is 17:00 UTC in summer"

    plan_id = view["plan"]["id"]
    assert run("publish", plan_id).out == "Published: 2 weeks change hands.\n"
    again = run("publish", plan_id)
    assert (again.code, again.err) == (
        1,
        "watchbill: This plan is published already, or was dropped. state=published\n",
    )
    assert "Published pln_" in run("show", plan_id).out


def test_a_plan_published_at_once_is_the_json_that_is_answered(run: Run) -> None:
    done = run("plan", "--weeks", "2", "--publish", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["plan"]["state"] == "published"
    assert "Published: " in done.err


def test_weeks_without_anybody_are_explained_and_the_answer_is_no(
    run: Run, database_url: str
) -> None:
    everybody_is_away(database_url, first=18, last=24)

    done = run("plan", "--weeks", "5")

    assert done.code == 1
    assert done.out.startswith("5 weeks, 1 without anybody; ")
    assert "Weeks without anybody:\n  Week of 20 Mar 2026: all 4 are away.\n" in done.out
    assert "  Fri 2026-03-20 18:00  nobody" in done.out


def test_plans_are_listed_and_dropped(run: Run) -> None:
    plan_id = json.loads(run("plan", "--weeks", "1", "--json").out)["plan"]["id"]

    assert run("drop", plan_id).out == "Dropped. Nothing has changed.\n"

    listed = run("list")
    assert listed.code == 0
    assert plan_id in listed.out
    assert "dropped" in listed.out
    assert "by the command line" in listed.out
    assert run("drop", plan_id).code == 1


def test_after_a_change_the_published_weeks_are_planned_anew(run: Run, database_url: str) -> None:
    run("plan", "--weeks", "4", "--publish")
    assert "What changes" not in run("replan").out, "nothing has changed"
    everybody_is_away(database_url, first=11, last=17)

    done = run("replan")

    assert done.code == 1
    assert "Week of 13 Mar 2026: all 4 are away." in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("plan", "--weeks", "0"), 2, "Invalid value for '--weeks'"),
        (("plan", "--from", "soon"), 2, "--from takes a date, such as 2026-03-06."),
        (("show", "pln_none"), 1, ""),
    ],
)
def test_what_is_wrong_is_one_line(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run(*arguments)
    assert done.code == code
    assert said in done.err
    assert done.err.count("\n") == 1
