"""Rosters: plans of the volunteers' shifts, as people look at them before they count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbill.queries import reading
from watchbill.store.database import Tx

_COLUMNS = """
select p.id, p.state, p.made_at, p.made_by, p.starts_at, p.ends_at, p.seed, p.published_at,
  coalesce(
    (select a.name from people a where a.id = p.made_by),
    (select a.name from tokens t join people a on a.id = t.person_id
     where 'token:' || t.id = p.made_by),
    case p.made_by when 'cli' then 'the command line' else 'Watchbill' end) as by_name,
  (select count(distinct w ->> 'starts_at') from jsonb_array_elements(p.outcome -> 'weeks') w)
    as weeks,
  (select count(*) from jsonb_array_elements(p.outcome -> 'weeks') w where w ->> 'person_id' is null)
    as open_weeks,
  (select count(*) from jsonb_array_elements(p.outcome -> 'weeks') w
   where w ->> 'person_id' is distinct from w ->> 'was'
   or w ->> 'shadow_id' is distinct from w ->> 'shadow_was') as changed,
  (p.outcome ->> 'is_proven')::boolean as is_proven,
  coalesce((p.outcome ->> 'keeps')::boolean, false) as keeps
"""
PLANS = f"{_COLUMNS} from plans p"
_OUTCOME = "select outcome from plans where id = %s"
_NAMES = "select id, name from people where id = any(%s)"
_WATCHES = "select id, name from offices where id = any(%s)"

#: What each aim means, the most important first; and what its cost counts.
AIMS = {
    "cover": ("As many weeks as possible have somebody", "weeks without anybody"),
    "steady": ("What was published stays", "published weeks that change hands"),
    "fair": (
        "Everybody carries what they owe",
        "tenths of a week away from what each owes, squared and added up",
    ),
    "offices": (
        "Every office carries what its people owe",
        "whole weeks away from that, beyond the first",
    ),
    "spaced": ("The shifts of one person lie apart", "free weeks that lack for a good rest"),
    "wishes": ("People get what they wish", "points: a week much liked 0, any other 3, unwanted 6"),
    "holidays": ("Nobody stands the same holiday twice running", "holidays twice running"),
    "rested": ("After a bad week there is rest", "weeks too soon after a bad one"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan in a list."""

    id: str
    #: `draft`, `published` or `dropped`.
    state: str
    made_at: datetime
    made_by: str
    by_name: str
    starts_at: datetime
    ends_at: datetime
    seed: int
    published_at: datetime | None
    weeks: int
    #: Weeks, or watches of weeks, that nobody can stand.
    open_weeks: int
    #: Weeks that are stood by somebody else than was published.
    changed: int
    #: True if no plan is better in any aim without being worse in one before it.
    is_proven: bool
    #: It moves as little as possible of what was published, before it is fair.
    keeps: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWeek:
    """A week, or one watch of it, and who is to stand it."""

    starts_at: datetime
    ends_at: datetime
    #: The office whose watch it is, and its name; None for the whole week.
    watch_id: str | None
    watch: str | None
    #: Nobody can: the duty manager is called.
    person_id: str | None
    person: str | None
    was_id: str | None
    was: str | None
    shadow_id: str | None
    shadow: str | None
    shadow_was: str | None
    #: It, or its shadow, is somebody else than was published.
    is_changed: bool
    is_fixed: bool
    #: What it weighs, in ordinary weeks.
    load: float
    #: Who keeps a part of it, swapped for or given before.
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AimRow:
    """How well an aim is met, and the best that is proven to be possible."""

    aim: str
    meaning: str
    unit: str
    cost: int
    bound: int
    #: How far the cost may lie above the best, as a share of it; 0 is proven.
    gap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """What one volunteer carries in a plan, and owes; loads in ordinary weeks."""

    person_id: str
    person: str
    weeks: int
    load: float
    #: What they stood before, the older the less.
    past: float
    owed: float
    holidays: int
    #: The fewest free weeks between two of their shifts; None with fewer than two.
    smallest_gap: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """Why a week has nobody."""

    starts_at: datetime
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan as a whole."""

    plan: PlanRow
    weeks: tuple[PlannedWeek, ...]
    aims: tuple[AimRow, ...]
    people: tuple[ShareRow, ...]
    #: Between who carries most and who carries least, in weeks.
    spread: float
    #: 0 is perfectly even, 1 all on one.
    gini: float
    #: 1 is perfectly even.
    jain: float
    reasons: tuple[ReasonRow, ...]
    #: The weeks that are stood by somebody else than was published.
    differences: tuple[PlannedWeek, ...]
    #: A draft whose terms, time away or shifts have changed since it was made: publishing refuses it.
    is_stale: bool


def plan(tx: Tx, plan_id: str, *, is_stale: bool) -> PlanView:
    """Return a plan as people look at it. Raises: NotThere."""
    row = reading.one(tx, PlanRow, f"{PLANS} where p.id = %s", [plan_id])
    found: Any = tx.execute(_OUTCOME, [plan_id]).fetchone()
    outcome: dict[str, Any] = found[0]
    names = _names(tx, outcome)
    fairness = outcome["fairness"]
    weeks = tuple(_week(each, names) for each in outcome["weeks"])
    return PlanView(
        plan=row,
        weeks=weeks,
        aims=tuple(_aim(each) for each in outcome["aims"]),
        people=tuple(_share(each, names) for each in fairness["people"]),
        spread=fairness["spread"],
        gini=fairness["gini"],
        jain=fairness["jain"],
        reasons=tuple(
            ReasonRow(
                starts_at=datetime.fromisoformat(each["starts_at"]), sentence=each["sentence"]
            )
            for each in outcome["reasons"]
        ),
        differences=tuple(week for week in weeks if week.is_changed),
        is_stale=is_stale,
    )


def newest(tx: Tx, *, limit: int) -> tuple[PlanRow, ...]:
    """Return the newest plans."""
    return reading.many(
        tx, PlanRow, f"{PLANS} order by p.made_at desc, p.id desc limit %s", [limit]
    )


def _names(tx: Tx, outcome: dict[str, Any]) -> dict[str, str]:
    keys = ("person_id", "was", "shadow_id", "shadow_was")
    people = {each.get(key) for each in outcome["weeks"] for key in keys}
    people |= {k["person_id"] for each in outcome["weeks"] for k in each.get("kept", ())}
    people |= {each["person_id"] for each in outcome["fairness"]["people"]}
    offices = {each.get("watch") for each in outcome["weeks"]}
    found: dict[str, str] = dict(tx.execute(_NAMES, [[p for p in people if p]]).fetchall())
    return found | dict(tx.execute(_WATCHES, [[o for o in offices if o]]).fetchall())


def _week(each: dict[str, Any], names: dict[str, str]) -> PlannedWeek:
    def name(key: str) -> str | None:
        known = each.get(key)
        return names.get(known, known) if known else None

    return PlannedWeek(
        starts_at=datetime.fromisoformat(each["starts_at"]),
        ends_at=datetime.fromisoformat(each["ends_at"]),
        watch_id=each.get("watch"),
        watch=name("watch"),
        person_id=each["person_id"],
        person=name("person_id"),
        was_id=each["was"],
        was=name("was"),
        shadow_id=each.get("shadow_id"),
        shadow=name("shadow_id"),
        shadow_was=name("shadow_was"),
        is_changed=each["person_id"] != each["was"]
        or each.get("shadow_id") != each.get("shadow_was"),
        is_fixed=each["fixed"],
        load=each["load"],
        kept=tuple(
            dict.fromkeys(names.get(k["person_id"], k["person_id"]) for k in each.get("kept", ()))
        ),
    )


def _aim(each: dict[str, Any]) -> AimRow:
    meaning, unit = AIMS.get(each["aim"], (each["aim"], ""))
    return AimRow(
        aim=each["aim"],
        meaning=meaning,
        unit=unit,
        cost=each["cost"],
        bound=each["bound"],
        gap=each["gap"],
    )


def _share(each: dict[str, Any], names: dict[str, str]) -> ShareRow:
    return ShareRow(person=names.get(each["person_id"], each["person_id"]), **each)
