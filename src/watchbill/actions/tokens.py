"""Tokens: how programs act for a person. Shown once; a hash is kept; they end, or are revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from watchbill.actions import audit, changes, events, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun
from watchbill.actions.shell import Shell
from watchbill.errors import Forbidden
from watchbill.store import organization as organization_store
from watchbill.store import rows
from watchbill.store import tokens as tokens_store
from watchbill.store.tokens import Bearer

#: What each scope allows; a wider one includes the narrower.
SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset({"read"}),
    "answer": frozenset({"read", "answer"}),
    "write": frozenset({"read", "answer", "write"}),
    "admin": frozenset({"read", "answer", "write", "admin"}),
}
#: How seldom it is written down that a token was used.
_SEEN_EVERY = timedelta(minutes=10)

NOUN = Noun(word="token", table="tokens", prefix="tok", checks={}, decides=False)


class TooWide(Forbidden):
    """A token cannot do more than the person it acts for."""


def make(
    shell: Shell,
    person_id: str,
    *,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None,
    by: Actor,
) -> tuple[str, str]:
    """Make a token that acts for a person; return its id and the token, which nobody sees again.

    A person makes their own; for somebody else only the command line does.
    Raises: OnlyThemselves; NotByToken; BadFields; TooWide.
    """
    if by not in (audit.CLI, audit.SYSTEM):
        audit.need_self(by, person_id)
        audit.need_whole(by)
    good = fields.checked(
        {
            "name": fields.text(100, least=1),
            "scopes": fields.texts(8, each=10),
            "expires_at": fields.optional(fields.instant),
        },
        {"name": name, "scopes": list(scopes), "expires_at": expires_at},
    )
    _need_known(scopes, by)
    token = f"wb_{secrets.token_urlsafe(32)}"
    good |= {"hash": events.hash_key(token), "hint": token[-4:], "person_id": person_id}
    with shell.db.transaction() as tx:
        good |= {"created_at": shell.clock.now()}
        return changes.create(shell, tx, NOUN, good, by=by), token


def revoke(shell: Shell, token_id: str, *, by: Actor) -> None:
    """End a token at once, in every process."""
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, token_id)
        audit.need_self_or_admin(by, before["person_id"])
        if before["revoked_at"] is None:
            changes.change(shell, tx, NOUN, before, {"revoked_at": shell.clock.now()}, by=by)
            organization_store.touch(tx)


def find(shell: Shell, token: str) -> Bearer | None:
    """Return whom a token acts for, or None if it is unknown, over, revoked, or the person gone."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        bearer = tokens_store.find(tx, events.hash_key(token))
        if bearer is None or not bearer.is_good(now):
            return None
        if bearer.seen_at is None or now - bearer.seen_at > _SEEN_EVERY:
            rows.change(tx, "tokens", bearer.token_id, {"seen_at": now})
    return bearer


def allowed(scopes: Collection[str]) -> frozenset[str]:
    """Return everything that `scopes` allow."""
    return frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))


def _need_known(scopes: Collection[str], by: Actor) -> None:
    if not scopes or not set(scopes) <= set(SCOPES):
        raise fields.BadFields({"scopes": f"must be some of {', '.join(SCOPES)}"})
    if "admin" in scopes and not by.is_admin:
        raise TooWide
