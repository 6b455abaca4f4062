"""Webhooks: programs that are told what happens to incidents, in order, signed."""

from __future__ import annotations

import secrets

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell

NOUN = Noun(
    word="webhook",
    table="webhooks",
    prefix="whk",
    checks={
        "name": fields.text(100, least=1),
        "url": fields.web_address,
        "team_id": fields.optional(fields.text(64, least=1)),
    },
    decides=False,
)


def create(shell: Shell, values: Values, *, by: Actor) -> tuple[str, str]:
    """Tell a program: `name`, `url`, perhaps one team's `team_id`; return its id and signing secret."""
    audit.need_admin(by)
    fields.need(values, "name", "url")
    good = fields.checked(NOUN.checks, values)
    secret = secrets.token_urlsafe(32)
    with shell.db.transaction() as tx:
        good |= {"secret": secret, "created_at": shell.clock.now()}
        return changes.create(shell, tx, NOUN, good, by=by), secret


def change(
    shell: Shell, webhook_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change a webhook's name, URL or team."""
    audit.need_admin(by)
    good = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, webhook_id, if_match=if_match)
        changes.change(shell, tx, NOUN, before, good, by=by)


def rotate(shell: Shell, webhook_id: str, *, by: Actor) -> str:
    """Give a webhook a new signing secret and return it."""
    audit.need_admin(by)
    secret = secrets.token_urlsafe(32)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, webhook_id)
        changes.change(shell, tx, NOUN, before, {"secret": secret}, by=by)
    return secret


def disable(shell: Shell, webhook_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Stop telling a program; what was sent stays on record."""
    audit.need_admin(by)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, webhook_id, if_match=if_match)
        changes.change(shell, tx, NOUN, before, {"disabled_at": shell.clock.now()}, by=by)
