"""Alarms: what may page, as rows with a state; their life in code and review comes on top."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from watchbill.actions import changes, fields, teams
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.errors import Conflict, Forbidden
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx


class AcceptedStands(Conflict):
    """What the on-call team accepted stays as it is; return the alarm first (NO5)."""


class NoRunbook(Conflict):
    """An alarm without a runbook cannot be accepted (NO4)."""


class OwnWork(Forbidden):
    """Nobody accepts an alarm of their own; somebody of the on-call team does (NO4)."""


class OnlyTheOnCallTeam(Forbidden):
    """Only the on-call team judges alarms: whoever has agreed to a term that is not over (NO4)."""


class NoWayThere(Conflict):
    """An alarm cannot go from its state to that one."""


#: What the on-call team says of an alarm. An admin may say all but that it is accepted; its own
#: team may take it back, because what is accepted cannot be changed.
_JUDGEMENTS = frozenset({"in_review", "accepted", "declined", "returned"})
#: From each state, where an alarm may go.
_WAYS: dict[str, frozenset[str]] = {
    "draft": frozenset({"proposed", "retired"}),
    "proposed": frozenset({"draft", "in_review", "accepted", "declined", "retired"}),
    "in_review": frozenset({"proposed", "accepted", "declined", "retired"}),
    "accepted": frozenset({"returned", "retired"}),
    "declined": frozenset({"proposed", "draft", "retired"}),
    "returned": frozenset({"proposed", "in_review", "accepted", "declined", "retired"}),
    "retired": frozenset({"draft"}),
}

NOUN = Noun(
    word="alarm",
    table="alarms",
    prefix="alm",
    checks={
        "service_id": fields.text(64, least=1),
        "key": fields.text(255, least=1),
        "title": fields.text(200, least=1),
        "severity": fields.choice("critical", "error", "warning", "info"),
        "customer_impact": fields.text(4000),
        "required_action": fields.text(4000),
        "runbook": fields.text(100_000),
        "runbook_url": fields.text(2000),
    },
)


def create(shell: Shell, values: Values, *, by: Actor) -> str:
    """Write an alarm down: `service_id`, `key`, `title` …; it begins as a draft."""
    fields.need(values, "service_id", "key", "title")
    good = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        _need_owner(shell, tx, by, str(good["service_id"]))
        good |= {"state": "draft", "author_id": by.person_id}
        alarm_id = changes.create(shell, tx, NOUN, good, by=by)
    shell.ring()
    return alarm_id


def change(
    shell: Shell, alarm_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change an alarm that is not accepted."""
    good = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, alarm_id, if_match=if_match)
        _need_owner(shell, tx, by, before["service_id"])
        if before["state"] == "accepted":
            raise AcceptedStands(alarm=before["key"])
        if "service_id" in good:
            raise fields.BadFields({"service_id": "an alarm stays with its service"})
        changes.change(shell, tx, NOUN, before, good, by=by)
    shell.ring()


def set_state(
    shell: Shell,
    alarm_id: str,
    state: str,
    *,
    reason: str,
    by: Actor,
    if_match: str | None = None,
) -> None:
    """Move an alarm on its way to the on-call team.

    Raises: NoWayThere; OnlyTheOnCallTeam and OnlyTheTeam when it is somebody else's step;
    NoRunbook and OwnWork when it is to be accepted.
    """
    good: dict[str, Any] = fields.checked(
        {"state": fields.choice(*_WAYS), "state_reason": fields.text(2000)},
        {"state": state, "state_reason": reason},
    )
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, alarm_id, if_match=if_match)
        if state == before["state"]:
            return
        if state not in _WAYS[before["state"]]:
            raise NoWayThere(before=before["state"], after=state)
        if state == "accepted":
            _need_acceptable(before, by)
            good |= {"accepted_by": by.person_id, "accepted_at": shell.clock.now()}
        _need_right(shell, tx, before, state, by)
        changes.change(shell, tx, NOUN, before, good, by=by)
    shell.ring()


def mute(shell: Shell, alarm_id: str, *, until: datetime | None, by: Actor) -> None:
    """Silence an alarm until a moment; None ends the silence."""
    good = fields.checked({"muted_until": fields.optional(fields.instant)}, {"muted_until": until})
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, alarm_id)
        _need_owner(shell, tx, by, before["service_id"])
        changes.change(shell, tx, NOUN, before, good, by=by)
    shell.ring()


def _need_right(shell: Shell, tx: Tx, alarm: rows.Row, state: str, by: Actor) -> None:
    """The team brings its alarm forward; the on-call team judges it (AL3)."""
    if state not in _JUDGEMENTS:
        _need_owner(shell, tx, by, alarm["service_id"])
        return
    if by.person_id and terms_store.is_volunteer(tx, by.person_id, at=shell.clock.now()):
        return
    if state == "returned":
        _need_owner(shell, tx, by, alarm["service_id"])
    elif state == "accepted" or not by.is_admin:
        raise OnlyTheOnCallTeam(alarm=alarm["key"])


def _need_acceptable(alarm: rows.Row, by: Actor) -> None:
    if not (alarm["runbook"].strip() or alarm["runbook_url"].strip()):
        raise NoRunbook(alarm=alarm["key"])
    if by.person_id is None or by.person_id == alarm["author_id"]:
        raise OwnWork(alarm=alarm["key"])


def _need_owner(shell: Shell, tx: Tx, by: Actor, service_id: str) -> None:
    service = rows.find(tx, "services", service_id)
    if service is None:
        raise fields.BadFields({"service_id": "there is no such service"})
    teams.need_member(shell, tx, by, service["team_id"])
