"""Fetch the browser files we ship from npm, check their hash and put them in their place.

Run `python tools/vendor.py` to refresh, `--check` to compare what is there with the hashes
below. Versions are pinned; a new version means a new line here, with its hash.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendored:
    """One file of one npm package, and where it goes."""

    package: str
    member: str
    target: Path
    sha256: str


FILES = (
    Vendored(
        package="htmx.org@4.0.1",
        member="package/dist/htmx.min.js",
        target=ROOT / "src/watchbill/web/static/vendor/htmx-4.0.1.min.js",
        sha256="a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    ),
    Vendored(
        package="axe-core@4.14.1",
        member="package/axe.min.js",
        target=ROOT / "tests/vendor/axe-4.14.1.min.js",
        sha256="29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
    ),
)


def fetch(item: Vendored) -> bytes:
    """Return the file's bytes out of the package npm hands us."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["npm", "pack", "--silent", item.package],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        with tarfile.open(Path(folder) / packed.stdout.split()[-1]) as archive:
            member = archive.extractfile(item.member)
            if member is None:
                raise FileNotFoundError(item.member)
            return member.read()


def is_good(item: Vendored, content: bytes) -> bool:
    """Say whether the bytes are those that were reviewed."""
    return hashlib.sha256(content).hexdigest() == item.sha256


def main() -> int:
    """Fetch or check every file; 0 when all hashes match."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare what is there")
    check = parser.parse_args().check
    bad = 0
    for item in FILES:
        content = item.target.read_bytes() if check else fetch(item)
        if not is_good(item, content):
            bad += 1
            print(f"{item.target.name}: sha256 is {hashlib.sha256(content).hexdigest()}")
        elif not check:
            item.target.parent.mkdir(parents=True, exist_ok=True)
            item.target.write_bytes(content)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
