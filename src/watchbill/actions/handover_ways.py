"""Handover ways: from which state an alarm goes to which, and who may take it there.

The same for every team (NO6).

Source: requirements AL3, AL7, NO4, NO6.
"""

from __future__ import annotations

from watchbill.actions import fields, teams
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.errors import Conflict, Forbidden
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx


class OnlyTheOnCallTeam(Forbidden):
    """Only the on-call team judges alarms: whoever has agreed to a term that is not over (NO4)."""


class NoWayThere(Conflict):
    """An alarm cannot go from its state to that one."""


class SayWhy(fields.BadFields):
    """Say why, in a sentence: whoever mends it reads this."""


#: From each state, where a person may bring an alarm; `changed` contents go by `versions.change`.
WAYS: dict[str, frozenset[str]] = {
    "draft": frozenset({"proposed", "retired"}),
    "proposed": frozenset({"draft", "in_review", "accepted", "declined", "returned", "retired"}),
    "in_review": frozenset(
        {"in_review", "proposed", "accepted", "declined", "returned", "retired"}
    ),
    "accepted": frozenset({"in_review", "returned", "retired"}),
    "declined": frozenset({"proposed", "draft", "returned", "retired"}),
    "returned": frozenset({"proposed", "draft", "retired"}),
    "retired": frozenset(),
}
#: What only the on-call team says.
_JUDGEMENTS = frozenset({"in_review", "accepted", "declined", "returned"})
#: From each state, what else the on-call team says: it lays aside what it was looking at.
_ALSO = {("in_review", "proposed")}
#: What is not said without a reason.
_WITH_REASON = frozenset({"declined", "returned"})
#: How short a reason may be.
_LEAST = 10


def need_way(alarm: rows.Row, state: str, reason: str) -> None:
    """Refuse a step that there is not from where an alarm is. Raises: NoWayThere, SayWhy."""
    if state not in WAYS[alarm["state"]]:
        raise NoWayThere(before=alarm["state"], after=state)
    if state == "returned" and alarm["in_force"] is None:
        raise NoWayThere("It is not in force, so there is nothing to return.", after=state)
    if state == "draft" and alarm["in_force"] is not None:
        raise NoWayThere("A version of it is in force; retire it, or change it.", after=state)
    if state in _WITH_REASON:
        need_reason(reason)


def need_reason(reason: str) -> None:
    """Refuse what is too short to be a reason. Raises: SayWhy."""
    if len(reason.strip()) < _LEAST:
        raise SayWhy({"reason": f"say in at least {_LEAST} letters what must change, or why"})


def need_right(shell: Shell, tx: Tx, alarm: rows.Row, state: str, by: Actor) -> None:
    """Refuse a step of somebody else's: the team brings its alarm forward, and may take it back.

    The on-call team judges it (AL3). Raises: OnlyTheOnCallTeam, OnlyTheTeam.
    """
    if by.person_id and terms_store.is_volunteer(tx, by.person_id, at=shell.clock.now()):
        if state in _JUDGEMENTS or (alarm["state"], state) in _ALSO:
            return
    elif state in _JUDGEMENTS - {"returned"}:
        raise OnlyTheOnCallTeam(alarm=alarm["key"])
    service = rows.find(tx, "services", alarm["service_id"])
    teams.need_member(shell, tx, by, service["team_id"] if service else "")
