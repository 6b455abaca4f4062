"""Organization: the few settings that hold for the whole company, the same for everybody (NO6)."""

from __future__ import annotations

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Values
from watchbill.actions.shell import Shell
from watchbill.store import organization as organization_store
from watchbill.store import rows

CHECKS: dict[str, fields.Check] = {
    "name": fields.text(100, least=1),
    "volunteer_wait_s": fields.number(30, 86400),
    "manager_wait_s": fields.number(30, 86400),
    "pages_a_month": fields.number(0, 10_000),
    "people_at_once": fields.number(1, 100),
    "base_url": fields.web_address,
}


def change(shell: Shell, values: Values, *, by: Actor, if_match: str | None = None) -> None:
    """Change settings of the company.

    Raises: Changed if `if_match` is no longer their version.
    """
    audit.need_admin(by)
    good = fields.checked(CHECKS, values)
    with shell.db.transaction() as tx:
        before = organization_store.lock(tx)
        if if_match is not None and if_match != organization_store.version(tx):
            raise rows.Changed(noun="organization")
        organization_store.change(tx, good)
        facts = {"before": {name: before[name] for name in good}, "after": dict(good)}
        audit.record(shell, tx, by, "organization.changed", "organization", facts)
        changes.look_again(shell, tx)
    shell.ring()
