"""Tokens: whom one acts for, by its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchbill.store.database import Tx

_FIND = """
select t.id, t.person_id, p.is_admin, t.scopes, t.expires_at, t.seen_at
from tokens t join people p on p.id = t.person_id
where t.hash = %s and t.revoked_at is null and p.disabled_at is null
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A token that was not revoked, and the person it acts for."""

    token_id: str
    person_id: str
    is_admin: bool
    scopes: tuple[str, ...]
    expires_at: datetime | None
    seen_at: datetime | None

    def is_good(self, at: datetime) -> bool:
        """True until it ends."""
        return self.expires_at is None or at < self.expires_at


def find(tx: Tx, token_hash: str) -> Bearer | None:
    """Return the token with this hash, unless it was revoked or its person disabled."""
    row = tx.execute(_FIND, [token_hash]).fetchone()
    if row is None:
        return None
    return Bearer(
        token_id=row[0],
        person_id=row[1],
        is_admin=row[2],
        scopes=tuple(row[3]),
        expires_at=row[4],
        seen_at=row[5],
    )
