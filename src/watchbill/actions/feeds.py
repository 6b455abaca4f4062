"""Feeds: calendar links with a private token, shown once and revocable."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from watchbill.actions import audit, changes, events, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.errors import Conflict
from watchbill.store import rows

NOUN = Noun(
    word="feed",
    table="feeds",
    prefix="feed",
    checks={
        "kind": fields.choice("person", "team", "volunteers", "managers"),
        "subject_id": fields.text(64),
    },
    decides=False,
)
#: Most links of one person, and how often their use is noted.
_MOST, _NOTED = 20, timedelta(days=1)
_COUNT = "select count(*) from feeds where person_id = %s and revoked_at is null"


class TooManyFeeds(Conflict):
    """You have twenty calendar links; revoke one to make another."""


def create(shell: Shell, values: Values, *, by: Actor) -> tuple[str, str]:
    """Make a link of `kind` for `subject_id` (a team); return its id and its token.

    A person's own shifts are a link for themselves alone. Raises: OnlyThemselves, BadFields.
    """
    fields.need(values, "kind")
    good: dict[str, Any] = {"subject_id": "", **fields.checked(NOUN.checks, values)}
    if by.person_id is None:
        raise audit.OnlyThemselves
    if good["kind"] == "person":
        good["subject_id"] = by.person_id
    token = secrets.token_urlsafe(24)
    with shell.db.transaction() as tx:
        if good["kind"] == "team" and rows.find(tx, "teams", good["subject_id"]) is None:
            raise fields.BadFields({"subject_id": "must be a team's id"})
        count = tx.execute(_COUNT, [by.person_id]).fetchone()
        if count is not None and count[0] >= _MOST:
            raise TooManyFeeds
        feed_id = shell.new_id(NOUN.prefix)
        own = {"person_id": by.person_id, "created_at": shell.clock.now()}
        kept = {"hash": events.hash_key(token), "hint": token[-4:]}
        rows.add(tx, "feeds", {"id": feed_id, **good, **own, **kept})
        audit.record(shell, tx, by, "feed.created", feed_id, good)
    return feed_id, token


def revoke(shell: Shell, feed_id: str, *, by: Actor) -> None:
    """End a link: whoever has it sees nothing more. Raises: OnlyThemselves."""
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, feed_id)
        audit.need_self_or_admin(by, before["person_id"])
        rows.change(tx, "feeds", feed_id, {"revoked_at": shell.clock.now()})
        audit.record(shell, tx, by, "feed.revoked", feed_id, {})


def seen(shell: Shell, feed_id: str) -> None:
    """Note that a link was used, once a day."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        before = rows.find(tx, "feeds", feed_id)
        if before and (before["seen_at"] is None or now - before["seen_at"] > _NOTED):
            rows.change(tx, "feeds", feed_id, {"seen_at": now})
