"""The on-call team: how it is set up, the same for everybody in it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Values
from watchbill.actions.shell import Shell
from watchbill.core import watches
from watchbill.core.company import Company
from watchbill.core.people import OfficeId
from watchbill.core.volunteers import Watch
from watchbill.errors import Forbidden
from watchbill.store import rows
from watchbill.store import terms as terms_store


class OnlyTheOnCallTeamDecides(Forbidden):
    """Only the on-call team, or an admin, changes how it is set up."""


def _limits(value: Any) -> object:
    if not isinstance(value, list) or len(value) > 10:
        raise ValueError("must be a list of at most 10 limits")
    checks: dict[str, fields.Check] = {
        "most": fields.number(1, 104),
        "weeks": fields.number(1, 104),
        "source": fields.text(200),
    }
    return [fields.checked(checks, dict(each)) for each in value]


def _watches(value: Any) -> object:
    if not isinstance(value, list) or len(value) > 6:
        raise ValueError("must be a list of at most 6 watches")
    checks: dict[str, fields.Check] = {
        "office_id": fields.text(64, least=1),
        "starts": lambda v: f"{fields.clock_time(v):%H:%M}",
        "ends": lambda v: f"{fields.clock_time(v):%H:%M}",
    }
    return [fields.checked(checks, dict(each)) for each in value]


def _need_whole_days(company: Company, good: dict[str, Any], now: datetime) -> None:
    """Refuse watches that leave a hole in the day or overlap. Raises: BadFields."""
    zones = {office_id: office.hours.zone for office_id, office in company.offices.items()}
    given = [
        Watch(
            office_id=OfficeId(each["office_id"]),
            starts=time.fromisoformat(each["starts"]),
            ends=time.fromisoformat(each["ends"]),
        )
        for each in good.get("watches", ())
    ]
    if found := watches.faults(given, zones, year=now.year):
        raise fields.BadFields({"watches": "; ".join(found)})


CHECKS: dict[str, fields.Check] = {
    "name": fields.text(100, least=1),
    "zone": fields.zone,
    "boundary_weekday": fields.number(0, 6),
    "boundary_time": fields.clock_time,
    "seats": fields.number(1, 100),
    "least": fields.number(1, 100),
    "term_days": fields.number(7, 400),
    "gap_weeks": fields.number(0, 26),
    "shadows": fields.flag,
    "limits": _limits,
    "decay_percent": fields.number(0, 100),
    "watches": _watches,
}


def change(shell: Shell, values: Values, *, by: Actor) -> None:
    """Change how the on-call team is set up. Raises: OnlyTheOnCallTeamDecides, BadFields."""
    good = fields.checked(CHECKS, values)
    with shell.db.transaction() as tx:
        now = shell.clock.now()
        is_one = by.person_id and terms_store.is_volunteer(tx, by.person_id, at=now)
        if not (is_one or by.is_admin):
            raise OnlyTheOnCallTeamDecides
        _need_whole_days(shell.company(tx), good, now)
        rows.change(tx, "on_call_team", "true", good)  # the one row
        audit.record(shell, tx, by, "on_call_team.changed", "on_call_team", good)
        changes.look_again(shell, tx)
    shell.ring()
