"""Run every house rule over the repository: `python -m tools.lint`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lint import (
    addresses,
    built_sql,
    colours,
    enums,
    mocks,
    sizes,
    sql_clock,
    writers,
)
from tools.lint.finding import Rule, Text

RULES: tuple[Rule, ...] = (
    writers.check,
    enums.check,
    built_sql.check,
    colours.check,
    sql_clock.check,
    sizes.check,
    addresses.check,
    addresses.check_lock,
    mocks.check,
)
TOP = Path(__file__).resolve().parents[2]
_SUFFIXES = {
    ".py",
    ".sql",
    ".md",
    ".toml",
    ".lock",
    ".sh",
    ".txt",
    ".html",
    ".css",
    ".json",
    ".yml",
    ".yaml",
    "",
}


def files() -> Iterator[Text]:
    """Yield every text of the repository that git knows or would take, vendored files aside."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        path = TOP / name
        if path.suffix in _SUFFIXES and "/vendor/" not in name and path.is_file():
            try:
                yield Text(path=name, text=path.read_text(encoding="utf-8"))
            except UnicodeDecodeError:
                continue  # not a text


def main() -> int:
    """Print every finding as `path:line: message`; answer 1 if there was one."""
    count = 0
    for file in files():
        for rule in RULES:
            for finding in rule(file):
                print(f"{file.path}:{finding.line}: {finding.message}")
                count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
