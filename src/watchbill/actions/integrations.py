"""Integrations: the doors events come through. Their keys are shown once; a hash is kept."""

from __future__ import annotations

import secrets
from typing import Any

from watchbill.actions import audit, changes, events, fields, teams
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.core import sources
from watchbill.store import heartbeats as heartbeats_store
from watchbill.store import rows
from watchbill.store.database import Tx


def _settings(value: Any) -> object:
    fields.flat(value, 8)
    if not isinstance(value, dict) or len(str(value)) > 20_000:
        raise ValueError("must be an object of at most 20,000 characters")
    return value


def _source(value: Any) -> object:
    if value not in sources.KINDS:
        raise ValueError(f"must be one of {', '.join(sources.KINDS)}")
    return value


NOUN = Noun(
    word="integration",
    table="integrations",
    prefix="itg",
    checks={
        "service_id": fields.text(64, least=1),
        "source": _source,
        "name": fields.text(100, least=1),
        "settings": _settings,
        "close_after_s": fields.optional(fields.number(60, 31536000)),
        "every_s": fields.optional(fields.number(10, 2592000)),
    },
    decides=False,
)


def create(shell: Shell, values: Values, *, by: Actor, key: str | None = None) -> tuple[str, str]:
    """Open a door: `service_id`, `source`, `name`; return its id and its key, which nobody sees again.

    A heartbeat is expected `every_s`; a source that repeats itself is stale after a silence, unless
    `close_after_s` says otherwise (None: never). A key may be given by whoever moves here with one.
    """
    fields.need(values, "service_id", "source", "name")
    good = fields.checked(NOUN.checks, {**_by_source(values.get("source")), **values})
    every_s: Any = good.pop("every_s", None)
    made = key or secrets.token_hex(16)
    with shell.db.transaction() as tx:
        _need_owner(shell, tx, by, str(good["service_id"]))
        good |= {**_kept(made), "created_at": shell.clock.now()}
        integration_id = changes.create(shell, tx, NOUN, good, by=by)
        if every_s is not None:
            heartbeats_store.add(tx, integration_id, every_s=every_s)
    return integration_id, made


def _by_source(source: object) -> dict[str, int]:
    """Return what a source's integrations begin with."""
    if source == "heartbeat":
        return {"every_s": int(sources.BEAT.total_seconds())}
    stale = sources.STALE_AFTER.get(str(source))
    return {"close_after_s": int(stale.total_seconds())} if stale else {}


def change(
    shell: Shell, integration_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change a door's name, settings, closing time or heartbeat."""
    good = fields.checked(NOUN.checks, values)
    every_s: Any = good.pop("every_s", None)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, integration_id, if_match=if_match)
        _need_owner(shell, tx, by, before["service_id"])
        if {"service_id", "source"} & set(good):
            raise fields.BadFields({"service_id": "a door stays where it is; open another one"})
        if "settings" in good:
            good["settings"] = _with_secrets(good["settings"], before["settings"])
        changes.change(shell, tx, NOUN, before, good, by=by)
        if every_s is not None:
            heartbeats_store.expect(tx, integration_id, every_s=every_s)


def rotate(shell: Shell, integration_id: str, *, by: Actor) -> str:
    """Give a door a new key; the old one stops working at once."""
    made = secrets.token_hex(16)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, integration_id)
        _need_owner(shell, tx, by, before["service_id"])
        changes.change(shell, tx, NOUN, before, _kept(made), by=by)
    return made


def disable(shell: Shell, integration_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Close a door: nothing comes through any more; its alerts stay."""
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, integration_id, if_match=if_match)
        _need_owner(shell, tx, by, before["service_id"])
        changes.change(shell, tx, NOUN, before, {"disabled_at": shell.clock.now()}, by=by)


def _with_secrets(settings: Any, before: dict[str, Any]) -> dict[str, Any]:
    """Return new settings in which what was hidden from its reader is as it was before."""
    return {
        name: before.get(name) if value == audit.HIDDEN else value
        for name, value in settings.items()
    }


def _kept(key: str) -> dict[str, object]:
    return {"key_hash": events.hash_key(key), "key_hint": key[-4:]}


def _need_owner(shell: Shell, tx: Tx, by: Actor, service_id: str) -> None:
    service = rows.find(tx, "services", service_id)
    if service is None:
        raise fields.BadFields({"service_id": "there is no such service"})
    teams.need_member(shell, tx, by, service["team_id"])
