"""Opening: the database a command works on, whether or not a server runs on it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from watchbill import config
from watchbill.actions import bootstrap
from watchbill.actions import shell as shells
from watchbill.actions.shell import Shell
from watchbill.app import database
from watchbill.clock import RunningClock, real_now
from watchbill.config import Settings
from watchbill.errors import Misconfigured
from watchbill.store import migrations
from watchbill.store.database import Database

_PATIENCE_S = 5


class NoDatabase(Misconfigured):
    """The database does not answer; look at DATABASE_URL."""


class OldSchema(Misconfigured):
    """The database's schema is not this version's; run `watchbill migrate`."""


def settings(data_dir: Path | None) -> Settings:
    """Return the settings, with the data directory an option named.

    If a demo runs there, its database, its mail server and its clock are meant.
    """
    given = config.read(os.environ, data_dir=data_dir)
    if given.database_url:
        return given
    with contextlib.suppress(OSError, ValueError, KeyError):
        card = json.loads((given.data_dir / "demo.json").read_text(encoding="utf-8"))
        return _of_demo(given, card)
    return given


def _of_demo(given: Settings, card: dict[str, Any]) -> Settings:
    clock = card["clock"]
    passed = (real_now() - datetime.fromisoformat(clock["real"])) * clock["speed"]
    return replace(
        given,
        data_dir=Path(card["data_dir"]),
        smtp_host=card["smtp"]["host"],
        smtp_port=card["smtp"]["port"],
        smtp_security="none",
        clock_start=datetime.fromisoformat(clock["now"]) + passed,
        clock_speed=clock["speed"],
    )


@contextlib.contextmanager
def opened(data_dir: Path | None) -> Iterator[Shell]:
    """Give a shell on DATABASE_URL, or on the embedded PostgreSQL of the data directory.

    One that a server runs is shared with it; otherwise it is started, and stopped at the end.

    Raises: NoDatabase; OldSchema.
    """
    given = settings(data_dir)
    with database(given) as url:
        need_answer(url)
        _need_schema(url, given)
        db = Database(url, size=2)
        db.open()
        shell = shells.shell(db, RunningClock(start=given.clock_start, speed=given.clock_speed))
        try:
            _need_company(shell, given)
            yield shell
        finally:
            db.close()


def need_answer(url: str) -> None:
    """Refuse a database that does not answer within a few seconds.

    Raises: NoDatabase.
    """
    try:
        psycopg.connect(url, connect_timeout=_PATIENCE_S).close()
    except psycopg.Error as error:
        raise NoDatabase(said=" ".join(str(error).split())[:300]) from None


def _need_schema(url: str, given: Settings) -> None:
    """Make the schema of an embedded database nobody has used; refuse any other difference."""
    found = migrations.current(url)
    if found == migrations.head():
        return
    if found is not None or given.database_url:
        raise OldSchema(found=found or "nothing", needed=migrations.head())
    migrations.upgrade(url)


def _need_company(shell: Shell, given: Settings) -> None:
    """Make the company's own row if no server has made it yet; leave one that is there alone."""
    with shell.db.transaction() as tx:
        is_there = shell.company(tx).version > 0
    if not is_there:
        bootstrap.prepare(shell, base_url=given.base_url or f"http://{given.host}:{given.port}")
