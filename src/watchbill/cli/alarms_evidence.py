"""Evidence: who wrote and who approved what is applied, as git's own history says.

The author is that of the last commit that touched the file; approvers are named by its trailers
`Reviewed-by:`, `Approved-by:` and `Acked-by:`, which code hosts can be told to write.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from watchbill.cli.alarms_origin import GIT

_ADDRESS = re.compile(r"<([^<>@\s]+@[^<>\s]+)>")
_FORMAT = "%ae%n%H%n%(trailers:key=Reviewed-by,key=Approved-by,key=Acked-by,valueonly)"
_PATIENCE_S = 10


@cache
def of_file(file: str) -> dict[str, Any]:
    """Return author, approvers and revision of a file's last commit; {} outside of git."""
    path = Path(file)
    try:
        done = subprocess.run(  # noqa: S603 - fixed words; the file is the one that was read
            [*GIT, "-C", str(path.parent), "log", "-1", f"--format={_FORMAT}", "--", path.name],
            capture_output=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if done.returncode != 0 or len(lines) < 2:
        return {}
    approvers = [found[1] for line in lines[2:] if (found := _ADDRESS.search(line))]
    return {"author": lines[0], "revision": lines[1], "approvers": approvers[:50]}
