"""Real Terraform binaries, each call with a deadline and its output in a file.

The provider comes from a filesystem mirror, so that lock files and exit codes are real. Nothing
reaches another network than loopback.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[2]
VENV = TOP / "terraform" / ".venv"
#: The newest that is installed here, and the oldest we promise.
NEW, OLD = "terraform-1.15", "terraform-1.0"
BOTH = (NEW, OLD)
_DEADLINE_S = 50

HEAD = """
terraform {
  required_providers {
    watchbill = { source = "watchbill/watchbill" }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended, and all it printed."""

    code: int
    text: str

    @property
    def line(self) -> str:
        """All it printed in one line, without frames: sentences are wrapped where it likes."""
        return " ".join(self.text.replace("│", " ").replace("╷", " ").replace("╵", " ").split())


class Terraform:
    """One of the binaries in one folder."""

    def __init__(self, binary: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.binary = binary
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "NO_PROXY": "*",
            **environment,
        }
        self._calls = 0

    def write(self, body: str, name: str = "main.tf") -> None:
        """Write the configuration; the provider's requirement is added to the main file."""
        text = HEAD + body if name == "main.tf" else body
        (self.folder / name).write_text(text, encoding="utf-8")

    def start(self, *arguments: str) -> tuple[subprocess.Popen[bytes], Path]:
        """Start a command; return it and the file it prints to."""
        self._calls += 1
        out = self.folder / f"said-{self._calls}.log"
        with out.open("wb") as sink:
            running = subprocess.Popen(
                [VENV / "bin" / self.binary, *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        return running, out

    def __call__(self, *arguments: str, expect: int | None = 0) -> Said:
        """Run a command to its end; `expect` is its exit code, None for any."""
        running, out = self.start(*arguments)
        try:
            code = running.wait(_DEADLINE_S)
        finally:
            running.kill()
        said = Said(code=code, text=out.read_text(encoding="utf-8", errors="replace"))
        assert expect is None or code == expect, f"{self.binary} {arguments}: {code}\n{said.text}"
        return said

    def init(self) -> Said:
        """Install the provider from the mirror."""
        return self("init", "-no-color")

    def plan(self, *more: str, expect: int = 2) -> dict[str, list[str]]:
        """Plan into a file; return address to actions of what changes. 2: it does, 0: nothing does."""
        self("plan", "-no-color", "-out=plan.out", "-detailed-exitcode", *more, expect=expect)
        changes = self.shown()["resource_changes"] if expect == 2 else []
        found = {one["address"]: one["change"]["actions"] for one in changes}
        return {address: actions for address, actions in found.items() if actions != ["no-op"]}

    def refused(self, command: str = "plan") -> Said:
        """Run what must fail; return what it said."""
        more = ("-auto-approve",) if command in ("apply", "destroy") else ()
        return self(command, "-no-color", *more, expect=1)

    def shown(self) -> dict[str, Any]:
        """Return the saved plan as JSON."""
        found: dict[str, Any] = json.loads(self("show", "-json", "plan.out").text)
        return found

    def apply(self, *, planned: bool = False) -> Said:
        """Apply what the code says, or exactly the saved plan."""
        last = "plan.out" if planned else "-auto-approve"
        return self("apply", "-no-color", last)

    def settled(self) -> None:
        """Fail unless another plan finds nothing to do."""
        self("plan", "-no-color", "-detailed-exitcode", expect=0)

    def outputs(self) -> dict[str, Any]:
        """Return every output's value."""
        said = json.loads(self("output", "-json").text)
        return {name: one["value"] for name, one in said.items()}

    def destroy(self) -> Said:
        """Remove everything."""
        return self("destroy", "-no-color", "-auto-approve")
