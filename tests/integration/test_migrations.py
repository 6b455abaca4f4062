"""The schema's history can be walked from nothing, and twice does no harm."""

from __future__ import annotations

import subprocess
import sys

import psycopg
from alembic import config, script

from watchbill.store import migrations


def test_a_fresh_database_reaches_the_head(database_url: str) -> None:
    assert migrations.current(database_url) == migrations.head()


def test_the_head_read_from_file_names_is_the_one_alembic_sees() -> None:
    settings = config.Config()
    settings.set_main_option("script_location", migrations.__path__[0])
    assert script.ScriptDirectory.from_config(settings).get_heads() == [migrations.head()]


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    migrations.upgrade(database_url)
    assert migrations.current(database_url) == migrations.head()


def test_two_processes_may_upgrade_an_empty_database_together(empty_database_url: str) -> None:
    code = "import sys; from watchbill.store import migrations; migrations.upgrade(sys.argv[1])"
    command = [sys.executable, "-c", code, empty_database_url]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(30) for process in both] == [0, 0]
    assert migrations.current(empty_database_url) == migrations.head()


def test_the_rolled_back_connection_sees_the_tables(conn: psycopg.Connection) -> None:
    found = conn.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    assert found is not None
    assert found[0] > 1
