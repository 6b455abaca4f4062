"""Rosters: plan the volunteers' shifts fairly, look at what would change, then publish it.

A plan is a draft until somebody publishes it; publishing refuses one that was made from what is no
longer so. Weeks nobody can stand stay open, and the duty manager is called in them.

Source: requirements SH1-SH3, NO2; DESIGN §4.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields, roster_notices
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core import fairness, rosters, volunteers
from watchbill.core.company import Company
from watchbill.core.people import PersonId
from watchbill.core.rosters import Volunteer
from watchbill.core.rotas import Shift
from watchbill.core.volunteers import OnCallTeam, Seat, Week
from watchbill.errors import Conflict
from watchbill.planner import work
from watchbill.planner.cases import Candidate, Case, Limit
from watchbill.planner.work import Found, Task
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx

#: How far back what somebody stood still counts, a little.
_PAST = timedelta(days=4 * 182)
#: How long a plan may be thought about, in seconds.
PATIENCE_S = 60.0


class StalePlan(Conflict):
    """Terms, time away or shifts have changed since this plan was made; make it again."""


class NotADraft(Conflict):
    """This plan is published already, or was dropped."""


class NothingPublished(Conflict):
    """No shifts lie ahead that could be planned anew; make a plan first."""


class NobodyToAsk(Conflict):
    """The on-call team has nobody whose term reaches into these weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A case with what its numbers stand for."""

    case: Case
    weeks: tuple[Week, ...]
    people: tuple[PersonId, ...]
    #: Tells whether anything it was made from has changed.
    base: str


CHECKS: dict[str, fields.Check] = {
    "weeks": fields.number(1, 104),
    "starts_at": fields.instant,
    "seed": fields.number(0, 2**31 - 1),
}


def make(shell: Shell, values: dict[str, object], *, by: Actor) -> str:
    """Make a draft for `weeks` from `starts_at` (or the next boundary), and return its id.

    Takes up to a minute, in a process of its own. Raises: NobodyToAsk, BadFields.
    """
    good: dict[str, Any] = {"weeks": 26, "seed": 0, **fields.checked(CHECKS, values)}
    with shell.db.transaction() as tx:
        _need_planner(shell, tx, by)
        asked = _ask(shell, tx, good)
    found = work.apart(Task(case=asked.case, seconds=PATIENCE_S, seed=good["seed"]))
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
            "outcome": outcome(shell.company(tx), asked, found),
        }
        rows.add(tx, "plans", row)
        facts = {"weeks": len(asked.weeks), "is_proven": found.plan.is_proven}
        audit.record(shell, tx, by, "roster.planned", plan_id, facts)
    return plan_id


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
        return make(shell, {"weeks": count, "starts_at": weeks[0].start}, by=by)
    except NobodyToAsk:
        return None


def publish(shell: Shell, plan_id: str, *, by: Actor) -> int:
    """Write the plan's shifts; return how many weeks changed hands.

    Raises: StalePlan, NotADraft, NoSuchThing.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        _need_planner(shell, tx, by)
        plan = _draft(tx, plan_id)
        if is_stale(shell, tx, plan_id):
            raise StalePlan(plan=plan_id)
        changed = [w for w in plan["outcome"]["weeks"] if w["person_id"] != w["was"]]
        for week in changed:
            _write(shell, tx, plan_id, week)
        rows.change(tx, "plans", plan_id, {"state": "published", "published_at": now})
        audit.record(shell, tx, by, "roster.published", plan_id, {"weeks": len(changed)})
        roster_notices.tell_changed(shell, tx, changed)
        changes.look_again(shell, tx)
    shell.ring()
    return len(changed)


def is_stale(shell: Shell, tx: Tx, plan_id: str) -> bool:
    """Say whether what a draft was made from has changed: terms, time away, shifts, settings."""
    plan = rows.find(tx, "plans", plan_id)
    if plan is None or plan["state"] != "draft":
        return False
    count = len({week["starts_at"] for week in plan["outcome"]["weeks"]})
    try:
        asked = _ask(shell, tx, {"weeks": count, "starts_at": plan["starts_at"], "seed": 0})
    except NobodyToAsk:
        return True
    return bool(asked.base != plan["base"])


def drop(shell: Shell, plan_id: str, *, by: Actor) -> None:
    """Drop a draft."""
    with shell.db.transaction() as tx:
        _need_planner(shell, tx, by)
        _draft(tx, plan_id)
        rows.change(tx, "plans", plan_id, {"state": "dropped"})
        audit.record(shell, tx, by, "roster.dropped", plan_id, {})


def outcome(company: Company, asked: Asked, found: Found) -> dict[str, Any]:
    """Return what a plan says, as JSON knows it: weeks, aims with their bounds, fairness, reasons."""
    case = asked.case
    return {
        "weeks": [
            {
                "starts_at": week.start.isoformat(),
                "ends_at": week.end.isoformat(),
                "person_id": None if who is None else asked.people[who],
                "was": _was(asked, number),
                "fixed": number in case.fixed,
                "load": case.loads[number] / rosters.TENTHS,
            }
            for number, (week, who) in enumerate(zip(asked.weeks, found.plan.weeks, strict=True))
        ],
        "aims": [
            {"aim": s.aim.value, "cost": s.cost, "bound": s.bound, "gap": round(s.gap, 4)}
            for s in found.plan.settled
        ],
        "is_proven": found.plan.is_proven,
        "fairness": _fairness(asked, found),
        "reasons": [_reason(company, asked, week) for week in found.reason],
    }


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


def _ask(shell: Shell, tx: Tx, good: dict[str, Any]) -> Asked:
    """Return the case of these weeks as of this transaction."""
    team, company, now = volunteers_store.team(tx), shell.company(tx), shell.clock.now()
    weeks = volunteers.weeks(team, start=good.get("starts_at") or now, count=good["weeks"])
    seats = volunteers_store.seats(tx, after=weeks[0].start)
    people = _volunteers(company, seats)
    if not people:
        raise NobodyToAsk
    limits, decay = volunteers_store.limits(tx)
    stored = volunteers_store.shifts(tx, start=weeks[0].start - _PAST, end=weeks[-1].end)
    published, fixed = _published(stored, weeks, [p.person_id for p in people])
    case = Case(
        loads=(rosters.TENTHS,) * len(weeks),
        people=tuple(_candidate(company, volunteer, weeks, stored, decay) for volunteer in people),
        gap=team.gap_weeks,
        limits=tuple(Limit(**each) for each in limits),
        fixed=fixed,
        published=published,
        recurring=tuple(rosters.recurring(weeks, people)),
    )
    return Asked(
        case=case,
        weeks=tuple(weeks),
        people=tuple(p.person_id for p in people),
        base=_base(case, weeks, people),
    )


def _volunteers(company: Company, seats: Sequence[Seat]) -> list[Volunteer]:
    by_person: dict[PersonId, list[Seat]] = {}
    for seat in seats:
        if seat.person_id in company.people:
            by_person.setdefault(seat.person_id, []).append(seat)
    return [
        Volunteer(
            person_id=person_id,
            office_id=own[0].office_id,
            seats=tuple(own),
            zone=company.people[person_id].zone,
            wishes={},
            holidays=_holidays(company, own[0]),
        )
        for person_id, own in sorted(by_person.items())
    ]


def _holidays(company: Company, seat: Seat) -> frozenset[Any]:
    office = company.offices.get(seat.office_id) if seat.office_id else None
    return office.hours.closed_on if office else frozenset()


def _candidate(
    company: Company,
    volunteer: Volunteer,
    weeks: Sequence[Week],
    stored: Sequence[tuple[Any, ...]],
    decay: int,
) -> Candidate:
    past = [
        Shift(person_id=PersonId(row[1]), start=row[2], end=row[3], is_shadow=row[4])
        for row in stored
        if row[1] == volunteer.person_id
    ]
    free = [n for n, w in enumerate(weeks) if rosters.can_stand(volunteer, company.absences, w)]
    extra = {n: rosters.holiday_tenths(volunteer, weeks[n]) for n in free}
    return Candidate(
        id=volunteer.person_id,
        office=volunteer.office_id or "",
        weeks=frozenset(free),
        past=rosters.past_tenths(volunteer.person_id, past, at=weeks[0].start, decay_percent=decay),
        share=max(1, rosters.share(volunteer, company.absences, weeks)),
        extra={n: more for n, more in extra.items() if more},
    )


def _published(
    stored: Sequence[tuple[Any, ...]], weeks: Sequence[Week], people: Sequence[PersonId]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return who stands each week by now, and which of them the planner leaves."""
    places = {person_id: who for who, person_id in enumerate(people)}
    published, fixed = {}, {}
    for number, week in enumerate(weeks):
        whole = [r for r in stored if not r[4] and r[2] < week.end and week.start < r[3]]
        held = [row for row in whole if row[1] in places]
        if not held:
            continue
        longest = max(held, key=lambda row: min(row[3], week.end) - max(row[2], week.start))
        published[number] = places[longest[1]]
        if len(whole) > 1 or longest[5] or longest[2] < week.start:
            fixed[number] = places[longest[1]]
    return published, fixed


def _base(case: Case, weeks: Sequence[Week], people: Sequence[Volunteer]) -> str:
    said = [
        [week.start.isoformat() for week in weeks],
        [
            [p.person_id, sorted(c.weeks), c.past, c.share, sorted(c.extra.items())]
            for p, c in zip(people, case.people, strict=True)
        ],
        sorted(case.published.items()),
        sorted(case.fixed.items()),
        case.gap,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _was(asked: Asked, week: int) -> str | None:
    who = asked.case.published.get(week)
    return None if who is None else asked.people[who]


def _fairness(asked: Asked, found: Found) -> dict[str, Any]:
    """Return what each carries and owes, and how even that is."""
    from watchbill.planner import costs

    owed = costs.owed(asked.case)
    table: list[dict[str, Any]] = []
    for who, person in enumerate(asked.case.people):
        weeks = [week for week, stands in enumerate(found.plan.weeks) if stands == who]
        planned = sum(asked.case.load(who, week) for week in weeks)
        least, _ = fairness.spacing(weeks)
        table.append(
            {
                "person_id": asked.people[who],
                "weeks": len(weeks),
                "load": planned / rosters.TENTHS,
                "past": person.past / rosters.TENTHS,
                "owed": owed[who] / rosters.TENTHS,
                "holidays": sum(1 for week in weeks if week in person.extra),
                "smallest_gap": least,
            }
        )
    even = fairness.of([row["load"] + row["past"] for row in table])
    return {
        "people": table,
        "spread": round(even.spread, 2),
        "gini": round(even.gini, 4),
        "jain": round(even.jain, 4),
    }


def _reason(company: Company, asked: Asked, week: int) -> dict[str, Any]:
    """Return why a week has nobody, in one sentence such as "Week of 24 Dec: all 7 are away."."""
    start, end = asked.weeks[week].start, asked.weeks[week].end
    away = [
        company.people[p].name
        for p in asked.people
        if any(a.person_id == p and a.start < end and start < a.end for a in company.absences)
    ]
    could = [
        company.people[asked.people[who]].name
        for who, person in enumerate(asked.case.people)
        if week in person.weeks
    ]
    day = f"{start:%-d %b %Y}"
    if not could and len(away) == len(asked.people):
        sentence = f"Week of {day}: all {len(away)} are away."
    elif not could:
        sentence = f"Week of {day}: {len(away)} are away, and nobody else's term covers it."
    else:
        sentence = f"Week of {day}: only {', '.join(could)} could, who are needed near it."
    return {"starts_at": start.isoformat(), "sentence": sentence, "away": away, "could": could}


def _write(shell: Shell, tx: Tx, plan_id: str, week: dict[str, Any]) -> None:
    """Give a week to whom the plan says; what stood in it and was not fixed goes."""
    start, end = datetime.fromisoformat(week["starts_at"]), datetime.fromisoformat(week["ends_at"])
    tx.execute("delete from shifts where not shadow and during && tstzrange(%s, %s)", [start, end])
    if week["person_id"] is None:
        return
    term = terms_store.covering(tx, week["person_id"], start, end)
    if term is None:
        raise StalePlan(plan=plan_id)
    values: dict[str, object] = {
        "id": shell.new_id("shf"),
        "person_id": week["person_id"],
        "term_id": term[0],
        "term_during": term[1],
        "during": rows.between(start, end),
        "plan_id": plan_id,
    }
    rows.add(tx, "shifts", values)


__all__ = ["Asked", "OnCallTeam", "drop", "make", "outcome", "publish"]
