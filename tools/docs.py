"""Write the generated parts of the docs, or with `--check` say whether they are stale.

A generator is a function here that returns the text of one file; add it to `GENERATED`.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import docs_api, docs_bar, docs_cli, docs_metrics, docs_problems, docs_rules

TOP = Path(__file__).resolve().parent.parent


def adr_index() -> str:
    """Return the list of decisions, from each file's first line."""
    lines = ["# Decisions", "", "Written by `make docs` from the first line of each file.", ""]
    for path in sorted((TOP / "docs" / "adr").glob("[0-9]*.md")):
        title = (
            path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").removeprefix("ADR-")
        )
        lines.append(f"- [{title}]({path.name})")
    lines.append("- [What we depend on](dependencies.md)")
    return "\n".join(lines) + "\n"


def dependencies() -> set[str]:
    """Return the names of every dependency pyproject.toml lists, extras and tools included."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"])
    for group in project["project"]["optional-dependencies"].values():
        wanted += group
    wanted += project["dependency-groups"]["dev"] + project["build-system"]["requires"]
    return {re.split(r"[\[<>=~! ]", line, maxsplit=1)[0] for line in wanted}


GENERATED: dict[str, Callable[[], str]] = {
    "docs/adr/README.md": adr_index,
    "docs/reference/bar.md": docs_bar.text,
    "docs/reference/cli.md": docs_cli.cli,
    "docs/reference/metrics.md": docs_metrics.text,
    "docs/reference/openapi.json": docs_api.text,
    "docs/reference/problems.md": docs_problems.text,
    "docs/reference/rules.md": docs_rules.rules,
    "docs/reference/settings.md": docs_cli.settings,
}


def main() -> int:
    """Write what differs; with `--check` only name it and answer 1."""
    stale = []
    for name, generate in GENERATED.items():
        path, text = TOP / name, generate()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name}: {'stale; run make docs' if '--check' in sys.argv else 'written'}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
