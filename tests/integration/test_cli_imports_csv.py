"""`watchbill import people` and `absences`: all of a file or nothing, with an exit code that says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.actions import seed
from watchbill.cli import main


@pytest.fixture
def seeded(database_url: str, monkeypatch: pytest.MonkeyPatch) -> seed.Seeded:
    monkeypatch.setenv("DATABASE_URL", database_url)
    made = seed.company(database_url)
    made.shell.db.close()
    return made


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main.run(arguments)
    return int(ended.value.code or 0)


def test_a_file_is_tried_taken_and_taken_again(
    seeded: seed.Seeded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,email\nNew One,new@example.org\n", "utf-8")
    counts: list[tuple[int, int]] = []
    for more in (["--dry-run"], [], []):
        capsys.readouterr()
        assert run("import", "people", str(file), "--json", *more) == 0
        said = json.loads(capsys.readouterr().out)
        counts.append((said["created"], said["unchanged"]))
    assert counts == [(1, 0), (1, 0), (0, 1)]
    away = tmp_path / "away.csv"
    away.write_text("email;from;to\nnew@example.org;2026-12-21;2026-12-27\n", "utf-8")
    assert run("import", "absences", str(away)) == 0
    assert "1 created" in capsys.readouterr().out


def test_a_bad_file_is_refused_with_its_lines(
    seeded: seed.Seeded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,email\nNew One,new@example.org\nTwo,nope\n", "utf-8")
    capsys.readouterr()
    assert run("import", "people", str(file)) == 2
    assert "line 3, email" in capsys.readouterr().err
    file.write_text("name,email\nNew One,new@example.org\n", "utf-8")
    assert run("import", "people", str(file), "--json") == 0
    assert json.loads(capsys.readouterr().out)["created"] == 1, "nothing of the bad file was kept"


def test_more_than_ten_thousand_lines_are_refused(
    seeded: seed.Seeded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    lines = "".join(f"P,p{n}@example.org\n" for n in range(10_001))
    file.write_text(f"name,email\n{lines}", "utf-8")
    capsys.readouterr()
    assert run("import", "people", str(file)) == 2
    assert "More than 10,000 lines" in capsys.readouterr().err
