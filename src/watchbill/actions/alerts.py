"""Fold: waiting events become alerts and incidents, and somebody is called, or nobody.

The second verb of the straight line. Load many, decide each in the core, save many, in one
transaction. A batch that fails is taken one event at a time; an event that fails alone is set
aside, visibly, and the rest go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watchbill.actions.shell import Shell
from watchbill.core import alerts
from watchbill.core.alerts import Alert, AlertState, Received
from watchbill.core.company import Company
from watchbill.core.events import EventAction
from watchbill.core.incidents import Decision, Incident
from watchbill.core.pages import Page
from watchbill.store import alerts as alerts_store
from watchbill.store import heartbeats as heartbeats_store
from watchbill.store import inbox
from watchbill.store import incidents as incidents_store
from watchbill.store.database import Tx

#: Events of one transaction, fewer while the intake is busy, and how few of one service still go
#: together in a crowd.
BATCH, SMALL_BATCH, FAIR = 1000, 250, 50


@dataclass(slots=True)
class _Bench:
    """The working set of one batch: what was loaded, and what has become of it so far."""

    company: Company
    alerts: dict[tuple[str, str], Alert]
    incidents: dict[str, Incident]
    groups: dict[tuple[str, str], str]
    pages: dict[str, tuple[Page, ...]]
    changed: dict[str, Alert] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    moved: list[tuple[int, str | None, str | None]] = field(default_factory=list)


def fold_new(shell: Shell) -> int:
    """Fold the oldest waiting events, fairly over services, in one transaction; return how many.

    A service that another process is folding just now is left to it. What that process may have
    missed, because it came after its last look, it is told of by NOTIFY.
    """
    with shell.db.transaction() as tx:
        services, is_shared = inbox.lock_waiting(tx)
        limit = SMALL_BATCH if shell.traffic.is_dense else BATCH
        batch = _take(tx, services, limit) if services else []
        if batch:
            _fold(shell, tx, batch)
        if is_shared:
            inbox.tell(tx)
    if batch:
        shell.sender_bell.set()
    return len(batch)


def waiting(shell: Shell) -> list[int]:
    """Return the ids of the events to take one by one, after a batch failed."""
    with shell.db.transaction() as tx:
        return inbox.waiting(tx, limit=BATCH)


def fold_one(shell: Shell, event_id: int) -> None:
    """Fold one event alone, after its batch failed."""
    with shell.db.transaction() as tx:
        received = inbox.take_one(tx, event_id)
        if received is not None:
            _fold(shell, tx, [received])
    shell.sender_bell.set()


def set_aside(shell: Shell, event_id: int, error: Exception) -> None:
    """Keep an event that cannot be folded where it is seen, out of the others' way."""
    with shell.db.transaction() as tx:
        inbox.set_aside(tx, event_id, error=repr(error), now=shell.clock.now())


def _take(tx: Tx, services: Sequence[str], limit: int) -> list[Received]:
    return inbox.take(tx, services, each=max(FAIR, limit // len(services)))


def _fold(shell: Shell, tx: Tx, batch: Sequence[Received]) -> None:
    now = shell.clock.now()
    bench = _load(shell.company(tx), tx, batch)
    for received in batch:
        _fold_event(bench, received, now=now, shell=shell)
    decisions = list(bench.decisions.values())
    incidents_store.save(tx, decisions)
    alerts_store.save(tx, list(bench.changed.values()))
    over = [i for i, d in bench.decisions.items() if not d.incident.is_open]
    if over:
        alerts_store.resolve_all(tx, over, now=now)
    incidents_store.look_again_if_changed(tx, decisions, version=bench.company.version, now=now)
    inbox.move(tx, bench.moved)
    beats = {r.integration_id: r.at for r in batch if r.event.action is EventAction.HEARTBEAT}
    heartbeats_store.seen(tx, beats)


def _load(company: Company, tx: Tx, batch: Sequence[Received]) -> _Bench:
    """Load what the batch may touch: firing alerts, open incidents (locked), their open pages."""
    keys = {(r.integration_id, r.event.dedup_key) for r in batch}
    firing = alerts_store.firing(tx, keys)
    groups = {
        (r.service_id, _group(company, r)) for r in batch if r.event.action is EventAction.TRIGGER
    }
    wanted = {alert.incident_id for alert in firing.values()}
    wanted.update(incidents_store.in_groups(tx, groups))
    locked = incidents_store.lock(tx, wanted) if wanted else {}
    found = {i: x for i, x in locked.items() if x.is_open}
    return _Bench(
        company=company,
        alerts=firing,
        incidents=found,
        groups={(x.service_id, x.group_key): x.id for x in found.values()},
        pages=incidents_store.open_pages(tx, list(found)) if found else {},
    )


def _fold_event(bench: _Bench, received: Received, *, now: datetime, shell: Shell) -> None:
    key = (received.integration_id, received.event.dedup_key)
    alert = bench.alerts.get(key)
    if alert is not None and alert.incident_id not in bench.incidents:
        alert = None  # its incident is over, and with it the alert
    incident_id = alert.incident_id if alert else _open_group(bench, received)
    incident = bench.incidents.get(incident_id) if incident_id else None
    folded = alerts.fold(
        bench.company,
        received,
        alert,
        incident,
        bench.pages.get(incident.id, ()) if incident else (),
        now=now,
        new_id=shell.new_id,
    )
    if folded.alert is not None:
        _keep_alert(bench, key, folded.alert)
    if folded.decision is not None:
        _keep_decision(bench, folded.decision)
    owner = folded.alert
    bench.moved.append(
        (received.id, owner.id if owner else None, owner.incident_id if owner else None)
    )


def _group(company: Company, received: Received) -> str:
    """Return which open incident of its service the event would join."""
    service = company.services[received.service_id]
    return alerts.group_key(company, service, received.event, at=received.at)


def _open_group(bench: _Bench, received: Received) -> str | None:
    if received.event.action is not EventAction.TRIGGER:
        return None
    return bench.groups.get((received.service_id, _group(bench.company, received)))


def _keep_alert(bench: _Bench, key: tuple[str, str], alert: Alert) -> None:
    bench.changed[alert.id] = alert
    if alert.state is AlertState.FIRING:
        bench.alerts[key] = alert
    else:
        bench.alerts.pop(key, None)


def _keep_decision(bench: _Bench, decision: Decision) -> None:
    incident = decision.incident
    before = bench.decisions.get(incident.id)
    bench.decisions[incident.id] = before.then(decision) if before else decision
    open_now = {page.id: page for page in bench.pages.get(incident.id, ())}
    open_now.update({page.id: page for page in decision.pages})
    bench.pages[incident.id] = tuple(page for page in open_now.values() if page.is_open)
    if incident.is_open:
        bench.incidents[incident.id] = incident
        bench.groups[incident.service_id, incident.group_key] = incident.id
    else:
        bench.incidents.pop(incident.id, None)
        bench.groups.pop((incident.service_id, incident.group_key), None)
