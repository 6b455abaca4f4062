"""The first schema."""

from __future__ import annotations

from alembic import op

from watchbill.store import migrations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the SQL file beside this one as it stands, in Alembic's transaction."""
    driver = op.get_bind().connection
    with driver.cursor() as cursor:
        cursor.execute(migrations.sql_beside(__file__))
