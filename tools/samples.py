"""Every sample screen by name: what the preview serves and the pictures show."""

from __future__ import annotations

from tools import sample_night as night
from tools import sample_rest as rest
from watchbill.web.ui import pages
from watchbill.web.ui.shell import Shell

#: name of the shot → path, screen, context, shell
SCREENS: dict[str, tuple[str, pages.Screen, pages.Context, Shell]] = {
    "tonight": ("/", pages.TONIGHT, night.TONIGHT, night.SHELL),
    "tonight-faults": ("/sample/faults", pages.TONIGHT, night.QUIET, night.SHELL),
    "incidents": ("/incidents", pages.INCIDENTS, night.INCIDENTS, night.SHELL),
    "incidents-none": ("/sample/none", pages.INCIDENTS, night.NO_INCIDENTS, night.SHELL),
    "incident": (f"/incidents/{night.INCIDENT.id}", pages.INCIDENT, night.INCIDENT, night.SHELL),
    "incident-held": (
        f"/incidents/{night.HELD_INCIDENT.id}",
        pages.INCIDENT,
        night.HELD_INCIDENT,
        night.SHELL,
    ),
    "declare": ("/incidents/declare", pages.DECLARE, night.DECLARE, night.SHELL),
    "teams": ("/teams", pages.TEAMS, rest.TEAMS, night.SHELL),
    "team": ("/teams/team_pay", pages.TEAM, rest.TEAM, night.SHELL),
    "me": ("/me", pages.ME, rest.ME, night.SHELL),
    "me-plain": ("/sample/me", pages.ME, rest.PLAIN_ME, night.SHELL),
    "mailbox": ("/mailbox", pages.MAILBOX, rest.MAILBOX, night.SHELL),
    "mailbox-none": ("/sample/mailbox", pages.MAILBOX, rest.NO_MAILS, night.SHELL),
    "mail": ("/mailbox/2", pages.MAIL, rest.MAIL, night.SHELL),
    "integrations": ("/settings/integrations", pages.INTEGRATIONS, rest.INTEGRATIONS, night.SHELL),
    "tokens": ("/settings/tokens", pages.TOKENS, rest.TOKENS, night.SHELL),
    "webhooks": ("/settings/webhooks", pages.WEBHOOKS, rest.WEBHOOKS, night.SHELL),
    "audit": ("/settings/audit", pages.AUDIT, rest.AUDIT, night.SHELL),
    "sign-in": ("/sign-in", pages.SIGN_IN, rest.SIGN_IN, night.VISITOR),
    "setup": ("/setup", pages.SETUP, rest.SETUP, night.VISITOR),
    "answer": ("/answer/ask", pages.ANSWER, rest.answer("ask"), night.VISITOR),
    "answer-done": ("/answer/done", pages.ANSWER, rest.answer("done"), night.VISITOR),
    "answer-already": ("/answer/already", pages.ANSWER, rest.answer("already"), night.VISITOR),
    "answer-expired": ("/answer/expired", pages.ANSWER, rest.answer("expired"), night.VISITOR),
    "error": ("/sample/error", pages.ERROR, rest.ERROR, night.VISITOR),
}
