"""People: what else a change of a person has to look at."""

from __future__ import annotations

from watchbill.store.database import Tx

_COUNT = "select count(*) from people"
_OTHER_ADMINS = "select 1 from people where is_admin and disabled_at is null and id <> %s limit 1"
_KINDS = """
select rota_kind from rota_members where person_id = %(id)s
union select rota_kind from rota_overrides where person_id = %(id)s
"""


def count(tx: Tx) -> int:
    """Return how many people there are, disabled ones too."""
    row = tx.execute(_COUNT).fetchone()
    return int(row[0]) if row else 0


def other_admins(tx: Tx, person_id: str) -> bool:
    """True if somebody else is an admin."""
    return tx.execute(_OTHER_ADMINS, [person_id]).fetchone() is not None


def rota_kinds(tx: Tx, person_id: str) -> set[str]:
    """Return the kinds of rotas (`team`, `managers`) the person stands on."""
    return {row[0] for row in tx.execute(_KINDS, {"id": person_id})}
