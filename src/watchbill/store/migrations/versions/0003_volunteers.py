"""Volunteers: seats, readiness, plans, swaps, handoffs and calendars."""

from __future__ import annotations

from alembic import op

from watchbill.store import migrations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL file beside this one as it stands, in Alembic's transaction."""
    op.get_bind().connection.cursor().execute(migrations.sql_beside(__file__))
