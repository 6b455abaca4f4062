"""The lock file holds names, versions and hashes, and everything the project asks for."""

from __future__ import annotations

import re
from pathlib import Path

from tools import docs

LOCK = (Path(__file__).resolve().parents[2] / "requirements.lock").read_text(encoding="utf-8")
PINNED = set(re.findall(r"^([a-z0-9.-]+)==", LOCK, re.MULTILINE))


def test_it_holds_no_address() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^-", LOCK, re.MULTILINE)


def test_every_package_has_a_hash() -> None:
    entries = re.split(r"\n(?=[a-z])", LOCK.strip())
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_everything_the_project_asks_for_is_in_it() -> None:
    assert docs.dependencies() - PINNED == set()
