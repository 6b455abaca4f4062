"""`watchbill alarms check` on files, git and the network: what it prints, and its exit codes.

0: all could be accepted as far as can be seen here; 1: one is below the bar; 2: one cannot be read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import good_alarms
from tests.fakes.http_receiver import Answer, HttpReceiver
from watchbill.cli import main

DAY = "2026-03-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How the command ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Check = Callable[..., Done]


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    """Run the command in a folder of its own, on the day on which the good alarms are good."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run(["alarms", "check", "--today", DAY, *arguments])
        said = capsys.readouterr()
        return Done(code=int(ended.value.code or 0), out=said.out, err=said.err)

    return run


def alarm(key: str = "card-errors", **changes: Any) -> dict[str, Any]:
    values = good_alarms.values(key, **changes)
    return {name: value for name, value in values.items() if name != "source" and value is not None}


def write(path: Path | str, *alarms: dict[str, Any], **more: Any) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"alarms": list(alarms), **more}, sort_keys=False))
    return path


def git(*arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *arguments], check=True
    )


def test_good_alarms_are_good(check: Check) -> None:
    write("alarms/a.yml", alarm("one"), alarm("two"))
    write("alarms/deep/b.yaml", alarm("three"))
    done = check("alarms")
    assert done.code == 0
    assert done.lines[-1] == "3 alarms in 2 files, 0 below the bar: nothing amiss."
    assert done.lines[-2].startswith("Not checked here: A2, A3, ")


def test_an_alarm_below_the_bar_is_named_with_its_line_and_what_to_do(check: Check) -> None:
    path = write("alarms/a.yml", alarm(respond_within_minutes=None, escalation="payments"))
    done = check("alarms")
    assert done.code == 1
    line = path.read_text().splitlines().index("  escalation: payments") + 1
    at = done.lines.index(
        f"alarms/a.yml:{line}: A20 error: It escalates to 'payments'; out of hours only managers"
        " are asked. [checkout/card-errors]"
    )
    assert done.lines[at + 1] == "    fix: Leave escalation out, or write managers."
    assert any(line.startswith("alarms/a.yml:2: A9 error: ") for line in done.lines)
    assert done.lines[-1] == "1 alarm in 1 file, 1 below the bar: 2 errors."


def test_a_warning_fails_nothing(check: Check) -> None:
    write("a.yml", alarm(description="What fails."))
    done = check("a.yml")
    assert done.code == 0
    assert "A5 warning: " in done.out
    assert done.lines[-1] == "1 alarm in 1 file, 0 below the bar: 1 warning."


def test_what_is_waived_is_said_and_fails_nothing(check: Check) -> None:
    waiver = {"rule": "A9", "reason": "It is tried.", "owner": "ann@example.org"}
    write("a.yml", alarm(respond_within_minutes=None, waivers=[{**waiver, "until": "2026-04-01"}]))
    done = check("a.yml")
    assert done.code == 0
    assert "A9 note: " in done.out
    assert "waived until 2026-04-01 by ann@example.org: It is tried." in done.out


def test_what_cannot_be_read_goes_before_what_is_below_the_bar(check: Check) -> None:
    write("alarms/a.yml", alarm("one", escalation="payments"), {**alarm("two"), "titles": "x"})
    done = check("alarms")
    assert done.code == 2
    assert "definition error: titles: There is no such field. " not in done.out
    assert (
        "definition error: titles: There is no such field.\n    fix: Did you mean title?"
        in done.out
    )
    assert "A20 error" in done.out


def test_a_runbook_in_a_file_of_its_own_has_its_faults_there(check: Check) -> None:
    text = good_alarms.runbook("card-errors").replace("## Meaning", "## Sense")
    Path("runbooks").mkdir()
    Path("runbooks/card.md").write_text(text + "\nTODO: more\n")
    write("alarms/a.yml", alarm(runbook="../runbooks/card.md"))
    git("init", "-q")
    done = check("alarms", "--repository", "acme/alarms")
    line = len(text.splitlines()) + 2
    assert done.code == 1
    assert f"runbooks/card.md:{line}: R4 error: " in done.out
    assert "runbooks/card.md:1: R3 error: There is no section Meaning" in done.out


@pytest.mark.parametrize("form", ["--json", "--format=json"])
def test_json_is_one_value(check: Check, form: str) -> None:
    write("a.yml", alarm("one"), alarm("two", escalation="payments"))
    done = check("a.yml", form)
    assert done.code == 1
    assert done.value["is_good"] is False
    assert [(a["key"], a["is_below"]) for a in done.value["alarms"]] == [
        ("one", False), ("two", True),
    ]  # fmt: skip
    (finding,) = done.value["alarms"][1]["findings"]
    assert (finding["rule"], finding["weight"], finding["outcome"]) == ("A20", "block", "failed")
    assert (finding["file"], finding["field"]) == ("a.yml", "escalation")
    assert done.value["alarms"][0]["score"] == 100 or done.value["alarms"][0]["findings"] == []
    assert "A16" in done.value["not_checked"]


def test_json_names_what_cannot_be_read(check: Check) -> None:
    write("a.yml", {**alarm(), "titles": "x"})
    (problem,) = check("a.yml", "--json").value["problems"]
    assert problem == {
        "file": "a.yml",
        "line": problem["line"],
        "field": "titles",
        "message": "There is no such field.",
        "fix": "Did you mean title?",
    }


def test_sarif_names_every_rule_and_place(check: Check) -> None:
    """SARIF 2.1.0: what code hosts need of a log."""
    waiver = {"rule": "A9", "reason": "It is tried.", "owner": "ann@example.org"}
    first = alarm(respond_within_minutes=None, waivers=[{**waiver, "until": "2026-04-01"}])
    write("my alarms/a.yml", first, {**alarm("two", escalation="x")}, {**alarm("x"), "titles": "x"})
    done = check("my alarms", "--format", "sarif")
    assert done.code == 2
    assert done.value["version"] == "2.1.0"
    (run,) = done.value["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "watchbill"
    assert {"A1", "R1", "R17", "definition"} <= {rule["id"] for rule in driver["rules"]}
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    by_rule = {result["ruleId"]: result for result in run["results"]}
    assert {"A9", "A20", "definition"} <= by_rule.keys()
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "my%20alarms/a.yml"
        assert place["region"]["startLine"] >= 1
        assert result["message"]["text"]
    assert by_rule["A20"]["level"] == "error"
    assert by_rule["A9"]["suppressions"][0]["kind"] == "inSource"


def test_a_fault_keeps_its_fingerprint_when_it_moves(check: Check) -> None:
    def prints() -> list[str]:
        (run,) = check("a.yml", "--format", "sarif").value["runs"]
        return [result["partialFingerprints"]["fault/v1"] for result in run["results"]]

    path = write("a.yml", alarm(escalation="payments"))
    before = prints()
    path.write_text("# A remark above.\n\n" + path.read_text())
    assert before == prints() != []


def test_github_marks_the_line(check: Check) -> None:
    write("a,b/a.yml", alarm(escalation="100%"), {**alarm("x"), "titles": "x"})
    done = check("a,b", "--format", "github")
    assert done.code == 2
    assert any(
        line.startswith("::error file=a%2Cb/a.yml,line=")
        and "title=A20 checkout/card-errors::It escalates to '100%25'" in line
        for line in done.lines
    )
    assert any(",title=definition::titles: There is no such field." in line for line in done.lines)
    assert all(line.startswith("::") for line in done.lines[:-1])


def test_nothing_to_check_is_no_success(check: Check) -> None:
    Path("alarms").mkdir()
    done = check("alarms")
    assert done.code == 2
    assert "There is no file of alarms here" in done.err
    assert check("nowhere").code == 2
    assert check("alarms", "--today", "soon").code == 2
    assert check("alarms", "--services", "checkout").code == 2


def test_what_begins_with_a_dot_is_left_out(check: Check) -> None:
    write("alarms/a.yml", alarm())
    write("alarms/.hidden.yml", {"nonsense": 1})
    write("alarms/.github/workflow.yml", {"nonsense": 1})
    Path("alarms/README.md").write_text("Not YAML.\n")
    assert check("alarms").lines[-1].startswith("1 alarm in 1 file, ")


def test_a_file_is_read_once_however_often_it_is_named(check: Check) -> None:
    write("alarms/a.yml", alarm())
    Path("alarms/b.yml").symlink_to("a.yml")
    done = check("alarms", "alarms/a.yml")
    assert (done.code, done.lines[-1].split(",")[0]) == (0, "1 alarm in 1 file")


def test_links_that_lead_out_or_around_are_refused(check: Check, tmp_path: Path) -> None:
    write("alarms/a.yml", alarm())
    outside = write(tmp_path.parent / "outside.yml", alarm("outside"))
    Path("alarms/b.yml").symlink_to(outside)
    Path("alarms/around").symlink_to("../alarms")
    Path("alarms/self.yml").symlink_to("self.yml")
    Path("alarms/gone.yml").symlink_to("nowhere.yml")
    done = check("alarms")
    assert done.code == 2
    assert "alarms/b.yml:1: definition error: Is a link that leads out of the folder." in done.out
    assert "alarms/around:1: definition error: Is a link that leads back" in done.out
    assert "alarms/self.yml:1: definition error: Is a link that leads nowhere." in done.out
    assert "alarms/gone.yml:1: definition error: Is a link that leads nowhere." in done.out
    assert "outside " not in done.out


def test_a_runbook_outside_is_not_read(check: Check, tmp_path: Path) -> None:
    (tmp_path.parent / "secret.md").write_text("# secret\n")
    write("alarms/a.yml", alarm("one", runbook="../../secret.md"))
    write("alarms/b.yml", alarm("two", runbook=str(tmp_path.parent / "secret.md")))
    write("alarms/c.yml", alarm("three", runbook="gone.md"), alarm("four", runbook="folder.md"))
    Path("alarms/folder.md").mkdir()
    done = check("alarms")
    assert done.code == 2
    assert done.out.count(" lies outside ") == 2
    assert "runbook: There is no file gone.md." in done.out
    assert "runbook: Is no ordinary file." in done.out
    assert "# secret" not in done.out


def test_a_device_and_a_pipe_are_not_read(check: Check) -> None:
    write("alarms/a.yml", alarm())
    os.mkfifo("alarms/pipe.yml")
    done = check("alarms")
    assert done.code == 2
    assert "alarms/pipe.yml:1: definition error: Is no ordinary file." in done.out


def test_a_file_too_large_is_refused_unread(check: Check) -> None:
    Path("a.yml").write_text("#" * 1_000_001)
    done = check("a.yml")
    assert done.code == 2
    assert "a.yml:1: definition error: The file has 1,000,001 bytes" in done.out


def test_what_is_named_must_be_of_a_known_kind(check: Check) -> None:
    Path("alarms.toml").write_text("")
    done = check("alarms.toml")
    assert done.code == 2
    assert "Name a folder, or a file that ends in .yml, .yaml or .json." in done.out


def test_git_says_where_alarms_are_written(check: Check) -> None:
    """A14: the repository, the path in it and the revision."""
    write("team/alarms/a.yml", alarm())
    git("init", "-q")
    assert "A14 error: Where it is written is not known: no revision." in check("team/alarms").out
    git("add", ".")
    git("commit", "-q", "-m", "Alarms.")
    done = check("team/alarms", "--json")
    assert done.code == 0
    assert "A14" not in done.value["not_checked"]


def test_a_hook_of_git_checks_the_folder_it_is_given(check: Check) -> None:
    """git runs hooks with GIT_DIR set; the work tree is still the folder's own."""
    Path("runbooks").mkdir()
    Path("runbooks/card.md").write_text(good_alarms.runbook("card-errors"))
    write("alarms/a.yml", alarm(runbook="../runbooks/card.md"))
    git("init", "-q")
    hook = Path(".git/hooks/pre-commit")
    command = f"alarms check --today {DAY} --repository acme/alarms alarms"
    hook.write_text(
        "#!/bin/sh\nGIT_DIR=$PWD/.git; export GIT_DIR\n"
        f"{sys.executable} -c 'from watchbill.cli import main; main.run()' {command} > said.txt\n"
    )
    hook.chmod(0o755)
    git("add", ".")
    subprocess.run(["git", "commit", "-q", "-m", "x"], env={**os.environ, **_ANN}, check=False)
    assert "no revision" in Path("said.txt").read_text()  # there is no commit yet, so A14 fails
    assert "lies outside" not in Path("said.txt").read_text()


_ANN = {
    f"GIT_{who}_{what}": "ann@example.org"
    for who in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}


def test_without_git_it_cannot_be_said(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    write("alarms/a.yml", alarm())
    git("init", "-q")
    monkeypatch.setenv("PATH", "")
    done = check("alarms", "--json")
    assert done.code == 0
    assert "A14" in done.value["not_checked"]


@pytest.mark.parametrize("way", ["file", "named file", "options"])
def test_a_company_says_which_teams_and_services_there_are(check: Check, way: str) -> None:
    """A2, A3."""
    write("alarms/a.yml", alarm("one"), alarm("two", team="paymets"), alarm("three", service="x"))
    company = "teams: [payments]\nservices: {checkout: payments}\n"
    if way == "options":
        done = check("alarms", "--teams", "payments", "--services", "checkout=payments")
    elif way == "named file":
        Path("elsewhere.yml").write_text(company)
        done = check("alarms", "--company", "elsewhere.yml")
    else:
        Path("alarms/company.yml").write_text(company)
        done = check("alarms")
    assert done.code == 1
    assert "A2 error: There is no team 'paymets'. [checkout/two]" in done.out
    assert "A3 error: There is no service 'x'. [x/three]" in done.out
    assert "[checkout/one]" not in done.out


def test_a_company_that_cannot_be_read_is_said(check: Check) -> None:
    write("alarms/a.yml", alarm())
    Path("alarms/company.yml").write_text("team: [payments]\nservices: [checkout]\n")
    done = check("alarms")
    assert done.code == 2
    assert "alarms/company.yml:1: definition error: team: A company's file has no such" in done.out
    assert "alarms/company.yml:2: definition error: services: Must be a mapping." in done.out


def test_rules_of_prometheus_are_held_against_the_bar_where_they_stand(check: Check) -> None:
    Path("rules.yml").write_text(
        "groups:\n- name: g\n  rules:\n  - alert: CardErrors\n    expr: up == 0\n"
        "    labels: {severity: page}\n    annotations:\n      summary: Customers cannot pay\n"
    )
    done = check("rules.yml", "--service", "checkout", "--team", "payments")
    assert done.code == 1
    assert "rules.yml:4: R1 error: The alarm has no runbook. [checkout/CardErrors]" in done.out
    assert " A4 " not in done.out


def test_a_terraform_plan_is_held_against_the_bar(check: Check) -> None:
    values = alarm(escalation="payments")
    values["waiver"] = values.pop("waivers")
    resource = {"address": "watchbill_alarm.a", "type": "watchbill_alarm", "values": values}
    plan = {"planned_values": {"root_module": {"resources": [resource]}}}
    Path("plan.json").write_text(json.dumps(plan))
    done = check("plan.json")
    assert done.code == 1
    assert done.lines[0].startswith("watchbill_alarm.a:1: A20 error: ")


@pytest.fixture
def site() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.stop()


def test_links_are_not_looked_at_unless_asked(check: Check, site: HttpReceiver) -> None:
    write("a.yml", alarm(runbook="", runbook_url=f"{site.url}/runbook"))
    done = check("a.yml", "--json")
    assert "R1" in done.value["not_checked"]
    assert not site.received


def _network(site: HttpReceiver) -> tuple[str, ...]:
    return ("--network", "--allow-host", "127.0.0.1", "--private-networks", "127.0.0.0/8")


def test_links_are_looked_at_once_on_allowed_hosts(check: Check, site: HttpReceiver) -> None:
    """R1."""
    url = f"{site.url}/runbook"
    write(
        "a.yml",
        alarm("one", runbook="", runbook_url=url),
        alarm("two", runbook="", runbook_url=url),
    )
    site.answer = Answer(status=404)
    done = check("a.yml", *_network(site))
    assert done.code == 1
    assert f"R1 error: {url} answers 404 instead of 200. [checkout/one]" in done.out
    assert len(site.received) == 1


def test_a_text_behind_a_link_is_held_against_the_bar(check: Check, site: HttpReceiver) -> None:
    text = good_alarms.runbook("card-errors").replace("## Meaning", "## Sense")
    site.answer = Answer(body=text.encode(), headers={"Content-Type": "text/markdown"})
    write("a.yml", alarm(runbook="", runbook_url=f"{site.url}/runbook"))
    done = check("a.yml", *_network(site))
    assert "R1 error" not in done.out
    assert "R3 error: There is no section Meaning" in done.out


@pytest.mark.parametrize("more", [(), ("--allow-host", "127.0.0.1")])
def test_no_other_host_is_called(check: Check, site: HttpReceiver, more: tuple[str, ...]) -> None:
    """A host must be allowed, and a private one lie in a network that is allowed too."""
    write("a.yml", alarm(runbook="", runbook_url=f"{site.url}/runbook"))
    assert check("a.yml", "--network", *more).code == 1
    assert not site.received


def test_it_runs_without_server_and_database() -> None:
    """As a pull request's job runs it: a process of its own, and no setting at all."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from watchbill.cli import main; main.run()",
            "alarms",
            "check",
            "--help",
        ],
        capture_output=True,
        text=True,
        env=clean,
    )
    assert done.returncode == 0
    assert "--allow-host" in done.stdout
