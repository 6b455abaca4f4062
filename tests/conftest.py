"""One PostgreSQL per test run, a template migrated once, and databases cloned from it.

`DATABASE_URL` points the suite at another server. Under xdist the controller starts the server
and the workers share it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from watchbill.store import embedded, migrations, postgres_files

_SERVER = pytest.StashKey["_Server"]()
#: A lock of the server's first database: one worker makes the template, the others wait.
_TEMPLATE_LOCK = 7_311_002_002


class _Server:
    """The run's server: started when first asked for, stopped and removed with the run."""

    def __init__(self, run: str) -> None:
        self.run = run
        self._directory: Path | None = None
        self._embedded: embedded.Embedded | None = None

    def url(self) -> str:
        given = os.environ.get("DATABASE_URL")
        if given:
            return given
        if self._embedded is None:
            self._directory = Path(tempfile.mkdtemp(prefix="watchbill-test-"))
            self._directory.chmod(0o755)  # ours; below it the cluster is private
            fast = {"fsync": "off", "full_page_writes": "off", "max_connections": "100"}
            self._embedded = embedded.start(self._directory, settings=fast)
        return self._embedded.url

    def stop(self) -> None:
        if self._embedded is not None:
            self._embedded.stop()
        elif os.environ.get("DATABASE_URL"):
            _drop(self.url(), template_name(self.run))
        if self._directory is not None:
            postgres_files.forget(self._directory)
            shutil.rmtree(self._directory, ignore_errors=True)


def template_name(run: str) -> str:
    return f"wb_template_{run}"


def url_of(url: str, database: str) -> str:
    """Return `url` with another database."""
    head, query, options = url.partition("?")
    return f"{head[: head.rindex('/')]}/{database}{query}{options}"


def _drop(url: str, database: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{database}" with (force)')


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[_SERVER] = _Server(uuid.uuid4().hex[:8])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of xdist where the server is; called in the controller only."""
    server = node.config.stash[_SERVER]  # type: ignore[attr-defined]
    node.workerinput["watchbill"] = (server.run, server.url())  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(_SERVER, None)
    if server is not None:
        server.stop()


@pytest.fixture(scope="session")
def _server(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The run's id and the URL of the server's first database."""
    given = getattr(request.config, "workerinput", None)
    if given is not None:
        run, url = given["watchbill"]
        return run, url
    server = request.config.stash[_SERVER]
    return server.run, server.url()


@pytest.fixture(scope="session")
def template(_server: tuple[str, str]) -> str:
    """The name of the migrated database that the others are cloned from."""
    run, url = _server
    name = template_name(run)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_TEMPLATE_LOCK])
        found = connection.execute("select 1 from pg_database where datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(f'create database "{name}"')
            migrations.upgrade(url_of(url, name))
    return name


@contextlib.contextmanager
def _clone(url: str, template: str) -> Iterator[str]:
    name = f"wb_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"')
    try:
        yield url_of(url, name)
    finally:
        _drop(url, name)


@pytest.fixture
def database_url(_server: tuple[str, str], template: str) -> Iterator[str]:
    """A migrated database of this test's own, for tests that commit; 40 ms."""
    with _clone(_server[1], template) as url:
        yield url


@pytest.fixture
def empty_database_url(_server: tuple[str, str]) -> Iterator[str]:
    """A database of this test's own with nothing in it."""
    with _clone(_server[1], "template0") as url:
        yield url


@pytest.fixture(scope="session")
def shared_database_url(_server: tuple[str, str], template: str) -> Iterator[str]:
    """A migrated database of this worker's own, for tests that roll back."""
    with _clone(_server[1], template) as url:
        yield url


@pytest.fixture
def conn(shared_database_url: str) -> Iterator[psycopg.Connection]:
    """A connection inside a transaction that is rolled back after the test."""
    with psycopg.connect(shared_database_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def fresh_database(_server: tuple[str, str], template: str) -> Iterator[Callable[[], str]]:
    """Give a function that makes a database of its own at each call."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(_clone(_server[1], template))
