"""Organization: the one row of company-wide settings."""

from __future__ import annotations

from collections.abc import Mapping

from watchbill.store import rows
from watchbill.store.database import Tx

_LOCK = """
select name, volunteer_wait_s, manager_wait_s, pages_a_month, people_at_once, base_url
from organization for update
"""
_COLUMNS = (
    "name",
    "volunteer_wait_s",
    "manager_wait_s",
    "pages_a_month",
    "people_at_once",
    "base_url",
)
_VERSION = """
select md5(concat_ws('|', name, volunteer_wait_s, manager_wait_s, pages_a_month, people_at_once,
                     base_url)) from organization
"""
_SECRET = "select secret from organization"  # noqa: S105 - a query
_TOUCH = "update organization set version = version + 1"


def lock(tx: Tx) -> dict[str, object]:
    """Return the settings, locked."""
    row = tx.execute(_LOCK).fetchone() or ("",) * len(_COLUMNS)
    return dict(zip(_COLUMNS, row, strict=True))


def version(tx: Tx) -> str:
    """Return a text that changes with the settings."""
    row = tx.execute(_VERSION).fetchone()
    return str(row[0]) if row else ""


def secret(tx: Tx) -> bytes:
    """Return what signs links and cookies."""
    row = tx.execute(_SECRET).fetchone()
    return bytes(row[0]) if row else b""


def change(tx: Tx, values: Mapping[str, object]) -> None:
    """Set settings, and tell every process."""
    rows.change(tx, "organization", "true", values)
    touch(tx)


def touch(tx: Tx) -> None:
    """Tell every process that what it keeps of the company and its tokens is old."""
    tx.execute(_TOUCH)
    tx.execute("select pg_notify('company', '')")
