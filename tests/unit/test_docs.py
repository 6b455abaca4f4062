"""The docs keep up with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import docs

TOP = Path(__file__).resolve().parents[2]
ADRS = sorted((TOP / "docs" / "adr").glob("[0-9]*.md"))
PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")])


def test_every_dependency_has_its_line_and_no_line_is_left_over() -> None:
    text = (TOP / "docs" / "adr" / "dependencies.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    named = {row[0].strip() for row in rows} - {"name"}
    assert named == docs.dependencies()
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_says_how_it_is_checked(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(rf"# (ADR-)?{path.name[:4]}\b", text)
    for part in ("Context", "Decision", "Consequences", "Alternatives", "How it is checked"):
        assert re.search(rf"^(\*\*{part}\.\*\*|## {part}$)", text, re.MULTILINE), part


def test_no_two_decisions_share_a_number() -> None:
    assert len({path.name[:4] for path in ADRS}) == len(ADRS)


@pytest.mark.parametrize("name", docs.GENERATED)
def test_what_is_generated_is_fresh(name: str) -> None:
    assert (TOP / name).read_text(encoding="utf-8") == docs.GENERATED[name]()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TOP)))
def test_links_between_files_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_index_names_every_page_of_the_docs() -> None:
    index = TOP / "docs" / "README.md"
    named = re.findall(r"\]\(([^)#]+)", index.read_text("utf-8"))
    folders = {(index.parent / name).parent for name in named if name.endswith("/README.md")}
    missing = {
        str(page.relative_to(index.parent))
        for page in index.parent.rglob("*.md")
        if page != index and page.parent not in folders
    } - set(named)
    assert not missing


def test_the_flow_names_functions_that_exist() -> None:
    """`docs/flow.md` names each step as `file.py function`."""
    for name, function in re.findall(
        r"`([\w/]+\.py) (\w+)", (TOP / "docs" / "flow.md").read_text(encoding="utf-8")
    ):
        source = TOP / "src" / "watchbill" / name
        assert re.search(
            rf"^(async )?(def|class) {function}\b", source.read_text("utf-8"), re.MULTILINE
        )


def test_every_target_of_the_makefile_is_explained_by_help() -> None:
    text = (TOP / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))
    assert {"setup", "demo", "dev", "test", "check", "bench", "docs", "lock"} <= explained
