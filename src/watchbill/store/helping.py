"""Who was asked to help with an incident and who said that they can, from its timeline."""

from __future__ import annotations

from watchbill.store.database import Tx

_ASKING = """
select t.person_id from timeline t
where t.incident_id = %s and t.kind = 'helpers_asked' and t.facts->'people' ? %s
order by t.at desc, t.id desc limit 1
"""
_OFFERED = "select person_id from timeline where incident_id = %s and kind = 'help_offered'"


def asking(tx: Tx, incident_id: str, person_id: str) -> str | None:
    """Return who asked the person last about the incident, or None."""
    row = tx.execute(_ASKING, [incident_id, person_id]).fetchone()
    return row[0] if row else None


def offered(tx: Tx, incident_id: str) -> set[str]:
    """Return who said that they can help."""
    return {row[0] for row in tx.execute(_OFFERED, [incident_id])}
