"""Alerts: find the firing ones by dedup key, save what folding made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from watchbill.core.alerts import Alert, AlertState
from watchbill.core.events import Link, Severity
from watchbill.core.people import ServiceId
from watchbill.store.database import Tx, as_json

_FIRING = """
select a.id, a.service_id, a.integration_id, a.dedup_key, a.incident_id, a.state, a.alarm,
       a.summary, a.severity, a.source, a.size, a.fields, a.links, a.first_at, a.last_at,
       a.events, a.resolved_at
from json_to_recordset(%s) as k(i text, d text)
join alerts a on a.integration_id = k.i and a.dedup_key = k.d and a.state = 'firing'
"""
_SAVE = """
insert into alerts (id, service_id, integration_id, dedup_key, incident_id, state, alarm, summary,
  severity, source, size, fields, links, first_at, last_at, events, resolved_at)
select id, service_id, integration_id, dedup_key, incident_id, state, alarm, summary,
  severity, source, size, fields, links, first_at, last_at, events, resolved_at
from json_populate_recordset(null::alerts, %s)
on conflict (id) do update set
  state = excluded.state, summary = excluded.summary, severity = excluded.severity,
  size = excluded.size, fields = excluded.fields, links = excluded.links,
  last_at = excluded.last_at, events = excluded.events, resolved_at = excluded.resolved_at
"""
_RESOLVE_ALL = """
update alerts set state = 'resolved', resolved_at = %s where incident_id = any(%s) and state = 'firing'
"""


def firing(tx: Tx, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Alert]:
    """Return the firing alerts of these (integration, dedup key) pairs."""
    wanted = as_json([{"i": integration, "d": key} for integration, key in keys])
    found = (_to_alert(row) for row in tx.execute(_FIRING, [wanted]))
    return {(alert.integration_id, alert.dedup_key): alert for alert in found}


def save(tx: Tx, alerts: Sequence[Alert]) -> None:
    """Write alerts, new and changed.

    What stopped firing goes first: the same condition may have begun anew in the same batch.
    """
    for batch in (
        [alert for alert in alerts if alert.state is AlertState.RESOLVED],
        [alert for alert in alerts if alert.state is AlertState.FIRING],
    ):
        if batch:
            tx.execute(_SAVE, [as_json(batch)])


def resolve_all(tx: Tx, incident_ids: Sequence[str], *, now: datetime) -> None:
    """Resolve what still fires of incidents that are over."""
    tx.execute(_RESOLVE_ALL, [now, list(incident_ids)])


def _to_alert(row: tuple[Any, ...]) -> Alert:
    return Alert(
        id=row[0],
        service_id=ServiceId(row[1]),
        integration_id=row[2],
        dedup_key=row[3],
        incident_id=row[4],
        state=AlertState(row[5]),
        alarm=row[6],
        summary=row[7],
        severity=Severity(row[8]),
        source=row[9],
        size=row[10],
        fields=tuple((name, value) for name, value in row[11]),
        links=tuple(Link(**link) for link in row[12]),
        first_at=row[13],
        last_at=row[14],
        events=row[15],
        resolved_at=row[16],
    )
