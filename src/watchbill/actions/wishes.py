"""Wishes: which weeks a volunteer would rather not stand, or would like to.

A wish is one's own, and only a wish: the planner settles fairness before it.

Source: the issue's "preferences"; on-call-practice §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watchbill.actions import audit, fields
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core import volunteers
from watchbill.core.volunteers import OnCallTeam
from watchbill.store import rows
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

#: From "really not" to "gladly"; 0 takes a wish back.
CHECKS: dict[str, fields.Check] = {"starts_at": fields.instant, "weight": fields.number(-3, 3)}


def wish(shell: Shell, person_id: str, weights: Mapping[datetime, int], *, by: Actor) -> None:
    """Wish for weeks by their starts: -3 (really not) to 3 (gladly), 0 takes it back.

    Weeks that are not named stay as they were. Raises: OnlyThemselves, BadFields.
    """
    audit.need_self(by, person_id)
    with shell.db.transaction() as tx:
        team = volunteers_store.team(tx)
        good = dict(_wish(team, start, weight) for start, weight in weights.items())
        for start, weight in good.items():
            _keep(tx, person_id, start, weight)
        audit.record(shell, tx, by, "wishes.said", person_id, {"weeks": len(good)})


def _wish(team: OnCallTeam, start: datetime, weight: int) -> tuple[datetime, int]:
    """Return a wish as it is kept, if a week of the on-call team begins at `start`."""
    good: dict[str, Any] = fields.checked(CHECKS, {"starts_at": start, "weight": weight})
    if volunteers.weeks(team, start=good["starts_at"], count=1)[0].start != good["starts_at"]:
        raise fields.BadFields({"starts_at": "must be when a week of the on-call team begins"})
    return good["starts_at"], good["weight"]


def _keep(tx: Tx, person_id: str, start: datetime, weight: int) -> None:
    tx.execute("delete from wishes where person_id = %s and starts_at = %s", [person_id, start])
    if weight:
        row = {"person_id": person_id, "starts_at": start, "weight": weight}
        rows.add(tx, "wishes", row)
