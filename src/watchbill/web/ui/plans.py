"""Plans: the volunteers' shifts as a draft, before they count."""

from __future__ import annotations

from dataclasses import dataclass

from watchbill.queries.rosters import AimRow, PlannedWeek, PlanRow, ReasonRow, ShareRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """A plan in the list."""

    plan: PlanRow
    #: What it came to: `26 weeks, all stood; proven best`.
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """The screen at `/plans`."""

    #: Newest first.
    rows: tuple[PlanItem, ...]
    #: The viewer is of the on-call team, or an admin.
    may_plan: bool
    #: How many weeks the form offers.
    weeks: int
    #: One sentence: what was wrong with the form just sent; or empty.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The screen at `/plans/{id}`: the preview."""

    plan: PlanRow
    #: What it came to, in one sentence.
    sentence: str
    #: Weeks nobody can stand, and why.
    reasons: tuple[ReasonRow, ...]
    #: Weeks that are stood by somebody else than was published.
    changes: tuple[PlannedWeek, ...]
    weeks: tuple[PlannedWeek, ...]
    people: tuple[ShareRow, ...]
    aims: tuple[AimRow, ...]
    #: Between who carries most and who carries least, in weeks.
    spread: float
    gini: float
    #: What it was made from has changed: it cannot be published.
    is_stale: bool
    #: It begins after now, so that the same weeks can be planned again.
    is_ahead: bool
    #: The week is split between offices.
    has_watches: bool
    has_shadows: bool
    #: Not every week weighs the same.
    has_weights: bool
    may_plan: bool
    error: str = ""
