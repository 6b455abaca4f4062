"""Where alarms are written: the git work tree they lie in, if there is one."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from watchbill.core.definitions import Origin

_PATIENCE_S = 10
#: A bare repository that lies within the folder speaks for nobody: its settings could start programs.
GIT = ("git", "-c", "safe.bareRepository=explicit")
#: What git sets for its hooks, and which would speak of another repository than the folder's.
_OF_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A git work tree: its folder, its name and its revision."""

    folder: Path
    repository: str
    revision: str

    def origin(self, file: str) -> Origin:
        """Return where a file is written; one outside has no path in here."""
        try:
            path = Path(file).resolve().relative_to(self.folder).as_posix()
        except (ValueError, OSError):
            path = ""
        return Origin(repository=self.repository, path=path, revision=self.revision)


def find(path: Path, *, repository: str = "") -> Home | None:
    """Return the work tree that a file or folder lies in; None without one, or without git.

    It is called `repository`, or as its remote `origin` is, or as its folder is.
    """
    folder = path if path.is_dir() else path.parent
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top:
        return None
    remote = _git(folder, "config", "--get", "remote.origin.url")
    return Home(
        folder=Path(top).resolve(),
        repository=repository or name_of(remote) or Path(top).name,
        revision=_git(folder, "rev-parse", "--verify", "--quiet", "HEAD"),
    )


def name_of(remote: str) -> str:
    """Return what a remote is called, without host and without what may be a password.

    >>> name_of("https://x:secret@git.example.org/acme/alarms.git"), name_of("git@host:acme/alarms")
    ('acme/alarms', 'acme/alarms')
    """
    if "://" in remote:
        path = urlsplit(remote).path
    else:
        _, colon, after = remote.partition(":")
        path = after if colon else Path(remote).name
    return path.strip("/").removesuffix(".git")


def _git(folder: Path, *arguments: str) -> str:
    """Return what git answers; "" if it refuses or is not there."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words; the folder is the one that is read
            [*GIT, "-C", str(folder), *arguments],
            capture_output=True,
            check=False,
            timeout=_PATIENCE_S,
            env={name: value for name, value in os.environ.items() if name not in _OF_HOOKS},
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
