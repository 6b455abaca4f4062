"""Sentry's integration webhooks: metric alerts, issue alerts, and issues that are resolved.

An issue alert never resolves by itself; the `issue` resource does that, so both share the issue's
id as dedup key. With a `secret` in the settings every request must carry Sentry's signature.

Source: wire-formats §10 and §15; Sentry documentation, "Webhooks".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from watchbill.core import payloads, sources
from watchbill.core.events import SUMMARY_LIMIT, BadEvent, Event, EventAction, Severity
from watchbill.core.sources import Refused, Reply, Request, Settings

name = "sentry"

_SIGNATURE = "sentry-hook-signature"
_RESOURCE = "sentry-hook-resource"
#: What an action on an issue says about the alert it is known by; any other only gets noted.
_ISSUE_ACTIONS = {
    "resolved": EventAction.RESOLVE,
    "archived": EventAction.RESOLVE,
    "ignored": EventAction.RESOLVE,
    "assigned": EventAction.ACKNOWLEDGE,
}
_ALERTS = ("event_alert", "activity_alert")


def parse(request: Request, settings: Settings, *, now: datetime) -> tuple[Event, ...]:
    """Return the one event.

    Raises: Refused with 401 if it should be signed and is not; BadEvent if it names no condition.
    """
    del now
    sources.must_post(request)
    secret = sources.secret_of(settings)
    signature = request.headers.get(_SIGNATURE, "")
    if secret and not sources.is_signed(request.body, secret=secret, signature=signature):
        raise Refused(401, f"the signature in '{_SIGNATURE}' is missing or wrong")
    found = payloads.decode(request.body)
    if not isinstance(found, dict):
        raise payloads.Unreadable("the body is not a JSON object")
    body, data = payloads.mapping(found), payloads.mapping(found.get("data"))
    resource = request.headers.get(_RESOURCE, "").lower() or _guess(data)
    action = payloads.line(body.get("action")).lower()
    if not resource and "event" in body and "id" in body:
        return (_plugin(body, settings),)
    if resource == "metric_alert":
        return (_metric_alert(data, action),)
    if resource in _ALERTS:
        return (_issue_alert(data, settings),)
    if resource == "issue":
        return (_issue(data, action),)
    return (_other(body, resource, action),)


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202."""
    del events
    return sources.json_reply(202, {"detail": "accepted"})


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal in the words of Sentry's own API."""
    return sources.json_reply(sources.status_of(error), {"detail": sources.sentence(error)})


def _guess(data: Mapping[str, object]) -> str:
    known = {"metric_alert": "metric_alert", "event": "event_alert", "issue": "issue"}
    return next((resource for key, resource in known.items() if key in data), "")


def _metric_alert(data: Mapping[str, object], action: str) -> Event:
    alert = payloads.mapping(data.get("metric_alert"))
    rule = payloads.mapping(alert.get("alert_rule"))
    ident = payloads.line(alert.get("id") or rule.get("id"))
    if not ident:
        raise BadEvent("'data.metric_alert.id' is missing or blank")
    title = data.get("description_title") or alert.get("title") or rule.get("name")
    projects = payloads.items(alert.get("projects"))
    return Event(
        action=EventAction.RESOLVE if action == "resolved" else EventAction.TRIGGER,
        dedup_key=payloads.key(f"metric_alert:{ident}"),
        summary=payloads.line(title, limit=SUMMARY_LIMIT) or f"Metric alert {ident}",
        severity=payloads.severity(action) if action != "resolved" else Severity.ERROR,
        source=payloads.line(", ".join(payloads.text(one) for one in projects)),
        alarm=payloads.line(rule.get("name") or alert.get("title")),
        occurred_at=payloads.instant(alert.get("date_started")),
        fields=payloads.fields(
            [
                ("description", data.get("description_text")),
                ("aggregate", rule.get("aggregate")),
                ("query", rule.get("query")),
                ("dataset", rule.get("dataset")),
                ("environment", rule.get("environment")),
                ("organization_id", alert.get("organization_id")),
            ]
        ),
        links=payloads.links(payloads.link(data.get("web_url"), "Sentry")),
    )


def _issue_alert(data: Mapping[str, object], settings: Settings) -> Event:
    event = payloads.mapping(data.get("event"))
    issue = payloads.mapping(data.get("issue"))
    ident = payloads.line(event.get("issue_id") or issue.get("id"))
    if not ident:
        raise BadEvent("'data.event.issue_id' is missing or blank")
    title = event.get("title") or issue.get("title") or event.get("message")
    return Event(
        action=EventAction.TRIGGER,
        dedup_key=payloads.key(f"issue:{ident}"),
        summary=payloads.line(title, limit=SUMMARY_LIMIT) or f"Issue {ident}",
        severity=payloads.severity(
            settings.get("severity") or event.get("level") or issue.get("level")
        ),
        source=payloads.line(event.get("culprit") or issue.get("culprit"), limit=SUMMARY_LIMIT),
        alarm=payloads.line(data.get("triggered_rule")),
        occurred_at=payloads.instant(event.get("datetime") or issue.get("lastSeen")),
        fields=payloads.fields(_event_fields(event)),
        links=payloads.links(
            payloads.link(event.get("web_url") or issue.get("web_url"), "Sentry"),
            payloads.link(issue.get("permalink"), "Sentry"),
        ),
    )


def _plugin(body: Mapping[str, object], settings: Settings) -> Event:
    """Return the event of the old webhook plugin: one issue at the top level, never signed."""
    event = payloads.mapping(body.get("event"))
    shown = {
        **event,
        "issue_id": body.get("id"),
        "title": event.get("title") or body.get("message"),
        "culprit": body.get("culprit"),
        "level": body.get("level"),
        "project": body.get("project"),
        "web_url": body.get("url"),
    }
    rules = [payloads.text(one) for one in payloads.items(body.get("triggering_rules"))]
    return _issue_alert({"event": shown, "triggered_rule": ", ".join(rules)}, settings)


def _event_fields(event: Mapping[str, object]) -> list[tuple[str, object]]:
    named = ("level", "environment", "release", "platform", "transaction", "project", "event_id")
    tags = [tag for tag in payloads.items(event.get("tags")) if isinstance(tag, list)]
    return [
        *((one, event.get(one)) for one in named),
        *((payloads.line(tag[0]), tag[1]) for tag in tags if len(tag) == 2),
    ]


def _issue(data: Mapping[str, object], action: str) -> Event:
    issue = payloads.mapping(data.get("issue"))
    ident = payloads.line(issue.get("id"))
    if not ident:
        raise BadEvent("'data.issue.id' is missing or blank")
    title = payloads.line(issue.get("title"), limit=SUMMARY_LIMIT)
    return Event(
        action=_ISSUE_ACTIONS.get(action, EventAction.CHANGE),
        dedup_key=payloads.key(f"issue:{ident}"),
        summary=title or f"Issue {ident} {action}",
        severity=payloads.severity(issue.get("level")),
        source=payloads.line(issue.get("culprit"), limit=SUMMARY_LIMIT),
        occurred_at=payloads.instant(issue.get("lastSeen")),
        fields=payloads.fields(
            [
                ("issue_action", action),
                ("short_id", issue.get("shortId")),
                ("status", issue.get("status")),
                ("project", payloads.mapping(issue.get("project")).get("slug")),
            ]
        ),
        links=payloads.links(
            payloads.link(issue.get("web_url"), "Sentry"),
            payloads.link(issue.get("permalink"), "Sentry"),
        ),
    )


def _other(body: Mapping[str, object], resource: str, action: str) -> Event:
    """Return what is only noted: an installation, a comment, a resource of the future."""
    if not resource or not action:
        raise BadEvent(f"'{_RESOURCE}' names no resource and the body has no known alert")
    return Event(
        action=EventAction.CHANGE,
        dedup_key=payloads.key(f"{resource}:{action}"),
        summary=payloads.line(f"Sentry: {resource} {action}", limit=SUMMARY_LIMIT),
        severity=Severity.INFO,
        fields=payloads.fields([("resource", resource), ("action", action)]),
        source=payloads.line(payloads.mapping(body.get("actor")).get("name")),
    )
