"""The schema's history: numbered steps that only go forward, run in process.

Alembic is imported only when there is a step to take, because importing it takes a second.
Each step `NNNN_name.py` runs the SQL file beside it.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import errors as postgres_errors

_HERE = Path(__file__).parent


def head() -> str:
    """Return the newest revision this code knows."""
    return max(path.name.split("_", 1)[0] for path in (_HERE / "versions").glob("[0-9]*.py"))


def current(url: str) -> str | None:
    """Return the revision the database is at, or None if it was never migrated."""
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            found = connection.execute("select version_num from alembic_version").fetchone()
        except postgres_errors.UndefinedTable:
            return None
    return str(found[0]) if found else None


def upgrade(url: str) -> None:
    """Bring the database to `head()` in one transaction; at once if it is there already.

    Several processes may call this together: the second waits and finds nothing to do.
    """
    if current(url) == head():
        return
    from alembic import command, config

    settings = config.Config()
    settings.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    settings.attributes["url"] = url
    command.upgrade(settings, "head")


def sql_beside(step: str) -> str:
    """Return the text of the SQL file that belongs to the step in the Python file `step`."""
    return Path(step).with_suffix(".sql").read_text(encoding="utf-8")
