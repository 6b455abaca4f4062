"""No address of a package registry and no path of one machine gets into the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.finding import Finding, Text

# Put together here, so that this file does not break its own rule.
_REGISTRIES = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb." + "debian.org",
    "crates" + ".io",
    "unpkg" + ".com",
    "jsdelivr" + ".net",
)
_PLACES = ("/" + "work/main", "/" + "work/shared", "/" + "tmp/brief", "." + "library/")
_FOUND = re.compile("|".join(re.escape(name) for name in _REGISTRIES + _PLACES), re.IGNORECASE)


def check(file: Text) -> Iterator[Finding]:
    """Find registries and private paths in any text."""
    for number, line in enumerate(file.text.splitlines(), start=1):
        found = _FOUND.search(line)
        if found:
            yield Finding(line=number, message=f"an address or path: {found.group()}")


def check_lock(file: Text) -> Iterator[Finding]:
    """Find any address at all in the lock file."""
    if not file.path.endswith(".lock"):
        return
    for number, line in enumerate(file.text.splitlines(), start=1):
        if "://" in line or line.startswith("-"):
            yield Finding(line=number, message="the lock file holds names and hashes only")
