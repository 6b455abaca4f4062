"""The company's alarms: read as a whole once, and after that only when one of them has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from watchbill.core.alarms import Alarm, AlarmState
from watchbill.core.definitions import as_match
from watchbill.core.events import Severity
from watchbill.core.matching import Index
from watchbill.core.people import ServiceId
from watchbill.store.database import Tx

_VERSION = "select alarms_version from organization"
_ALARMS = """
select id, service_id, key, title, state, severity, (runbook <> '' or runbook_url <> ''),
       muted_until, in_force is not null, match::text, lapses_at
from alarms_now
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The alarms as last read. Ten thousand take a tenth of a second, and as good as none again."""

    version: int = -1
    alarms: Mapping[tuple[ServiceId, str], Alarm] = field(default_factory=dict)
    index: Index[Alarm] = field(default_factory=lambda: Index(()))
    #: By id, what was read of an alarm, and what was made of it.
    rows: dict[str, tuple[tuple[Any, ...], Alarm]] = field(default_factory=dict)


def load(tx: Tx, before: Known) -> Known:
    """Return the alarms as of this transaction; those that did not change are the very same."""
    number = tx.execute(_VERSION).fetchone()
    if number is None or number[0] == before.version:
        return before
    rows = {}
    for row in tx.execute(_ALARMS):
        old = before.rows.get(row[0])
        rows[row[0]] = old if old is not None and old[0] == row else (row, _to_alarm(row))
    alarms = {(alarm.service_id, alarm.key): alarm for _, alarm in rows.values()}
    index = Index(alarms.values(), before=before.index)
    return Known(version=number[0], alarms=alarms, index=index, rows=rows)


def _to_alarm(row: tuple[Any, ...]) -> Alarm:
    return Alarm(
        id=row[0],
        service_id=row[1],
        key=row[2],
        title=row[3],
        state=AlarmState(row[4]),
        severity=Severity(row[5]),
        has_runbook=row[6],
        muted_until=row[7],
        is_in_force=row[8],
        match=as_match(msgspec.json.decode(row[9])),
        lapses_at=row[10],
    )
