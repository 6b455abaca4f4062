"""The how-tos about alarms in code: their examples meet the bar, and their workflow does what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

TOP = Path(__file__).resolve().parents[2]
HOWTO = TOP / "docs" / "howto"
EXAMPLES = HOWTO / "examples"
#: The day on which the examples say they meet the bar.
DAY = "2026-03-02"


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type a command of a page, on the examples' day."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    typed = command.replace("watchbill alarms check", f"watchbill alarms check --today {DAY}")
    return subprocess.run(
        ["sh", "-e", "-c", typed],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of the examples, as a job checks it out."""
    shutil.copytree(EXAMPLES / "alarms", tmp_path / "alarms")
    shutil.copytree(EXAMPLES / "rules", tmp_path / "rules")
    git = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Alarms."]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    return tmp_path


def workflow() -> dict[str, Any]:
    text = (EXAMPLES / "github-actions.yml").read_text("utf-8")
    # YAML 1.1 reads the key `on` as true; GitHub does not.
    found: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return found


def test_the_workflow_is_one_github_would_run() -> None:
    found = workflow()
    assert found["on"]["pull_request"]["paths"] == ["alarms/**"]
    assert found["permissions"] == {"contents": "read"}
    (job,) = found["jobs"].values()
    assert job["runs-on"]
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", s["uses"]) for s in job["steps"] if "uses" in s)


def test_the_workflow_passes_good_alarms_and_marks_bad_ones(repository: Path) -> None:
    (job,) = workflow()["jobs"].values()
    command = job["steps"][-1]["run"]
    good = run(command, repository)
    assert good.returncode == 0, good.stdout + good.stderr
    assert good.stdout.splitlines()[-1] == "1 alarm in 1 file, 0 below the bar: nothing amiss."
    file = repository / "alarms" / "payments.yml"
    text = file.read_text("utf-8")
    title = "Customers cannot pay with their cards"
    line = text[: text.index(title)].count("\n") + 1
    file.write_text(text.replace(title, "Down"), "utf-8")
    bad = run(command, repository)
    assert bad.returncode == 1
    assert (
        f"::error file=alarms/payments.yml,line={line},title=A4 checkout/CardErrors::" in bad.stdout
    )


def test_the_rules_of_the_example_meet_the_bar_but_for_what_they_link_to(repository: Path) -> None:
    done = run(
        "watchbill alarms check rules --teams payments --services checkout=payments", repository
    )
    said = re.findall(r": ([AR]\d+) (error|warning): ", done.stdout)
    assert done.returncode == 0, done.stdout
    assert said == [("R17", "warning")]  # the page carries a link only


@pytest.mark.parametrize("page", ["check-alarms-in-a-pull-request.md", "prometheus-rules.md"])
def test_every_command_of_the_pages_runs(page: str, repository: Path) -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (HOWTO / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    typed = [b for b in blocks if "terraform" not in b and "--network" not in b]
    assert typed
    for block in typed:
        done = run(block, repository)
        assert done.returncode == 0, block + done.stdout + done.stderr


def test_the_page_shows_faults_as_they_are_printed(repository: Path) -> None:
    page = (HOWTO / "check-alarms-in-a-pull-request.md").read_text("utf-8")
    shown = re.search(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert shown
    file = repository / "alarms" / "payments.yml"
    text = file.read_text("utf-8").replace("Customers cannot pay with their cards", "Down")
    file.write_text(text + "- key: RefundsStuck\n  titles: Refunds wait for an hour\n", "utf-8")
    printed = run("watchbill alarms check alarms", repository)
    assert printed.returncode == 2
    assert printed.stdout == shown[1]
