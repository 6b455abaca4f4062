"""How Alembic reaches the database: over psycopg, one transaction for all steps, one at a time."""

from __future__ import annotations

import sqlalchemy
from alembic import context
from sqlalchemy import pool

#: Any number that no other advisory lock of ours uses.
_LOCK = 7_311_002_001


def _run() -> None:
    url = str(context.config.attributes["url"])
    address = sqlalchemy.make_url(url).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(address, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=False)
        with context.begin_transaction():
            connection.execute(sqlalchemy.text("select pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            context.run_migrations()


_run()
