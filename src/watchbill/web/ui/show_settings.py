"""Settings: integrations, tokens, webhooks, audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from watchbill.actions import tokens
from watchbill.core import sources
from watchbill.core.company import Company
from watchbill.core.people import ServiceId, TeamId
from watchbill.queries import fired, names
from watchbill.queries import settings as queries
from watchbill.web.ui import audited, pages, rows, settings
from watchbill.web.ui.settings import NewSecret
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

_AUDIT_PAGE = 100
#: How far back an integration's newest alert is looked for.
_LATELY = timedelta(days=7)
_SCOPES = {
    "read": "Read everything",
    "answer": "Answer incidents",
    "write": "Change teams, rotas and services",
    "admin": "Everything an admin may",
}


def show_settings(visit: Visit) -> Response:
    """Go to the first of them."""
    return visit.back("/settings/integrations")


def show_integrations(visit: Visit) -> Response:
    """Show every door for events."""
    return integrations_page(visit)


def integrations_page(
    visit: Visit, *, created: NewSecret | None = None, error: str = "", status: int = 200
) -> Response:
    """Show the doors, with the key just made or what was wrong."""
    company = visit.company
    with visit.site.shell.db.transaction() as tx:
        doors = queries.doors(tx)
        newest = fired.by_door(tx, since=visit.now - _LATELY)
    context = settings.Integrations(
        rows=tuple(
            settings.IntegrationRow(
                id=door.id,
                name=door.name,
                source=sources.KINDS.get(door.source, door.source),
                service_name=company.services[ServiceId(door.service_id)].name,
                key_end=door.key_hint,
                last_event_at=door.last_event_at,
                alarm=_alarm(company, door, newest),
                is_known=door.id not in newest
                or (ServiceId(door.service_id), newest[door.id]) in company.alarms,
            )
            for door in doors
        ),
        sources=tuple(Choice(value=key, label=label) for key, label in sources.KINDS.items()),
        services=rows.service_choices(company),
        created=created,
        error=error,
    )
    return pages.render(visit.request, pages.INTEGRATIONS, context, status=status)


def _alarm(company: Company, door: queries.Door, newest: Mapping[str, str]) -> str:
    """Return in words whether the newest alert of a door belongs to an alarm."""
    key = newest.get(door.id)
    if not key:
        return "" if key is None else "it named no alarm"
    known = company.alarms.get((ServiceId(door.service_id), key))
    return (
        f"{key}: {known.state.value.replace('_', ' ') if known else 'nobody wrote this alarm down'}"
    )


def show_tokens(visit: Visit) -> Response:
    """Show every API token."""
    return tokens_page(visit)


def tokens_page(
    visit: Visit, *, created: NewSecret | None = None, error: str = "", status: int = 200
) -> Response:
    """Show the tokens, with the one just made or what was wrong."""
    with visit.site.shell.db.transaction() as tx:
        listed = queries.tokens(tx)
    context = settings.Tokens(
        rows=tuple(
            settings.TokenRow(
                id=token.id,
                name=token.name,
                scopes=tuple(token.scopes),
                person_name=token.person,
                expires_at=token.expires_at,
                used_at=token.seen_at,
            )
            for token in listed
        ),
        scopes=tuple(Choice(value=scope, label=_SCOPES[scope]) for scope in tokens.SCOPES),
        created=created,
        error=error,
    )
    return pages.render(visit.request, pages.TOKENS, context, status=status)


def show_webhooks(visit: Visit) -> Response:
    """Show every outgoing webhook."""
    return webhooks_page(visit)


def webhooks_page(
    visit: Visit, *, created: NewSecret | None = None, error: str = "", status: int = 200
) -> Response:
    """Show the webhooks, with the signing secret just made or what was wrong."""
    with visit.site.shell.db.transaction() as tx:
        hooks = queries.hooks(tx)
    context = settings.Webhooks(
        rows=tuple(_hook(visit, hook) for hook in hooks),
        teams=rows.team_choices(visit.company),
        created=created,
        error=error,
    )
    return pages.render(visit.request, pages.WEBHOOKS, context, status=status)


def _hook(visit: Visit, hook: queries.Hook) -> settings.HookRow:
    team = visit.company.teams.get(TeamId(hook.team_id)) if hook.team_id else None
    remarks = {None: "nothing to tell yet", "sent": "the last message was taken"}
    return settings.HookRow(
        id=hook.id,
        url=hook.url,
        about=f"{hook.name}: incidents of {team.name}" if team else f"{hook.name}: every incident",
        is_good=hook.state != "failed",
        remark=remarks.get(hook.state, (hook.error or "")[:200]),
        at=hook.at,
    )


def show_audit(visit: Visit) -> Response:
    """Show who did what."""
    text = visit.asked("text")[:100].replace("\x00", "")
    with visit.site.shell.db.transaction() as tx:
        found = queries.audit(tx, text=text, limit=_AUDIT_PAGE, cursor=visit.asked("cursor"))
        called = names.names(tx, audited.ids(found.items))
    more = {"text": text, "cursor": found.next_cursor} if found.next_cursor else {}
    context = settings.Audit(
        text=text,
        rows=tuple(audited.row(line, called) for line in found.items),
        next_query=f"?{urlencode(more)}" if more else "",
    )
    return pages.render(visit.request, pages.AUDIT, context)
