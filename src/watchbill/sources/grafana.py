"""Grafana Alerting's webhook: one event an alert, as Alertmanager's, with more links and values.

With a `secret` in its settings every request must carry Grafana's HMAC signature; with a
`timestamp_header` the signature covers the time too, which must be within five minutes of now.

Source: wire-formats §7 and §15; Grafana documentation, "Configure webhook notifications".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from watchbill.core import payloads, sources
from watchbill.core.events import BadEvent, Event, EventAction, Link, Severity
from watchbill.core.sources import Refused, Reply, Request, Settings

name = "grafana"

#: Grafana's default; settings may name another as `signature_header`.
_SIGNATURE_HEADER = "x-grafana-alerting-signature"
#: How far a signed time may be from ours.
_TOLERANCE = timedelta(minutes=5)
#: Alerts Grafana makes itself about a rule; `rulename` says which.
_ABOUT_A_RULE = ("DatasourceNoData", "DatasourceError")

_NO_ALERTS = (
    "'alerts' is missing or empty; send Grafana's default payload, or use the generic source"
)


class Alert(msgspec.Struct, rename="camel"):
    """One alert of the group."""

    status: str = "firing"
    labels: dict[str, object] | None = None
    annotations: dict[str, object] | None = None
    starts_at: object = None
    fingerprint: str | None = None
    values: object = None
    value_string: object = None
    generator_url: object = msgspec.field(default=None, name="generatorURL")
    silence_url: object = msgspec.field(default=None, name="silenceURL")
    dashboard_url: object = msgspec.field(default=None, name="dashboardURL")
    panel_url: object = msgspec.field(default=None, name="panelURL")
    image_url: object = msgspec.field(default=None, name="imageURL")


class Webhook(msgspec.Struct, rename="camel"):
    """The body: one group's notification."""

    alerts: list[Alert] | None = None
    group_key: object = None
    truncated_alerts: object = 0


_DECODER = msgspec.json.Decoder(Webhook)


def parse(request: Request, settings: Settings, *, now: datetime) -> tuple[Event, ...]:
    """Return one event for each alert of the group.

    Raises: Refused with 401 if it should be signed and is not; BadEvent if it has no alerts.
    """
    sources.must_post(request)
    _verify(request, settings, now=now)
    body = payloads.read(_DECODER, request.body)
    if not body.alerts:
        raise BadEvent(_NO_ALERTS)
    group = payloads.key(body.group_key)
    usual = payloads.severity(settings.get("severity"))
    lost = payloads.size(body.truncated_alerts) if body.truncated_alerts else None
    return tuple(
        _event(alert, index=index, group=group, usual=usual, lost=lost)
        for index, alert in enumerate(body.alerts)
    )


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202."""
    return sources.json_reply(202, {"status": "success", "events": len(events)})


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal in the words of Grafana's own API."""
    return sources.json_reply(sources.status_of(error), {"message": sources.sentence(error)})


def _verify(request: Request, settings: Settings, *, now: datetime) -> None:
    secret = sources.secret_of(settings)
    if not secret:
        return
    header = payloads.text(settings.get("signature_header")).lower() or _SIGNATURE_HEADER
    message, stamped = request.body, payloads.text(settings.get("timestamp_header")).lower()
    if stamped:
        stamp = request.headers.get(stamped, "")
        sent = payloads.epoch(stamp)
        if sent is None or abs(now - sent) > _TOLERANCE:
            raise Refused(401, f"the time in '{stamped}' is missing or too far from now")
        message = stamp.encode() + b":" + message
    signature = request.headers.get(header, "")
    if not sources.is_signed(message, secret=secret, signature=signature):
        raise Refused(401, f"the signature in '{header}' is missing or wrong")


def _event(alert: Alert, *, index: int, group: str, usual: Severity, lost: int | None) -> Event:
    labels, annotations = alert.labels or {}, alert.annotations or {}
    resolved = alert.status.lower() in ("resolved", "ok")
    named = labels.get("severity")
    return Event(
        action=EventAction.RESOLVE if resolved else EventAction.TRIGGER,
        dedup_key=payloads.fingerprint(alert.fingerprint, labels, index=index),
        summary=payloads.summary(labels, annotations),
        severity=payloads.severity(named) if named else usual,
        source=payloads.line(labels.get("instance") or labels.get("grafana_folder")),
        alarm=_alarm(labels),
        group=group,
        occurred_at=payloads.instant(alert.starts_at),
        fields=payloads.fields(_fields(alert, labels, annotations, lost)),
        links=_links(alert, annotations),
    )


def _alarm(labels: Mapping[str, object]) -> str:
    found = payloads.line(labels.get("alertname"))
    return (payloads.line(labels.get("rulename")) or found) if found in _ABOUT_A_RULE else found


def _fields(
    alert: Alert,
    labels: Mapping[str, object],
    annotations: Mapping[str, object],
    lost: int | None,
) -> Iterator[tuple[str, object]]:
    yield from labels.items()
    yield from annotations.items()
    for ref, value in payloads.mapping(alert.values).items():
        yield f"value.{ref}", value
    yield "values", alert.value_string or None
    yield "truncated_alerts", lost


def _links(alert: Alert, annotations: Mapping[str, object]) -> tuple[Link, ...]:
    return payloads.links(
        payloads.link(annotations.get("runbook_url"), "Runbook"),
        payloads.link(alert.panel_url, "Panel"),
        payloads.link(alert.dashboard_url, "Dashboard"),
        payloads.link(alert.generator_url, "Rule"),
        payloads.link(alert.silence_url, "Silence"),
        payloads.link(alert.image_url, "Picture"),
    )
