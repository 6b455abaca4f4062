"""Tutorials: the blocks of a page, typed into a shell as a reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e import processes


def blocks(page: Path) -> list[str]:
    """Return what the page tells to type, in its order; the first starts the server."""
    return re.findall(r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def typed(parts: list[str], folder: Path, *, port: int) -> subprocess.CompletedProcess[str]:
    """Run the blocks in one shell, as if typed one after the other."""
    script = "set -eu\n" + "\n".join(parts).replace(":8080", f":{port}")
    here = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env={"PATH": here, "PYTHONPATH": str(processes.SOURCE), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
