"""PagerDuty Events API v2, `POST /v2/enqueue`: trigger, acknowledge, resolve.

The body is decoded once: `decode` gives its structure and key, `Enqueue.events` its event.

Source: wire-formats §2, lenient as §1 and §6.2 say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from watchbill.core import payloads
from watchbill.core.events import (
    DEDUP_KEY_LIMIT,
    SUMMARY_LIMIT,
    BadEvent,
    Event,
    EventAction,
    Link,
    Severity,
)
from watchbill.core.sources import NewKey, Reply
from watchbill.sources.pagerduty_v2 import details as group
from watchbill.sources.pagerduty_v2 import replies

refused = replies.refused
unknown_key = replies.unknown_key

_ACTIONS = {
    "trigger": EventAction.TRIGGER,
    "acknowledge": EventAction.ACKNOWLEDGE,
    "resolve": EventAction.RESOLVE,
}
_SEVERITIES = {one.value: one for one in Severity}


class Payload(msgspec.Struct):
    """The body's `payload`; what is only shown may be of any type."""

    summary: str | None = None
    source: str | None = None
    severity: str | None = None
    timestamp: object = None
    component: object = None
    group: object = None
    class_: object = msgspec.field(default=None, name="class")
    custom_details: object = None


class Enqueue(msgspec.Struct):
    """The body of `/v2/enqueue`."""

    key: str | None = msgspec.field(default=None, name="routing_key")
    event_action: str | None = None
    dedup_key: str | None = None
    payload: Payload | None = None
    client: object = None
    client_url: object = None
    images: object = None
    links: object = None

    @property
    def routing_key(self) -> str:
        """Return the integration's key; `decode` has seen that it is there."""
        return self.key or ""

    def events(self, new_key: NewKey) -> tuple[Event, ...]:
        """Return the one event, its dedup key made by `new_key` if a trigger has none.

        Raises: BadEvent with everything that is wrong.
        """
        action = _ACTIONS.get(self.event_action or "")
        dedup_key = payloads.line(self.dedup_key, limit=DEDUP_KEY_LIMIT + 1)
        errors = tuple(_errors(self, action, dedup_key))
        if action is None or errors:
            raise BadEvent(*errors)
        return (_event(self, action, dedup_key or new_key()),)


_DECODER = msgspec.json.Decoder(Enqueue)


def decode(body: bytes) -> Enqueue:
    """Return the body with its routing key.

    Raises: BadEvent.
    """
    found = payloads.read(_DECODER, body)
    if not found.key or not found.key.strip():
        raise BadEvent("'routing_key' is missing or blank")
    return found


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202 with the dedup key that clients rely on."""
    return replies.success("Event processed", dedup_key=events[0].dedup_key)


def _errors(body: Enqueue, action: EventAction | None, dedup_key: str) -> Iterator[str]:
    if not body.event_action:
        yield "'event_action' is missing or blank"
    elif action is None:
        yield "'event_action' is invalid (must be one of: trigger acknowledge resolve)"
    if len(dedup_key) > DEDUP_KEY_LIMIT:
        yield f"'dedup_key' is longer than {DEDUP_KEY_LIMIT} characters"
    if not dedup_key and action in (EventAction.ACKNOWLEDGE, EventAction.RESOLVE):
        yield "'dedup_key' is missing or blank"
    if action is EventAction.TRIGGER:
        yield from _payload_errors(body.payload)


def _payload_errors(payload: Payload | None) -> Iterator[str]:
    if payload is None:
        yield "'payload' is missing or blank"
        return
    if not payload.summary or not payload.summary.strip("\x00 \t\r\n"):
        yield "'payload.summary' is missing or blank"
    if not payload.source or not payload.source.strip("\x00 \t\r\n"):
        yield "'payload.source' is missing or blank"
    if payload.severity is None:
        yield "'payload.severity' is missing or blank"


def _event(body: Enqueue, action: EventAction, dedup_key: str) -> Event:
    payload = body.payload or Payload()
    details = payloads.mapping(payload.custom_details)
    labels = group.labels(details) if group.is_group(details) else {}
    severity = (payload.severity or "").strip().lower()
    return Event(
        action=action,
        dedup_key=dedup_key,
        summary=payloads.line(payload.summary, limit=SUMMARY_LIMIT),
        severity=_SEVERITIES.get(severity, Severity.ERROR),
        source=payloads.line(payload.source, limit=SUMMARY_LIMIT),
        alarm=_alarm(payload, details, labels),
        group=payloads.line(payload.group),
        size=group.size(details) if details else 1,
        occurred_at=payloads.instant(payload.timestamp) if payload.timestamp else None,
        fields=payloads.fields(_fields(body, payload, details, labels)),
        links=_links(body) if body.client_url or body.links or body.images else (),
    )


def _alarm(payload: Payload, details: Mapping[str, object], labels: Mapping[str, object]) -> str:
    """Return the alarm's key.

    Source: ADR how-an-alarm-key-is-found.
    """
    named = (details.get("alarm"), payload.class_, details.get("alertname"))
    found = next((one for one in named if isinstance(one, str) and one), labels.get("alertname"))
    return payloads.line(found)


def _fields(
    body: Enqueue,
    payload: Payload,
    details: Mapping[str, object],
    labels: Mapping[str, object],
) -> Iterator[tuple[str, object]]:
    if payload.severity and payload.severity not in _SEVERITIES:
        yield "severity", payload.severity
    yield "component", payload.component
    yield "group", payload.group
    yield "class", payload.class_
    yield "client", body.client
    yield from labels.items()
    if details:
        yield from payloads.flat(group.rest(details) if labels else details).items()
    else:
        yield "details", payload.custom_details or None


def _links(body: Enqueue) -> tuple[Link, ...]:
    sent = map(payloads.mapping, payloads.items(body.links)[: payloads.LINKS_LIMIT])
    pictures = map(payloads.mapping, payloads.items(body.images)[: payloads.LINKS_LIMIT])
    return payloads.links(
        payloads.link(body.client_url, body.client),
        *(payloads.link(one.get("href"), one.get("text")) for one in sent),
        *(
            payloads.link(one.get("href") or one.get("src"), one.get("alt") or "image")
            for one in pictures
        ),
    )
