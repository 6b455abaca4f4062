"""Prometheus Alertmanager's webhook, version 4: one event an alert.

The dedup key is the alert's fingerprint, the group Alertmanager's groupKey, the alarm the
`alertname`. A resolved alert resolves; a later trigger of the same fingerprint is a new alert.

Source: wire-formats §6.1; shapes of 0.25 to 0.34.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from watchbill.core import payloads, sources
from watchbill.core.events import SUMMARY_LIMIT, BadEvent, Event, EventAction, Link
from watchbill.core.sources import Refused, Reply, Request, Settings

name = "alertmanager"

_ACCEPTED = Reply(status=202, content_type="application/json", body=b'{"status":"success"}')


class Alert(msgspec.Struct):
    """One alert of the group."""

    status: str = "firing"
    labels: dict[str, object] | None = None
    annotations: dict[str, object] | None = None
    starts_at: object = msgspec.field(default=None, name="startsAt")
    generator_url: object = msgspec.field(default=None, name="generatorURL")
    fingerprint: str | None = None


class Webhook(msgspec.Struct):
    """The body: one group's notification."""

    alerts: list[Alert] | None = None
    group_key: object = msgspec.field(default=None, name="groupKey")
    external_url: object = msgspec.field(default=None, name="externalURL")
    truncated: object = msgspec.field(default=0, name="truncatedAlerts")


_DECODER = msgspec.json.Decoder(Webhook)


def parse(request: Request, settings: Settings, *, now: datetime) -> tuple[Event, ...]:
    """Return one event for each alert of the group.

    Raises: BadEvent if the body has no alerts, or one of them neither fingerprint nor labels.
    """
    del settings, now
    sources.must_post(request)
    body = payloads.read(_DECODER, request.body)
    if not body.alerts:
        raise BadEvent("'alerts' is missing or empty")
    group = payloads.key(body.group_key)
    shared = payloads.link(body.external_url, "Alertmanager")
    lost = payloads.size(body.truncated) if body.truncated else 0
    return tuple(
        _event(alert, index=index, group=group, shared=shared, lost=lost)
        for index, alert in enumerate(body.alerts)
    )


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202; Alertmanager looks at nothing else."""
    del events
    return _ACCEPTED


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal in the words of Prometheus' own API; Alertmanager logs it."""
    kind = "bad_data" if isinstance(error, BadEvent) else "refused"
    body = {"status": "error", "errorType": kind, "error": sources.sentence(error)}
    return sources.json_reply(sources.status_of(error), body)


def _event(alert: Alert, *, index: int, group: str, shared: Link | None, lost: int) -> Event:
    labels = alert.labels or {}
    annotations = alert.annotations or {}
    resolved = alert.status.lower() == "resolved"
    return Event(
        action=EventAction.RESOLVE if resolved else EventAction.TRIGGER,
        dedup_key=payloads.fingerprint(alert.fingerprint, labels, index=index),
        summary=payloads.summary(labels, annotations),
        severity=payloads.severity(labels.get("severity")),
        source=payloads.line(labels.get("instance") or labels.get("job"), limit=SUMMARY_LIMIT),
        alarm=payloads.line(labels.get("alertname")),
        group=group,
        occurred_at=payloads.instant(alert.starts_at),
        fields=payloads.fields(_fields(labels, annotations, lost)),
        links=_links(alert, annotations, shared),
    )


def _fields(
    labels: dict[str, object], annotations: dict[str, object], lost: int
) -> Iterator[tuple[str, object]]:
    yield from labels.items()
    yield from annotations.items()
    if lost:
        yield "truncated_alerts", lost


def _links(alert: Alert, annotations: dict[str, object], shared: Link | None) -> tuple[Link, ...]:
    return payloads.links(
        payloads.link(annotations.get("runbook_url"), "Runbook"),
        payloads.link(annotations.get("dashboard_url"), "Dashboard"),
        payloads.link(alert.generator_url, "Graph"),
        shared,
    )
