"""Plans: a whole folder of alarms, held against what is there, and applied at once or not at all.

What a repository once applied and no longer holds is retired; alarms written elsewhere are left
alone. A plan names the state it was made from, so that applying it later refuses a stale one.

Source: AL1, AL2; the issue's "apply is atomic, idempotent, shows a plan first, refuses a stale base".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchbill.actions import entries, fields, plan_faults, teams, versions
from watchbill.actions.audit import Actor
from watchbill.actions.entries import Entry, Writing
from watchbill.actions.plan_faults import Order, PlanFault, Wanted
from watchbill.actions.shell import Shell
from watchbill.core.bar.facts import Facts
from watchbill.core.definitions import changed_fields, to_data
from watchbill.errors import Conflict
from watchbill.queries import bars
from watchbill.store import alarms as alarms_store
from watchbill.store import rows
from watchbill.store.alarms import Written
from watchbill.store.database import Tx

#: Most alarms of one plan.
MOST = 5000


class StalePlan(Conflict):
    """Somebody changed these alarms since the plan was made; plan again and look at it."""


class NotAppliable(fields.BadFields):
    """The alarms cannot be applied as they are written; nothing was changed."""

    def __init__(self, faults: Sequence[PlanFault]) -> None:
        super().__init__({f"{f.place or f.key}: {f.field}": f"{f.message} {f.fix}" for f in faults})
        self.details["faults"] = [f.as_data() for f in faults]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What applying does to one alarm."""

    #: `create`, `change`, `retire`, `nothing`.
    action: str
    service: str
    key: str
    changed: tuple[str, ...] = ()
    #: The changed fields only, as JSON knows them.
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    #: Where its handover stands, and whether an accepted version stands meanwhile.
    state: str = ""
    in_force: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would change, what stands in the way, and the state it was made from."""

    base: str
    changes: tuple[Change, ...]
    #: Stand in the way of applying.
    faults: tuple[PlanFault, ...]
    #: Below the bar, and let in all the same because it is an import.
    below: tuple[PlanFault, ...] = ()
    is_applied: bool = False


def plan(shell: Shell, order: Order) -> Plan:
    """Return what applying the order would do. Nothing is written."""
    with shell.db.transaction() as tx:
        return _look(shell, tx, order).plan


def apply(shell: Shell, order: Order, *, base: str | None, by: Actor) -> Plan:
    """Make the alarms of a repository what the order says, all of them or none.

    With `base`, the one of the plan somebody looked at. Raises: StalePlan, NotAppliable, OnlyTheTeam.
    """
    with shell.db.transaction() as tx:
        alarms_store.lock_applying(tx)
        before = _known(tx, order)
        locked = alarms_store.locked(tx, [each.id for each in before])
        services = alarms_store.lock_services(tx, _services(order, before))
        seen = _look(shell, tx, order)
        if base is not None and base != seen.plan.base:
            raise StalePlan(base=seen.plan.base)
        if seen.plan.faults:
            raise NotAppliable(seen.plan.faults)
        for team_id in sorted({services[c.service].team_id for c in seen.plan.changes}):
            teams.need_member(shell, tx, by, team_id)
        _do(shell, tx, order, seen, {name: s.id for name, s in services.items()}, locked, by)
    shell.ring()
    return replace(seen.plan, is_applied=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A plan, and what it was made from: alarms as they are to be, and as they are."""

    plan: Plan
    full: tuple[Wanted, ...]
    by_name: dict[tuple[str, str], Written]


def _do(
    shell: Shell,
    tx: Tx,
    order: Order,
    seen: _Seen,
    services: Mapping[str, str],
    locked: Mapping[str, rows.Row],
    by: Actor,
) -> None:
    entries_ = []
    for wanted in seen.full:
        known = seen.by_name.get(plan_faults.name(wanted))
        entries_.append(
            Entry(
                alarm_id=known.id if known else shell.new_id("alm"),
                service_id=services[wanted.definition.service],
                alarm=locked[known.id] if known else None,
                before=known.definition if known else None,
                after=wanted.definition,
                state=_state(known, wanted),
                writing=Writing(
                    managed_by=order.managed_by,
                    origin=replace(wanted.origin, repository=order.repository),
                    evidence=wanted.evidence,
                ),
            )
        )
    gone = [seen.by_name[c.service, c.key].id for c in seen.plan.changes if c.action == "retire"]
    reason = f"no longer in {order.repository}"
    versions.retire_many(shell, tx, [locked[each] for each in gone], reason, by=by)
    entries.write(shell, tx, entries_, by=by)


def _state(known: Written | None, wanted: Wanted) -> str:
    """Return the state of an alarm once it is applied: what is in code is proposed, no draft."""
    if known is None or known.state == "draft" or known.definition != wanted.definition:
        return "proposed"
    return known.state


def _services(order: Order, known: Sequence[Written]) -> set[str]:
    return {w.definition.service for w in order.wanted} | {each.service for each in known}


def _known(tx: Tx, order: Order, *, in_force: bool = False) -> list[Written]:
    """Return the alarms of every service that the order names, and of its repository."""
    services = {w.definition.service for w in order.wanted}
    return alarms_store.written(tx, near=(services, order.repository or None), in_force=in_force)


def _look(shell: Shell, tx: Tx, order: Order) -> _Seen:
    company = shell.company(tx)
    known = _known(tx, order)
    owners = {s.slug: company.teams[s.team_id].slug for s in company.services.values()}
    full, faults = plan_faults.checked(tx, order, owners)
    by_name = {(w.service, w.key): w for w in known}
    changes = [
        *(_change(wanted, by_name.get(plan_faults.name(wanted))) for wanted in full),
        *_retirements(order, known, {plan_faults.name(wanted) for wanted in full}),
    ]
    faults += [*plan_faults.elsewhere(order, full, by_name), *plan_faults.unknown(company, full)]
    gone = {(c.service, c.key) for c in changes if c.action == "retire"}
    faults += plan_faults.same_events(full, known, _known(tx, order, in_force=True), gone)
    touched = {(c.service, c.key) for c in changes if c.action in ("create", "change")}
    text = Facts(
        today=shell.clock.now().date(),
        limits=bars.current(tx).limits,
        teams=frozenset(team.slug for team in company.teams.values()),
        services=owners,
    )
    below = list(plan_faults.below_the_bar(text, order.repository, full, known, touched))
    lenient = order.managed_by == "import"
    found = Plan(
        base=_base(known, order, full),
        changes=tuple(changes),
        faults=(*order.unreadable, *faults, *(() if lenient else below)),
        below=tuple(below) if lenient else (),
    )
    return _Seen(plan=found, full=tuple(full), by_name=by_name)


def _change(wanted: Wanted, known: Written | None) -> Change:
    service, key = plan_faults.name(wanted)
    differs = changed_fields(known.definition if known else None, wanted.definition)
    after, before = to_data(wanted.definition), to_data(known.definition) if known else None
    action = "create" if known is None else "change" if differs else "nothing"
    if known is not None and known.state == "draft":
        action = "change"  # it is proposed
    return Change(
        action=action,
        service=service,
        key=key,
        changed=differs if action != "nothing" else (),
        before={name: before[name] for name in differs} if before is not None and differs else None,
        after={name: after[name] for name in differs} if differs else None,
        state=known.state if known else "",
        in_force=known.in_force if known else None,
    )


def _retirements(
    order: Order, known: Sequence[Written], wanted: set[tuple[str, str]]
) -> Iterator[Change]:
    """Return what the repository applied once and no longer holds."""
    for each in known:
        if (
            order.repository
            and each.repository == order.repository
            and each.managed_by == order.managed_by
            and (each.service, each.key) not in wanted
        ):
            yield Change(
                action="retire",
                service=each.service,
                key=each.key,
                state=each.state,
                in_force=each.in_force,
            )


def _base(known: Sequence[Written], order: Order, full: Sequence[Wanted]) -> str:
    """Return what tells whether anything the plan looked at has changed since."""
    names = {plan_faults.name(wanted) for wanted in full}
    seen = [
        (each.id, each.version, each.state, each.content_hash)
        for each in known
        if (each.service, each.key) in names or each.repository == order.repository
    ]
    return hashlib.sha256(json.dumps(sorted(seen)).encode()).hexdigest()[:32]
