"""Whether the database answers, and whether its schema is the one this code knows."""

from __future__ import annotations

from watchbill.store import migrations
from watchbill.store.database import Database

_REVISION = "select version_num from alembic_version"


def schema_fault(db: Database) -> str:
    """Return what is wrong with the schema in one sentence, or "" if nothing is.

    Raises: DatabaseAway.
    """
    with db.transaction() as tx:
        found = tx.execute(_REVISION).fetchone()
    known = migrations.head()
    if found is None or found[0] != known:
        return f"the schema is at {found[0] if found else 'nothing'}, this code needs {known}"
    return ""
