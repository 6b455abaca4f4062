"""Rotas: the order in which their members stand."""

from __future__ import annotations

from collections.abc import Sequence

from watchbill.store.database import Tx

_FORGET = "delete from rota_members where rota_id = %s"
_ADD = """
insert into rota_members (rota_id, rota_kind, position, person_id, person_role)
values (%s, %s, %s, %s, %s)
"""


def put(tx: Tx, rota_id: str, *, kind: str, members: Sequence[tuple[str, str]]) -> None:
    """Replace the order: (person, role), the first stands first."""
    tx.execute(_FORGET, [rota_id])
    for position, (person_id, role) in enumerate(members):
        tx.execute(_ADD, [rota_id, kind, position, person_id, role])
