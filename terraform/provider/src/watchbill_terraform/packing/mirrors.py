"""Mirrors: the two layouts from which Terraform and OpenTofu install providers.

A *filesystem mirror* is a folder, here unpacked, with one executable a version and platform. A
*network mirror* is three kinds of files over HTTPS: `index.json` names the versions,
`<version>.json` the archives with their hashes, and the archives themselves.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import platform
import shlex
import sys
import zipfile
from pathlib import Path

DISTRIBUTION = "terraform-provider-watchbill"
ADDRESS = "watchbill/watchbill"
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def version() -> str:
    """Return the provider's version."""
    return importlib.metadata.version(DISTRIBUTION)


def target() -> str:
    """Return this platform as Terraform names it, such as linux_amd64."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_MACHINES.get(machine, machine)}"


def executable() -> str:
    """Return the file name under which Terraform looks for the provider."""
    return f"{DISTRIBUTION}_v{version()}"


def write_unpacked(mirror: Path, host: str) -> Path:
    """Write the provider into a filesystem mirror: a shim that starts this Python; return it."""
    folder = mirror / host / ADDRESS / version() / target()
    folder.mkdir(parents=True, exist_ok=True)
    shim = folder / executable()
    shim.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -m watchbill_terraform.main "$@"\n',
        encoding="utf-8",
    )
    shim.chmod(0o755)
    return shim


def write_archive(program: Path, out: Path) -> Path:
    """Zip a folder with the executable in it, and write it with its two lists; return the archive."""
    out.mkdir(parents=True, exist_ok=True)
    archive = out / f"{DISTRIBUTION}_{version()}_{target()}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(program.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(program).as_posix())
    _note(out / "index.json", ("versions", version()), {})
    entry = {"url": archive.name, "hashes": [packed_hash(archive), zip_hash(archive)]}
    _note(out / f"{version()}.json", ("archives", target()), entry)
    return archive


def packed_hash(archive: Path) -> str:
    """Return `h1:`, over the names and contents of what is packed, however it is compressed."""
    with zipfile.ZipFile(archive) as packed:
        lines = "".join(
            f"{hashlib.sha256(packed.read(name)).hexdigest()}  {name}\n"
            for name in sorted(packed.namelist())
        )
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


def zip_hash(archive: Path) -> str:
    """Return `zh:`, over the archive's bytes."""
    return "zh:" + hashlib.sha256(archive.read_bytes()).hexdigest()


def _note(path: Path, place: tuple[str, str], value: object) -> None:
    """Add an entry to a list that may hold others already."""
    told = json.loads(path.read_text("utf-8")) if path.exists() else {}
    told.setdefault(place[0], {})[place[1]] = value
    path.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
