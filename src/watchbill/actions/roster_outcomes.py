"""Roster outcomes: what a plan says, as JSON: weeks, what changes, aims, fairness and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from watchbill.actions.roster_cases import Asked, Part
from watchbill.core import fairness, rosters, shadows, stands
from watchbill.core.company import Company
from watchbill.core.people import PersonId
from watchbill.planner import costs
from watchbill.planner.cases import Aim
from watchbill.planner.work import Found


def outcome(company: Company, asked: Asked, found: Sequence[Found]) -> dict[str, Any]:
    """Return what a plan says; with watches a week has one entry for each."""
    both = list(zip(asked.parts, found, strict=True))
    weeks = [each for part, plan in both for each in _weeks(asked, part, plan)]
    weeks.sort(key=lambda each: each["starts_at"])  # stable: watches in their order
    changed = [each for each in weeks if each["person_id"] != each["was"]]
    return {
        "weeks": weeks,
        "changes": [
            {name: each[name] for name in ("starts_at", "ends_at", "watch", "was")}
            | {"becomes": each["person_id"]}
            for each in changed
        ],
        "keeps": any(part.case.keep for part in asked.parts),
        "aims": _aims(found),
        "is_proven": all(each.plan.is_proven for each in found),
        "fairness": _fairness(both),
        "reasons": [_reason(company, part, n) for part, plan in both for n in _to_explain(plan)],
    }


def _weeks(asked: Asked, part: Part, found: Found) -> list[dict[str, Any]]:
    standing = [None if who is None else part.people[who] for who in found.plan.weeks]
    beside = _shadows(asked, part, standing)
    return [
        {
            "starts_at": stand.week.start.isoformat(),
            "ends_at": stand.week.end.isoformat(),
            "watch": part.office_id,
            "person_id": standing[number],
            "was": taken.was,
            "fixed": number in part.case.fixed,
            "load": part.case.loads[number] / rosters.TENTHS,
            "kept": [_said(each) for each in taken.kept],
            "shadow_id": beside[number],
            "shadow_was": taken.shadow,
        }
        for number, (stand, taken) in enumerate(zip(part.stands, part.taken, strict=True))
    ]


def _to_explain(found: Found) -> list[int]:
    """Return every open week, and those that with them are the smallest set of reasons."""
    is_open = {number for number, who in enumerate(found.plan.weeks) if who is None}
    return sorted(is_open | set(found.reason))


def _said(kept: stands.Part) -> dict[str, str]:
    return {
        "person_id": kept.person_id,
        "starts_at": kept.period.start.isoformat(),
        "ends_at": kept.period.end.isoformat(),
    }


def _shadows(
    asked: Asked, part: Part, standing: Sequence[PersonId | None]
) -> list[PersonId | None]:
    """Return who shadows; without shadows, what there is stays."""
    now = {n: taken.shadow for n, taken in enumerate(part.taken) if taken.shadow is not None}
    if not asked.has_shadows:
        return [now.get(number) for number in range(len(standing))]
    return shadows.assign(standing, part.learners, stays=now if part.case.keep else {})


def _aims(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Return each aim's cost and bound, added up over the watches, in the order of settling."""
    order: list[Aim] = [settled.aim for settled in found[0].plan.settled]
    rows = []
    for number, aim in enumerate(order):
        cost = sum(each.plan.settled[number].cost for each in found)
        bound = sum(each.plan.settled[number].bound for each in found)
        gap = (cost - bound) / cost if cost > bound else 0.0
        rows.append({"aim": aim.value, "cost": cost, "bound": bound, "gap": round(gap, 4)})
    return rows


def _fairness(both: Sequence[tuple[Part, Found]]) -> dict[str, Any]:
    """Return what each carries and owes, and how even that is."""
    table = [row for part, found in both for row in _shares(part, found)]
    even = fairness.of([row["load"] + row["past"] for row in table])
    return {
        "people": table,
        "spread": round(even.spread, 2),
        "gini": round(even.gini, 4),
        "jain": round(even.jain, 4),
    }


def _shares(part: Part, found: Found) -> list[dict[str, Any]]:
    owed = costs.owed(part.case)
    table: list[dict[str, Any]] = []
    for who, person in enumerate(part.case.people):
        weeks = [week for week, stands_it in enumerate(found.plan.weeks) if stands_it == who]
        table.append(
            {
                "person_id": part.people[who],
                "weeks": len(weeks),
                "load": sum(part.case.load(who, week) for week in weeks) / rosters.TENTHS,
                "past": person.past / rosters.TENTHS,
                "owed": owed[who] / rosters.TENTHS,
                "holidays": sum(1 for week in weeks if week in person.extra),
                "smallest_gap": fairness.spacing(weeks)[0],
            }
        )
    return table


def _reason(company: Company, part: Part, week: int) -> dict[str, Any]:
    """Return why a week has nobody, in one sentence such as "Week of 24 Dec: all 7 are away."""
    stand = part.stands[week]
    away = [
        company.people[volunteer.person_id].name
        for volunteer in part.volunteers
        if any(a.start < p.end and p.start < a.end for a in volunteer.away for p in stand.periods)
    ]
    could = [
        company.people[part.people[who]].name
        for who, person in enumerate(part.case.people)
        if week in person.weeks
    ]
    office = company.offices.get(part.office_id) if part.office_id else None
    day = f"{stand.week.start:%-d %b %Y}" + (f", {office.name}" if office else "")
    return {
        "starts_at": stand.week.start.isoformat(),
        "watch": part.office_id,
        "sentence": _sentence(day, away, could, len(part.people)),
        "away": away,
        "could": could,
    }


def _sentence(day: str, away: Sequence[str], could: Sequence[str], count: int) -> str:
    if count == 0:
        return f"Week of {day}: nobody of this office is on the on-call team."
    if not could and len(away) == count:
        return f"Week of {day}: all {count} are away."
    if not could:
        return f"Week of {day}: {len(away)} are away, and nobody else's term covers it."
    return f"Week of {day}: only {', '.join(could)} could, who are needed near it."
