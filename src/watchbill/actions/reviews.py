"""Reviews: the one-tap verdict on an incident afterwards; a runbook that fails gives the alarm back.

Source: requirements RB4, ME3; on-call-practice §9, R16.
"""

from __future__ import annotations

from watchbill.actions import audit, changes, fields, handovers
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core.bar.facts import Limits
from watchbill.errors import Conflict, Forbidden
from watchbill.queries import bars
from watchbill.store import alarms as alarms_store
from watchbill.store import rows
from watchbill.store.database import Tx

CHECKS: dict[str, fields.Check] = {
    "needed": fields.flag,
    "action": fields.choice("fixed", "mitigated", "watched", "nothing"),
    "runbook": fields.choice("helped", "partly", "wrong", "missing"),
    "note": fields.text(4000),
}
_SAVE = """
insert into reviews (incident_id, person_id, at, needed, action, runbook, note)
values (%(incident_id)s, %(person_id)s, %(at)s, %(needed)s, %(action)s, %(runbook)s, %(note)s)
on conflict (incident_id, person_id) do update set at = excluded.at, needed = excluded.needed,
  action = excluded.action, runbook = excluded.runbook, note = excluded.note
"""
_ANSWERED = "select 1 from pages where incident_id = %s and person_id = %s limit 1"
_USES = """
select bool_or(r.runbook = 'helped') from reviews r join incidents i on i.id = r.incident_id
where i.service_id = %s and i.alarm = %s and r.at > %s
group by i.id order by max(r.at) desc limit %s
"""


class NotOver(Conflict):
    """The incident is not over yet; say how it was when it is."""


class OnlyWhoWasCalled(Forbidden):
    """Only somebody who was called about the incident judges it."""


def give(shell: Shell, incident_id: str, values: dict[str, object], *, by: Actor) -> None:
    """Say whether a page was needed, what was done, and whether the runbook helped.

    When the bar's last uses helped too seldom, the alarm is returned to its team at once (R16).
    Raises: NoSuchThing, NotOver, OnlyWhoWasCalled, BadFields.
    """
    fields.need({name: str(value) for name, value in values.items()}, "needed", "action", "runbook")
    good = fields.checked(CHECKS, values)
    with shell.db.transaction() as tx:
        incident = rows.find(tx, "incidents", incident_id)
        if incident is None:
            raise changes.NoSuchThing(noun="incident", id=incident_id)
        if by.person_id is None:
            raise OnlyWhoWasCalled
        if tx.execute(_ANSWERED, [incident_id, by.person_id]).fetchone() is None:
            raise OnlyWhoWasCalled
        if incident["state"] != "resolved":
            raise NotOver
        row = {"note": "", **good, "incident_id": incident_id, "person_id": by.person_id}
        tx.execute(_SAVE, {**row, "at": shell.clock.now()})
        audit.record(shell, tx, by, "incident.reviewed", incident_id, good)
        _give_back(shell, tx, incident, bars.current(tx).limits, by)
    shell.ring()


def _give_back(shell: Shell, tx: Tx, incident: rows.Row, limits: Limits, by: Actor) -> None:
    """Return the alarm if its runbook failed too often since it was last accepted (RB4)."""
    alarm = alarms_store.by_key(tx, incident["service_id"], incident["alarm"])
    if alarm is None or alarm["in_force"] is None:
        return
    since = alarms_store.version(tx, alarm["id"], alarm["in_force"])["accepted_at"]
    if since is None:
        return
    place = [incident["service_id"], incident["alarm"], since, limits.uses]
    uses = [bool(row[0]) for row in tx.execute(_USES, place)]
    if len(uses) == limits.uses and sum(uses) < limits.uses_helped:
        reason = (
            f"R16: the runbook helped in {sum(uses)} of its last {limits.uses} uses."
            " Mend it with what those who used it wrote, then propose it again."
        )
        handovers.give_back(shell, tx, alarm, reason, by=by)
