"""`watchbill-terraform` and the provider's own program, as a person meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from watchbill_terraform.packing import mirrors

BIN = Path(sys.executable).parent


def test_started_by_hand_the_provider_says_what_it_is() -> None:
    done = subprocess.run(
        [BIN / "terraform-provider-watchbill"], capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 1
    assert "watchbill-terraform install" in done.stderr
    assert done.stdout == ""


def test_without_a_tool_the_host_must_be_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [BIN / "watchbill-terraform", "install", "--into", tmp_path],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 2
    assert "--host" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_host_may_be_said(tmp_path: Path) -> None:
    shim = mirrors.write_unpacked(tmp_path, "tools.example.org")
    assert os.access(shim, os.X_OK)
    place = f"tools.example.org/watchbill/watchbill/{mirrors.version()}/{mirrors.target()}"
    assert shim.parent == tmp_path / place


def test_an_archive_is_named_in_both_lists_and_others_stay(tmp_path: Path) -> None:
    program, out = tmp_path / "program", tmp_path / "out"
    (program / "_internal").mkdir(parents=True)
    (program / mirrors.executable()).write_text("#!/bin/sh\n")
    (program / mirrors.executable()).chmod(0o755)
    (program / "_internal" / "a").write_text("a")
    out.mkdir()
    (out / "index.json").write_text('{"versions": {"0.0.1": {}}}')
    archive = mirrors.write_archive(program, out)
    assert set(json.loads((out / "index.json").read_text())["versions"]) == {
        "0.0.1", mirrors.version(),
    }  # fmt: skip
    told = json.loads((out / f"{mirrors.version()}.json").read_text())["archives"]
    assert told[mirrors.target()]["url"] == archive.name
    kinds = [text[:3] for text in told[mirrors.target()]["hashes"]]
    assert kinds == ["h1:", "zh:"]
    with zipfile.ZipFile(archive) as packed:
        mode = packed.getinfo(mirrors.executable()).external_attr >> 16
    assert mode & 0o111, "Terraform must be able to start it"
