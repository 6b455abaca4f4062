"""What admins change in the settings. A new secret is shown on the answer itself, this once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from starlette.responses import Response

from watchbill.actions import integrations, tokens, webhooks
from watchbill.errors import Conflict, Forbidden, Invalid, NotFound, WatchbillError
from watchbill.web import problems
from watchbill.web.ui import faults, show_settings
from watchbill.web.ui.settings import NewSecret
from watchbill.web.ui.visits import Visit

_REFUSALS = (Conflict, Forbidden, Invalid, NotFound)
#: How often a new heartbeat is expected until somebody changes it over the API.
_PAGERDUTY = """curl {base}/v2/enqueue -H 'Content-Type: application/json' -d '{{
  "routing_key": "{key}", "event_action": "trigger",
  "payload": {{"summary": "Trying Watchbill", "source": "me", "severity": "critical"}}}}'"""
_ALERTMANAGER = """receivers:
  - name: watchbill
    webhook_configs:
      - url: {base}/intake/alertmanager/{key}"""
_OTHER = "{base}/intake/{source}/{key}"


class BadDays(Invalid):
    """Choose when the token ends."""


def add_integration(visit: Visit) -> Response:
    """Open a door and show its key."""
    source, name = visit.field("source"), visit.field("name")
    values: dict[str, object] = {
        "service_id": visit.field("service"),
        "source": source,
        "name": name,
    }
    try:
        _, key = integrations.create(visit.site.shell, values, by=visit.actor)
    except _REFUSALS as error:
        return _refused(
            error, lambda e, s: show_settings.integrations_page(visit, error=e, status=s)
        )
    example = {"pagerduty_v2": _PAGERDUTY, "alertmanager": _ALERTMANAGER}.get(source, _OTHER)
    created = NewSecret(
        name=name,
        secret=key,
        advice="Give this key to the monitoring system.",
        example=example.format(base=visit.site.base_url, key=key, source=source),
    )
    return show_settings.integrations_page(visit, created=created, status=201)


def remove_integration(visit: Visit) -> Response:
    """Close a door."""
    return _do(
        visit,
        lambda: integrations.disable(visit.site.shell, visit.part("id"), by=visit.actor),
        "/settings/integrations",
        "Closed. Its key no longer works.",
    )


def add_token(visit: Visit) -> Response:
    """Make a token for oneself and show it."""
    name, days = visit.field("name"), visit.field("days")
    try:
        if not re.fullmatch(r"\d{1,3}", days) or int(days) == 0:
            raise BadDays
        _, token = tokens.make(
            visit.site.shell,
            visit.me.id,
            name=name,
            scopes=visit.fields("scope")[:10],
            expires_at=visit.now + timedelta(days=int(days)),
            by=visit.actor,
        )
    except _REFUSALS as error:
        return _refused(error, lambda e, s: show_settings.tokens_page(visit, error=e, status=s))
    example = f"curl -H 'Authorization: Bearer {token}' {visit.site.base_url}/api/v1/incidents"
    created = NewSecret(
        name=name, secret=token, advice="Programs send it as a bearer token.", example=example
    )
    return show_settings.tokens_page(visit, created=created, status=201)


def revoke_token(visit: Visit) -> Response:
    """End a token."""
    return _do(
        visit,
        lambda: tokens.revoke(visit.site.shell, visit.part("id"), by=visit.actor),
        "/settings/tokens",
        "Revoked. It no longer works.",
    )


def add_webhook(visit: Visit) -> Response:
    """Tell a program what happens, and show the secret that signs it."""
    name = visit.field("name")
    values = {"name": name, "url": visit.field("url"), "team_id": visit.field("team") or None}
    try:
        _, secret = webhooks.create(visit.site.shell, values, by=visit.actor)
    except _REFUSALS as error:
        return _refused(error, lambda e, s: show_settings.webhooks_page(visit, error=e, status=s))
    created = NewSecret(
        name=name, secret=secret, advice="Every message is signed with it; check the signature."
    )
    return show_settings.webhooks_page(visit, created=created, status=201)


def remove_webhook(visit: Visit) -> Response:
    """Stop telling a program."""
    return _do(
        visit,
        lambda: webhooks.disable(visit.site.shell, visit.part("id"), by=visit.actor),
        "/settings/webhooks",
        "Removed. It is told nothing more.",
    )


def _do(visit: Visit, deed: Callable[[], object], path: str, said: str) -> Response:
    deed()
    return visit.back(path, said=said)


def _refused(error: WatchbillError, page: Callable[[str, int], Response]) -> Response:
    status = problems.status_of(error)
    return page(faults.sentence(error), status)
