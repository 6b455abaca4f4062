"""Alarms: what may page, written down by hand or through the API, one at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from watchbill.actions import changes, fields, teams, versions
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.actions.versions import Writing
from watchbill.core.alarms import AlarmState
from watchbill.core.bar import leaks
from watchbill.core.bar.facts import Evidence
from watchbill.core.definitions import FIELDS, Definition, Origin, from_data
from watchbill.errors import Conflict
from watchbill.store import alarms as alarms_store
from watchbill.store import rows
from watchbill.store.database import Tx

_KEY = re.compile(r"[^\s\x00-\x1f]+")


class RetiredStays(Conflict):
    """A retired alarm is not changed any more; write a new one, its key is free."""


def _key(value: Any) -> object:
    text = fields.text(80, least=1)(value)
    if not _KEY.fullmatch(str(text)):
        raise ValueError("must be one word without spaces")
    return text


def _amount(most: float) -> fields.Check:
    def check(value: Any) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise ValueError(f"must be a number from 0 to {most:g}")
        return float(value)

    return check


def _match(value: Any) -> object:
    if not isinstance(value, Mapping) or len(value) > 20:
        raise ValueError("must be at most 20 names with a value, or a list of values, each")
    found = {}
    for name, given in value.items():
        several = [given] if isinstance(given, str) else given
        if not isinstance(several, list | tuple) or not 0 < len(several) <= 100:
            raise ValueError(f"{name!r} needs a value, or a list of them")
        found[str(fields.text(200, least=1)(name))] = [fields.text(4096)(v) for v in several]
    return found


def _waivers(value: Any) -> object:
    if not isinstance(value, list | tuple) or len(value) > 20:
        raise ValueError("must be a list of at most 20 waivers")
    return [
        fields.checked(_WAIVER, fields_of(each, "rule", "owner", "reason", "until"))
        for each in value
    ]


def fields_of(value: Any, *names: str) -> dict[str, object]:
    """Return a mapping that has all of `names`. Raises: ValueError."""
    if not isinstance(value, Mapping) or set(names) - set(value):
        raise ValueError(f"each needs {', '.join(names)}")
    return dict(value)


def runbook_address(value: Any) -> object:
    """The address of a runbook, or "": one that a browser may follow, and without a secret (R13)."""
    address = str(fields.text(2000)(value)).strip()
    if address:
        fields.web_address(address)
    if leaks.find(address):
        raise ValueError("holds what looks like a password or a token; it is read by many")
    return address


def _day_text(value: Any) -> object:
    day = fields.day(value)
    return day.isoformat() if isinstance(day, date) else day


_WAIVER: dict[str, fields.Check] = {
    "rule": fields.text(10, least=1),
    "reason": fields.text(1000, least=1),
    "owner": fields.text(320, least=1),
    "until": _day_text,
}
#: What of a definition may be set, as it arrives.
CHECKS: dict[str, fields.Check] = {
    "key": _key,
    "service": fields.text(60, least=1),
    "team": fields.text(60),
    "title": fields.text(200),
    "description": fields.text(4000),
    "severity": fields.choice("critical", "error", "warning", "info"),
    "match": _match,
    "impact_kind": fields.choice("", "real", "inevitable"),
    "impact_within_minutes": fields.optional(fields.number(0, 100_000)),
    "customer_impact": fields.text(4000),
    "required_action": fields.text(4000),
    "cannot_wait": fields.text(4000),
    "respond_within_minutes": fields.optional(fields.number(0, 100_000)),
    "expression": fields.text(20_000),
    "threshold": fields.text(1000),
    "for_minutes": fields.optional(_amount(1_000_000)),
    "rationale": fields.text(4000),
    "expected_pages_per_month": fields.optional(_amount(100_000)),
    "auto_resolve": fields.text(1000),
    "dedup_key": fields.text(1000),
    "escalation": fields.text(200),
    "runbook": fields.text(100_000),
    "runbook_url": runbook_address,
    "runbook_slug": fields.text(60),
    "review_by": fields.optional(_day_text),
    "waivers": _waivers,
}
_ORIGIN: dict[str, fields.Check] = {
    "repository": fields.text(500),
    "path": fields.text(1000),
    "revision": fields.text(200),
}
_EVIDENCE: dict[str, fields.Check] = {
    "url": fields.text(2000),
    "author": fields.text(320),
    "approvers": fields.texts(50, each=320),
    "revision": fields.text(200),
}
_MANAGED = fields.choice("hand", "yaml", "terraform", "import")

NOUN = Noun(word="alarm", table="alarms", prefix="alm", checks=CHECKS)


def split(values: Values) -> tuple[dict[str, object], Writing]:
    """Return the definition's fields, checked, and how they come to be.

    Raises: BadFields.
    """
    checks = CHECKS | {
        "managed_by": _MANAGED,
        "source": _part(_ORIGIN),
        "evidence": _part(_EVIDENCE),
    }
    good: dict[str, Any] = fields.checked(checks, values)
    writing = Writing(
        managed_by=good.pop("managed_by", None) or "hand",
        origin=Origin(**good.pop("source", {})),
        evidence=Evidence(**good.pop("evidence", {})),
    )
    return good, writing


def _part(checks: Mapping[str, fields.Check]) -> fields.Check:
    """A mapping, or None, whose values are each what `checks` lets through."""

    def check(value: Any) -> object:
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise ValueError(f"must be names with a value each: {', '.join(checks)}")
        return fields.checked(checks, value)

    return check


def new(shell: Shell, values: Values) -> tuple[dict[str, object], Writing, AlarmState]:
    """Return a new alarm's fields, checked, how it comes to be, and the state it begins in.

    Its service is named by `service` or by `service_id`. Raises: BadFields.
    """
    given = dict(values)
    begins = {"state": given.pop("state", None) or "draft"}
    state = fields.checked({"state": fields.choice("draft", "proposed")}, begins)["state"]
    service_id = given.pop("service_id", None)
    if service_id and not given.get("service"):
        given["service"] = _slug_of(shell, str(service_id))
    fields.need(given, "service", "key")
    good, writing = split(given)
    return good, writing, AlarmState(str(state))


def create(shell: Shell, values: Values, *, by: Actor) -> str:
    """Write an alarm down: `service`, `key`, `title` …; a draft, or proposed with `state`.

    Raises: BadFields, OnlyTheTeam, SameEvents, Taken.
    """
    good, writing, state = new(shell, values)
    fields.need(good, "title")
    definition = from_data(good)
    with shell.db.transaction() as tx:
        alarm_id = versions.create(shell, tx, definition, writing, state=state, by=by)
        versions.need_apart(tx, str(versions.service_of(tx, definition)["id"]))
    shell.ring()
    return alarm_id


def change(
    shell: Shell, alarm_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Write a new version of an alarm; what is accepted stands until the new one is, too (NO5).

    Raises: BadFields, OnlyTheTeam, SameEvents, RetiredStays.
    """
    good, writing = split(values)
    with shell.db.transaction() as tx:
        alarm = changes.load(tx, NOUN, alarm_id, if_match=if_match)
        if alarm["state"] == "retired":
            raise RetiredStays(alarm=alarm["key"])
        newest = alarms_store.version(tx, alarm_id, alarm["version"])
        before = alarms_store.definition_of(newest)
        versions.change(shell, tx, alarm, changed(before, good), writing, by=by)
        versions.need_apart(tx, alarm["service_id"])
    shell.ring()


def changed(before: Definition, good: Mapping[str, object]) -> Definition:
    """Return a definition with checked fields changed."""
    after = from_data({"key": before.key, "service": before.service, **good})
    own = {name: getattr(after, name) for name in FIELDS if name in good}
    if ("runbook" in good or "runbook_url" in good) and "runbook_slug" not in good:
        own["runbook_slug"] = ""
    return replace(before, **own)


def retire(
    shell: Shell, alarm_id: str, *, reason: str = "", by: Actor, if_match: str | None = None
) -> None:
    """Take an alarm out of use. It is easy, and a success: one thing less that may wake somebody.

    Raises: OnlyTheTeam.
    """
    with shell.db.transaction() as tx:
        alarm = changes.load(tx, NOUN, alarm_id, if_match=if_match)
        if alarm["state"] != "retired":
            versions.retire(shell, tx, alarm, reason, by=by)
    shell.ring()


def mute(shell: Shell, alarm_id: str, *, until: datetime | None, by: Actor) -> None:
    """Silence an alarm until a moment; None ends the silence."""
    good = fields.checked({"muted_until": fields.optional(fields.instant)}, {"muted_until": until})
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, alarm_id)
        _need_owner(shell, tx, by, before["service_id"])
        changes.change(shell, tx, NOUN, before, good, by=by)
    shell.ring()


def _slug_of(shell: Shell, service_id: str) -> str:
    with shell.db.transaction() as tx:
        service = rows.find(tx, "services", service_id)
    if service is None:
        raise fields.BadFields({"service_id": "there is no such service"})
    return str(service["slug"])


def _need_owner(shell: Shell, tx: Tx, by: Actor, service_id: str) -> None:
    service = rows.find(tx, "services", service_id)
    if service is None:
        raise fields.BadFields({"service_id": "there is no such service"})
    teams.need_member(shell, tx, by, service["team_id"])
