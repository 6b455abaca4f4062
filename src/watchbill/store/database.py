"""Database: a pool of connections to PostgreSQL, and the transaction every action works in.

Only `actions` (and `queries`, for reading) open transactions; nothing is sent while one is open.
"""

from __future__ import annotations

import contextlib
import select
from collections.abc import Iterator
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg import conninfo
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool, PoolTimeout

from watchbill.errors import Unavailable

Tx = psycopg.Connection[tuple[Any, ...]]

#: Seconds a request waits for a connection before it is told to come back.
_PATIENCE_S = 3.0


class DatabaseAway(Unavailable):
    """The database does not answer; nothing was changed. Try again in a moment."""


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, url: str, *, size: int = 8) -> None:
        """Open lazily: the first use connects."""
        self.url = url
        #: The server's processes that worked for this pool: who notifies whom is known by them.
        self.backends: set[int] = set()
        self._pool: ConnectionPool[Tx] = ConnectionPool(
            url,
            min_size=1,
            max_size=size,
            open=False,
            timeout=_PATIENCE_S,
            reconnect_timeout=0,
            max_lifetime=3600,
            kwargs={"autocommit": False, "application_name": "watchbill"},
            configure=self._configure,
            check=_check,
        )

    def _configure(self, connection: Tx) -> None:
        connection.execute("set time zone 'UTC'")
        connection.commit()
        self.backends.add(connection.info.backend_pid)

    def open(self) -> None:
        """Start connecting; does not wait."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Give every connection back."""
        self._pool.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Give a connection whose work is committed at the end, or undone by an error.

        Raises: DatabaseAway if there is no connection to be had, or it is lost half-way.
        """
        try:
            with self._pool.connection() as tx:
                yield tx
        except (PoolTimeout, psycopg.OperationalError) as error:
            if isinstance(error, psycopg.errors.QueryCanceled):
                raise
            raise DatabaseAway from error

    def maintain(self, statement: LiteralString) -> None:
        """Run a statement that cannot be part of a transaction: VACUUM.

        Raises: DatabaseAway.
        """
        with self.transaction() as connection:
            connection.autocommit = True
            try:
                connection.execute(statement)
            finally:
                connection.autocommit = False


def _check(connection: Tx) -> None:
    """Fail if the server has spoken while the connection lay idle: it is closing it.

    Asks the kernel, not the server; a query as check would double the cost of short transactions.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        connection.close()  # libpq has not noticed yet: the pool would keep it for ever
        raise psycopg.OperationalError("the server has closed this connection")


def listen(url: str, *channels: LiteralString) -> psycopg.Connection[Any]:
    """Return a connection of its own that hears NOTIFY on `channels`."""
    connection = psycopg.connect(url, autocommit=True, application_name="watchbill listen")
    for channel in channels:
        connection.execute(psycopg.sql.SQL("listen {}").format(psycopg.sql.Identifier(channel)))
    return connection


def as_json(values: object) -> str:
    """Return values (dataclasses, enums, times) as JSON text for `json_populate_recordset`."""
    return msgspec.json.encode(values).decode()


def with_role(url: str, **parameters: str) -> str:
    """Return `url` with connection parameters changed."""
    return conninfo.make_conninfo(url, **parameters)


set_json_loads(msgspec.json.decode)
set_json_dumps(lambda value: msgspec.json.encode(value).decode())
