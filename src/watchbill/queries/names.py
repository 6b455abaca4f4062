"""Names: what things are called whose ids stand in the audit log."""

from __future__ import annotations

from collections.abc import Collection

from watchbill.store.database import Tx

_NAMES = """
select id, name from people where id = any(%(ids)s)
union all select id, name from teams where id = any(%(ids)s)
union all select id, name from offices where id = any(%(ids)s)
union all select id, name from services where id = any(%(ids)s)
union all select id, name from rotas where id = any(%(ids)s)
union all select a.id, v.title from alarms a join alarm_versions v on v.alarm_id = a.id and v.number = a.version
  where a.id = any(%(ids)s)
union all select id, name from integrations where id = any(%(ids)s)
union all select id, name from webhooks where id = any(%(ids)s)
union all select id, name from tokens where id = any(%(ids)s)
union all select s.id, p.name from shifts s join people p on p.id = s.person_id
  where s.id = any(%(ids)s)
union all select t.id, p.name from terms t join people p on p.id = t.person_id
  where t.id = any(%(ids)s)
union all select c.id, p.name from contact_methods c join people p on p.id = c.person_id
  where c.id = any(%(ids)s)
"""


def names(tx: Tx, ids: Collection[str]) -> dict[str, str]:
    """Return by id what is still there, of any kind; a person's own things by the person."""
    return dict(tx.execute(_NAMES, {"ids": sorted(ids)}).fetchall()) if ids else {}
