"""Rosters: plan the volunteers' shifts fairly, look at what would change, then publish it.

A plan is a draft until somebody publishes it; publishing refuses one that was made from what is no
longer so. Weeks nobody can stand stay open, and the duty manager is called in them.

Source: requirements SH1-SH3, NO2; DESIGN §4.
"""

from __future__ import annotations

from typing import Any

from watchbill.actions import (
    audit,
    changes,
    fields,
    roster_cases,
    roster_notices,
    roster_outcomes,
    roster_shifts,
    swaps,
)
from watchbill.actions.audit import Actor
from watchbill.actions.roster_cases import Asked, NobodyToAsk
from watchbill.actions.shell import Shell
from watchbill.core import volunteers
from watchbill.errors import Conflict
from watchbill.planner import checker
from watchbill.planner.checker import Broken
from watchbill.planner.work import Found, Task
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

__all__ = ["NobodyToAsk"]

#: How long a plan may be thought about, in seconds.
PATIENCE_S = 60.0


class StaleShifts(Conflict):
    """Terms, time away or shifts have changed since this plan was made; make it again."""


class NotADraft(Conflict):
    """This plan is published already, or was dropped."""


class PastPlan(Conflict):
    """These weeks have begun, and what was stood is on record; make a plan from the next one."""


class NothingPublished(Conflict):
    """No shifts lie ahead that could be planned anew; make a plan first."""


class AgainstRules(Conflict):
    """The plan breaks a rule that people rely on, so it is not used."""


CHECKS: dict[str, fields.Check] = {
    "weeks": fields.number(1, 104),
    "starts_at": fields.instant,
    "seed": fields.number(0, 2**31 - 1),
    "keep": fields.flag,
}


def make(shell: Shell, values: dict[str, object], *, by: Actor) -> str:
    """Make a draft for `weeks` from `starts_at` (or the next boundary), and return its id.

    With `keep`, what is published moves as little as can be. Takes up to a minute, in a process of
    its own. Raises: NobodyToAsk, PastPlan, AgainstRules, BadFields.
    """
    good: dict[str, Any] = {"weeks": 26, "seed": 0, **fields.checked(CHECKS, values)}
    with shell.db.transaction() as tx:
        _need_planner(shell, tx, by)
        asked = roster_cases.ask(
            shell,
            tx,
            count=good["weeks"],
            start=good.get("starts_at"),
            keep=good.get("keep", False),
        )
        if asked.weeks[0].start < shell.clock.now():
            raise PastPlan
    found = _solve(shell, asked, seed=good["seed"])
    plan_id, now = shell.new_id("pln"), shell.clock.now()
    with shell.db.transaction() as tx:
        row: dict[str, object] = {
            "id": plan_id,
            "made_at": now,
            "made_by": by.name,
            "starts_at": asked.weeks[0].start,
            "ends_at": asked.weeks[-1].end,
            "seed": good["seed"],
            "state": "draft",
            "base": asked.base,
            "outcome": roster_outcomes.outcome(shell.company(tx), asked, found),
        }
        rows.add(tx, "plans", row)
        is_proven = all(each.plan.is_proven for each in found)
        facts = {"weeks": len(asked.weeks), "is_proven": is_proven}
        audit.record(shell, tx, by, "roster.planned", plan_id, facts)
    return plan_id


def _solve(shell: Shell, asked: roster_cases.Asked, *, seed: int) -> list[Found]:
    """Return the plan of each part, checked by what knows no solver. Raises: AgainstRules."""
    seconds = PATIENCE_S / len(asked.parts)
    tasks = [Task(case=part.case, seconds=seconds, seed=seed) for part in asked.parts]
    found = shell.solve(tasks)
    for part, each in zip(asked.parts, found, strict=True):
        _refuse(checker.check(part.case, each.plan))
    return found


def replan(shell: Shell, *, by: Actor) -> str | None:
    """Make a draft of the weeks ahead that are published, moving as little as can be.

    Return its id; None if nothing lies ahead, or nobody is left to ask.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        _need_planner(shell, tx, by)
        last = volunteers_store.published_until(tx)
        weeks = volunteers.weeks(volunteers_store.team(tx), start=now, count=104)
    count = sum(1 for week in weeks if last is not None and week.start < last)
    if count == 0:
        return None
    try:
        return make(shell, {"weeks": count, "starts_at": weeks[0].start, "keep": True}, by=by)
    except NobodyToAsk:
        return None


def publish(shell: Shell, plan_id: str, *, by: Actor) -> int:
    """Write the plan's shifts; return how many weeks changed hands.

    Raises: StaleShifts, PastPlan, NotADraft, AgainstRules, NoSuchThing.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        _need_planner(shell, tx, by)
        tx.execute("select 1 from on_call_team for update")  # one at a time
        plan = _draft(tx, plan_id)
        if plan["starts_at"] < now:
            raise PastPlan(plan=plan_id)
        asked = _as_of_now(shell, tx, plan)
        if asked is None:
            raise StaleShifts(plan=plan_id)
        _check_again(asked, plan["outcome"]["weeks"])
        weeks = plan["outcome"]["weeks"]
        for part in asked.parts:
            own = [week for week in weeks if week["watch"] == part.office_id]
            for number, week in enumerate(own):
                roster_shifts.write(shell, tx, plan_id, part, number, week)
        swaps.close_over(tx, now=now)
        changed = [week for week in weeks if week["person_id"] != week["was"]]
        told = [w for w in weeks if w in changed or w["shadow_id"] != w["shadow_was"]]
        rows.change(tx, "plans", plan_id, {"state": "published", "published_at": now})
        audit.record(shell, tx, by, "roster.published", plan_id, {"weeks": len(changed)})
        roster_notices.tell_changed(shell, tx, told)
        changes.look_again(shell, tx)
    shell.ring()
    return len(changed)


def is_stale(shell: Shell, tx: Tx, plan_id: str) -> bool:
    """Say whether what a draft was made from has changed: terms, time away, shifts, settings."""
    plan = rows.find(tx, "plans", plan_id)
    if plan is None or plan["state"] != "draft":
        return False
    return _as_of_now(shell, tx, plan) is None


def drop(shell: Shell, plan_id: str, *, by: Actor) -> None:
    """Drop a draft."""
    with shell.db.transaction() as tx:
        _need_planner(shell, tx, by)
        _draft(tx, plan_id)
        rows.change(tx, "plans", plan_id, {"state": "dropped"})
        audit.record(shell, tx, by, "roster.dropped", plan_id, {})


def _as_of_now(shell: Shell, tx: Tx, plan: rows.Row) -> Asked | None:
    """Return what a draft is about as of now; None if it was made from something else."""
    weeks = plan["outcome"]["weeks"]
    count = len({week["starts_at"] for week in weeks})
    try:
        asked = roster_cases.ask(shell, tx, count=count, start=plan["starts_at"])
    except NobodyToAsk:
        return None
    return asked if asked.base == plan["base"] else None


def _check_again(asked: Asked, weeks: list[dict[str, Any]]) -> None:
    """Let nothing through that breaks a rule by what is stored now. Raises: AgainstRules."""
    for part in asked.parts:
        places = {person_id: who for who, person_id in enumerate(part.people)}
        own = [week["person_id"] for week in weeks if week["watch"] == part.office_id]
        found = tuple(None if p is None else places.get(p, len(places)) for p in own)
        _refuse(checker.hard(part.case, found))


def _refuse(broken: tuple[Broken, ...]) -> None:
    if broken:
        rule, week = broken[0].rule, broken[0].week
        raise AgainstRules(f"This plan breaks the rule: {rule}.", rule=rule, week=week)


def _need_planner(shell: Shell, tx: Tx, by: Actor) -> None:
    """Let an admin, or anybody of the on-call team, plan its shifts."""
    now = shell.clock.now()
    if not (by.person_id and terms_store.is_volunteer(tx, by.person_id, at=now)):
        audit.need_admin(by)


def _draft(tx: Tx, plan_id: str) -> rows.Row:
    plan = rows.find(tx, "plans", plan_id)
    if plan is None:
        raise changes.NoSuchThing(noun="plan", id=plan_id)
    if plan["state"] != "draft":
        raise NotADraft(state=plan["state"])
    return plan
