"""Any JSON object or form: one event, or one for each item of an array in it.

Settings, all optional: `mapping` (an event's field to a path or template), `items` (path of an
array, one event an item), `actions` and `severities` (the sender's word to ours), `defaults` (an
event's field to a fixed value). Without any, the names everyone uses are looked for; what is not
found stays unknown, and the body itself tells conditions apart.

Source: issue 2, point 3; ADR how-an-alarm-key-is-found.
"""

from __future__ import annotations

import hashlib
import urllib.parse
from collections.abc import Mapping
from datetime import datetime

from watchbill.core import payloads, sources
from watchbill.core.events import SUMMARY_LIMIT, BadEvent, Event, EventAction, Severity
from watchbill.core.sources import Refused, Reply, Request, Settings
from watchbill.sources.generic import paths

name = "generic"

#: Where an event's fields are looked for when the mapping does not say.
_USUAL = {
    "dedup_key": (
        "dedup_key", "dedupKey", "incident_key", "alert_id", "alertId", "fingerprint", "alias",
        "key", "id", "uid",
    ),
    "action": ("event_action", "action", "status", "state", "event_type", "type"),
    "summary": (
        "summary", "title", "message", "msg", "subject", "description", "text", "name", "alertname",
    ),
    "severity": ("severity", "level", "priority", "urgency"),
    "source": ("source", "host", "hostname", "service", "instance", "monitor", "node"),
    "alarm": ("alarm", "alertname", "alert_name", "alarm_name", "rule", "check", "monitor", "class"),
    "group": ("group", "group_key", "groupKey"),
    "occurred_at": ("occurred_at", "timestamp", "time", "startsAt", "started_at", "date"),
    "size": ("size", "count"),
    "link": ("link", "url", "href", "web_url"),
}  # fmt: skip

_ACTIONS = {
    **dict.fromkeys(("resolve", "resolved", "ok", "okay", "up", "recovered", "recovery", "closed",
                     "close", "normal", "cleared", "healthy", "success"), EventAction.RESOLVE),
    **dict.fromkeys(("acknowledge", "acknowledged", "ack"), EventAction.ACKNOWLEDGE),
    "change": EventAction.CHANGE,
}  # fmt: skip
_OURS = {one.value: one for one in EventAction}
_FORM = "application/x-www-form-urlencoded"
_FORM_FIELDS_LIMIT = 500
#: Most events one request may carry.
_ITEMS_LIMIT = 10_000


def parse(request: Request, settings: Settings, *, now: datetime) -> tuple[Event, ...]:
    """Return the body's events.

    Raises: BadEvent if it is neither an object nor a form, or `items` leads to no array.
    """
    del now
    sources.must_post(request)
    body = _body(request)
    path = settings.get("items")
    if not isinstance(path, str) or not path:
        if not isinstance(body, dict):
            raise payloads.Unreadable("the body is not a JSON object")
        return (_event(body, settings),)
    found = paths.find(body, path)
    if not isinstance(found, list) or not found:
        raise BadEvent(f"'{payloads.line(path)}' leads to no array, or to an empty one")
    if len(found) > _ITEMS_LIMIT:
        raise BadEvent(f"'{payloads.line(path)}' has more than {_ITEMS_LIMIT} items")
    return tuple(_event(one, settings) for one in found)


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202 with the dedup keys, in the order of the items."""
    keys = [one.dedup_key for one in events]
    return sources.json_reply(202, {"status": "success", "dedup_keys": keys})


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal with a list of what is wrong."""
    errors = list(error.errors) if isinstance(error, BadEvent) else [error.reason]
    return sources.json_reply(sources.status_of(error), {"status": "error", "errors": errors})


def _body(request: Request) -> object:
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        return payloads.decode(request.body)
    try:
        text = request.body.decode()
        return dict(
            urllib.parse.parse_qsl(text, errors="replace", max_num_fields=_FORM_FIELDS_LIMIT)
        )
    except ValueError as error:
        raise payloads.Unreadable(f"the form cannot be read: {error}") from None


def _event(item: object, settings: Settings) -> Event:
    found = {field: _value(item, field, settings) for field in _USUAL}
    alarm = payloads.line(found["alarm"])
    summary = payloads.line(found["summary"], limit=SUMMARY_LIMIT) or alarm
    source = payloads.line(found["source"], limit=SUMMARY_LIMIT)
    return Event(
        action=_action(found["action"], payloads.mapping(settings.get("actions"))),
        dedup_key=payloads.key(found["dedup_key"]) or _made_up(alarm, source, summary, item),
        summary=summary or payloads.line(item, limit=SUMMARY_LIMIT),
        severity=_severity(found["severity"], payloads.mapping(settings.get("severities"))),
        source=source,
        alarm=alarm,
        group=payloads.key(found["group"]),
        size=payloads.size(found["size"]),
        occurred_at=payloads.instant(found["occurred_at"]),
        fields=payloads.fields(payloads.flat(payloads.mapping(item)).items()),
        links=payloads.links(payloads.link(found["link"])),
    )


def _value(item: object, field: str, settings: Settings) -> object:
    """Return a field's value by the mapping, else by its usual names, else its default."""
    rule = payloads.mapping(settings.get("mapping")).get(field)
    if isinstance(rule, str) and rule:
        found = paths.fill(item, rule)
    else:
        known = payloads.mapping(item)
        named = (known[usual] for usual in _USUAL[field] if usual in known)
        found = next((one for one in named if one not in (None, "", [], {})), None)
    if found in (None, ""):
        return payloads.mapping(settings.get("defaults")).get(field)
    return found


def _action(word: object, ours: Mapping[str, object]) -> EventAction:
    """Return what the sender's word means; one nobody knows is a trigger."""
    said = payloads.line(word)
    mapped = payloads.text(ours.get(said, ours.get(said.lower(), said))).lower()
    return _OURS.get(mapped) or _ACTIONS.get(mapped, EventAction.TRIGGER)


def _severity(word: object, ours: Mapping[str, object]) -> Severity:
    said = payloads.line(word)
    return payloads.severity(payloads.text(ours.get(said, ours.get(said.lower(), said))))


def _made_up(alarm: str, source: str, summary: str, item: object) -> str:
    """Return a key by which the same condition is met again, even when it resolves."""
    told = (alarm, source) if alarm else (summary, source) if summary else (payloads.text(item),)
    return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()[:32]
