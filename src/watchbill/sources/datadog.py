"""Datadog's webhook: the recommended template, the usual variable names, or its default payload.

The dedup key is `$ALERT_CYCLE_KEY`, the same from trigger to recovery, else `$AGGREG_KEY`. The body
is JSON or a form. What Datadog does not sign we cannot check; the key in the URL is the secret.

Source: wire-formats §9; Datadog documentation, "Webhooks".
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping
from datetime import datetime

from watchbill.core import payloads, sources
from watchbill.core.events import SUMMARY_LIMIT, BadEvent, Event, EventAction, Severity
from watchbill.core.sources import Refused, Reply, Request, Settings

name = "datadog"

#: What we read, and the names it may come under (any case, with `_` or without): ours first, then
#: the variable's own.
_NAMES = {
    "transition": ("transition", "alert_transition"),
    "cycle_key": ("cycle_key", "alert_cycle_key"),
    "aggreg_key": ("aggreg_key", "aggregation_key"),
    "monitor_id": ("monitor_id", "alert_id"),
    "monitor": ("monitor", "alert_title", "monitor_name"),
    "title": ("title", "event_title"),
    "text": ("text", "text_only_msg", "event_msg", "body", "alert_status"),
    "priority": ("priority", "alert_priority"),
    "host": ("host", "hostname", "scope", "alert_scope"),
    "date": ("date", "last_updated"),
    "link": ("link", "url"),
    "snapshot": ("snapshot",),
}
_RESOLVING = frozenset({"recovered", "ok", "resolved"})
_PRIORITIES = {"p1": Severity.CRITICAL, "p2": Severity.ERROR, "p3": Severity.WARNING}
_MINOR = frozenset({"p4", "p5"})
#: `[Triggered on {host:a}] Disk is full`: what the title says when nothing else does.
_TITLE = re.compile(r"^\s*(?:\[(?P<priority>P[1-5])\]\s*)?\[(?P<transition>[^\]]{1,200})\]\s*")
_FORM = "application/x-www-form-urlencoded"
_FORM_FIELDS_LIMIT = 500


def parse(request: Request, settings: Settings, *, now: datetime) -> tuple[Event, ...]:
    """Return the one event.

    Raises: BadEvent if it is neither an object nor a form, or names no condition.
    """
    del now
    sources.must_post(request)
    body = _body(request)
    plain = {name.lower().replace("_", ""): value for name, value in body.items()}
    known = {name: _find(plain, names) for name, names in _NAMES.items()}
    title = payloads.line(known["title"], limit=SUMMARY_LIMIT)
    found = _TITLE.match(title)
    bare = title[found.end() :] if found else title
    transition = _word(known["transition"] or (found["transition"] if found else ""))
    dedup_key = payloads.key(known["cycle_key"] or known["aggreg_key"] or bare)
    if not dedup_key:
        raise BadEvent("'cycle_key', 'aggreg_key' and 'title' are all missing or blank")
    kept = ((name, value) for name, value in payloads.flat(body).items() if _is_there(value))
    priority = known["priority"] or (found["priority"] if found else "")
    return (
        Event(
            action=EventAction.RESOLVE if transition in _RESOLVING else EventAction.TRIGGER,
            dedup_key=dedup_key,
            summary=title or payloads.line(known["text"], limit=SUMMARY_LIMIT) or dedup_key,
            severity=_severity(transition, payloads.text(priority), settings),
            source=payloads.line(known["host"], limit=SUMMARY_LIMIT),
            alarm=payloads.line(known["monitor_id"] or known["monitor"] or bare),
            group=payloads.key(known["aggreg_key"]),
            occurred_at=payloads.instant(known["date"]),
            fields=payloads.fields(kept),
            links=payloads.links(
                payloads.link(known["link"], "Datadog"), payloads.link(known["snapshot"], "Graph")
            ),
        ),
    )


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202."""
    del events
    return sources.json_reply(202, {"status": "ok"})


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal in the words of Datadog's own API."""
    errors = list(error.errors) if isinstance(error, BadEvent) else [error.reason]
    return sources.json_reply(sources.status_of(error), {"errors": errors})


def _body(request: Request) -> dict[str, object]:
    if request.headers.get("content-type", "").lower().startswith(_FORM):
        found: object = _form(request.body)
    else:
        found = payloads.decode(request.body)
    if not isinstance(found, dict):
        raise payloads.Unreadable("the body is not a JSON object")
    return found


def _form(body: bytes) -> dict[str, object]:
    try:
        pairs = urllib.parse.parse_qsl(
            body.decode(), errors="replace", max_num_fields=_FORM_FIELDS_LIMIT
        )
    except ValueError as error:
        raise payloads.Unreadable(f"the form cannot be read: {error}") from None
    return dict(pairs)


def _find(body: Mapping[str, object], names: tuple[str, ...]) -> object:
    """Return the first value that is there."""
    found = (body.get(one.replace("_", "")) for one in names)
    return next((payloads.text(one) for one in found if _is_there(one)), "")


def _is_there(value: object) -> bool:
    """Say whether this is a value; where it has none, Datadog writes `null` or the variable."""
    found = payloads.text(value).strip()
    return found not in ("", "null") and not found.startswith("$")


def _word(transition: object) -> str:
    return payloads.line(transition).lower().partition(" on ")[0].strip()


def _severity(transition: str, priority: str, settings: Settings) -> Severity:
    if transition.endswith("warn"):
        return Severity.WARNING
    if priority.lower() in _MINOR:
        return Severity.INFO
    usual = payloads.severity(settings.get("severity") or "critical")
    return _PRIORITIES.get(priority.lower(), usual)
