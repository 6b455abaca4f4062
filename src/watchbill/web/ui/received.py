"""Received: a handoff's facts as links, and the handoff of the shift before one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from watchbill.queries import handoffs as queries
from watchbill.web.ui import rota
from watchbill.web.ui.visits import Visit

_PLACES = {"inc": "/incidents/{}", "alm": "/alarms/{}", "swp": "/swaps/{}"}
_MANAGERS = "/managers"


def items(facts: Mapping[str, Any] | None, name: str) -> tuple[rota.HandoffItem, ...]:
    """Return one list of a handoff's facts, each with the screen it is about."""
    found: Sequence[Mapping[str, str]] = (facts or {}).get(name) or ()
    return tuple(rota.HandoffItem(href=_href(item["id"]), text=item["text"]) for item in found)


def _href(thing_id: str) -> str:
    return _PLACES.get(thing_id.partition("_")[0], _MANAGERS).format(thing_id)


def shown(visit: Visit) -> rota.Received | None:
    """Return what the viewer was handed, if they stand the watch and their shift is young."""
    if visit.company.volunteer(visit.now) != visit.me.id:
        return None
    with visit.site.shell.db.transaction() as tx:
        row = queries.received(tx, visit.company, visit.me.id, now=visit.now)
    if row is None:
        return None
    return rota.Received(
        shift_id=row.shift_id,
        person=row.person,
        ended_at=row.ends_at,
        written_at=row.at,
        note=row.note,
        open=items(row.facts, "open"),
        held=items(row.facts, "held"),
        changed=items(row.facts, "changed"),
    )
