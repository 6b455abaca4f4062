"""PagerDuty change events, `POST /v2/change/enqueue`: kept and shown, never a page.

Source: wire-formats §2.5.
"""

from __future__ import annotations

import msgspec

from watchbill.core import payloads
from watchbill.core.events import SUMMARY_LIMIT, BadEvent, Event, EventAction, Severity
from watchbill.core.sources import NewKey, Reply
from watchbill.sources.pagerduty_v2 import replies

refused = replies.refused
unknown_key = replies.unknown_key


class ChangePayload(msgspec.Struct):
    """The body's `payload`."""

    summary: str | None = None
    source: object = None
    timestamp: object = None
    custom_details: object = None


class Change(msgspec.Struct):
    """The body of `/v2/change/enqueue`; images are accepted and ignored."""

    key: str | None = msgspec.field(default=None, name="routing_key")
    payload: ChangePayload | None = None
    links: object = None

    @property
    def routing_key(self) -> str:
        """Return the integration's key; `decode` has seen that it is there."""
        return self.key or ""

    def events(self, new_key: NewKey) -> tuple[Event, ...]:
        """Return the one change event.

        Raises: BadEvent.
        """
        payload = self.payload
        summary = payloads.line(payload.summary if payload else None, limit=SUMMARY_LIMIT)
        if payload is None or not summary:
            raise BadEvent(f"'payload{'.summary' if payload else ''}' is missing or blank")
        return (_event(self, payload, summary, new_key()),)


_DECODER = msgspec.json.Decoder(Change)


def decode(body: bytes) -> Change:
    """Return the body with its routing key.

    Raises: BadEvent.
    """
    found = payloads.read(_DECODER, body)
    if not found.key or not found.key.strip():
        raise BadEvent("'routing_key' is missing or blank")
    return found


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202."""
    del events
    return replies.success("Change event processed")


def _event(body: Change, payload: ChangePayload, summary: str, key: str) -> Event:
    details = payloads.mapping(payload.custom_details)
    others = () if details else (("details", payload.custom_details or None),)
    hrefs = map(payloads.mapping, payloads.items(body.links)[: payloads.LINKS_LIMIT])
    return Event(
        action=EventAction.CHANGE,
        dedup_key=key,
        summary=summary,
        severity=Severity.INFO,
        source=payloads.line(payload.source, limit=SUMMARY_LIMIT),
        occurred_at=payloads.instant(payload.timestamp),
        fields=payloads.fields((*payloads.flat(details).items(), *others)),
        links=payloads.links(*(payloads.link(one.get("href"), one.get("text")) for one in hrefs)),
    )
