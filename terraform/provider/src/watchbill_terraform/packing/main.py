"""`watchbill-terraform`: install the provider here, or pack it for others."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from watchbill_terraform.packing import mirrors

_TOOLS = ("terraform", "tofu")
_ASKING = 'terraform {\n  required_providers {\n    w = { source = "%s" }\n  }\n}\n'
_ENTRY = "from watchbill_terraform.main import run\n\nrun()\n"


class Unusable(Exception):
    """What was asked for cannot be done, and what to do instead."""


def run() -> None:
    """Do what the command line says; exit with 0, or 2 and one sentence."""
    given = _parser().parse_args()
    try:
        given.do(given)
    except Unusable as error:
        print(f"watchbill-terraform: {error}", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="watchbill-terraform", description=__doc__)
    commands = parser.add_subparsers(required=True)
    install = commands.add_parser(
        "install", help="Write the provider into this machine's folder of plug-ins."
    )
    install.add_argument(
        "--into", type=Path, default=Path.home() / ".terraform.d" / "plugins",
        help="The folder (a filesystem mirror). Default: the one that is always looked at.",
    )  # fmt: skip
    install.add_argument(
        "--host", action="append", default=[],
        help="The host part of the provider's address. Default: that of each tool on PATH.",
    )  # fmt: skip
    install.set_defaults(do=_install)
    pack = commands.add_parser(
        "pack", help="Pack the provider with its Python, for a network mirror such as Watchbill's."
    )
    pack.add_argument("--out", type=Path, required=True, help="The folder to write to.")
    pack.set_defaults(do=_pack)
    return parser


def _install(given: argparse.Namespace) -> None:
    hosts = given.host or sorted({host for tool in _TOOLS for host in _hosts(tool)})
    if not hosts:
        raise Unusable(
            "neither terraform nor tofu is on PATH, so the host part of their provider addresses is"
            " not known. Put one there, or say --host."
        )
    for host in hosts:
        print(mirrors.write_unpacked(given.into, host))


def _hosts(tool: str) -> set[str]:
    """Return the host that a tool adds to short provider addresses; it is asked."""
    path = shutil.which(tool)
    if path is None:
        return set()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(_ASKING % mirrors.ADDRESS, encoding="utf-8")
        quiet = {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
        said = subprocess.run(  # noqa: S603 - the tool on PATH
            [path, "providers"], cwd=folder, env={**os.environ, **quiet}, timeout=60, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
    return set(re.findall(rf"provider\[([^/\]]+)/{mirrors.ADDRESS}\]", said.stdout))


def _pack(given: argparse.Namespace) -> None:
    if importlib.util.find_spec("PyInstaller") is None:
        raise Unusable(
            f"packing needs PyInstaller: pip install '{mirrors.DISTRIBUTION}[pack]', then again."
        )
    with tempfile.TemporaryDirectory() as folder:
        entry = Path(folder) / "entry.py"
        entry.write_text(_ENTRY, encoding="utf-8")
        made = subprocess.run(  # noqa: S603 - our own Python
            [
                sys.executable, "-m", "PyInstaller", "--onedir", "--noconfirm", "--log-level=ERROR",
                f"--name={mirrors.executable()}", f"--distpath={folder}/dist",
                f"--workpath={folder}/work", f"--specpath={folder}", str(entry),
            ],
            check=False,
        )  # fmt: skip
        if made.returncode:
            raise Unusable("PyInstaller failed; what it said is above.")
        print(mirrors.write_archive(Path(folder) / "dist" / mirrors.executable(), given.out))


if __name__ == "__main__":
    run()
