"""Plans of the volunteers' shifts: the list, and the preview of one."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.queries import bars
from watchbill.queries import rosters as queries
from watchbill.queries.rosters import PlanRow, PlanView
from watchbill.web.ui import pages, plans
from watchbill.web.ui.visits import Visit

_SHOWN, _WEEKS = 30, 26


def show_plans(visit: Visit) -> Response:
    """Show the newest plans, and the way to a new one."""
    return plans_page(visit)


def plans_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return the list of plans, with what was wrong with the form just sent."""
    with visit.site.shell.db.transaction() as tx:
        found = queries.newest(tx, limit=_SHOWN)
        may_plan = visit.me.is_admin or visit.me.id in bars.volunteers(tx, visit.now)
    context = plans.Plans(
        rows=tuple(plans.PlanItem(plan=row, sentence=sentence(row)) for row in found),
        may_plan=may_plan,
        weeks=_WEEKS,
        error=error,
    )
    return pages.render(visit.request, pages.PLANS, context, status=status)


def show_plan(visit: Visit) -> Response:
    """Show what a plan would change, how fair it is, and how good."""
    return plan_page(visit)


def plan_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return the preview of a plan, with why it could not be published."""
    with visit.site.shell.db.transaction() as tx:
        view = queries.plan(tx, visit.part("id"))
        may_plan = visit.me.is_admin or visit.me.id in bars.volunteers(tx, visit.now)
    context = plans.Plan(
        plan=view.plan,
        sentence=f"{sentence(view.plan)} {_shares(view)}".strip(),
        reasons=view.reasons,
        changes=tuple(week for week in view.weeks if week.is_changed),
        weeks=view.weeks,
        people=view.people,
        aims=view.aims,
        spread=view.spread,
        gini=view.gini,
        has_watches=any(week.watch for week in view.weeks),
        has_shadows=any(week.shadow for week in view.weeks),
        may_plan=may_plan,
        error=error,
    )
    return pages.render(visit.request, pages.PLAN, context, status=status)


def sentence(row: PlanRow) -> str:
    """Return what a plan came to: `26 weeks, all of them stood; proven to be the best.`, say."""
    one = row.weeks == 1
    weeks = "1 week" if one else f"{row.weeks} weeks"
    if not row.open_weeks:
        stood = "stood" if one else "all of them stood"
    else:
        stood = f"{row.open_weeks} of them without anybody"
    best = "proven to be the best there is" if row.is_proven else "good, not proven to be the best"
    return f"{weeks}, {stood}; {best}."


def _shares(view: PlanView) -> str:
    """Return how many weeks each stands: `Each of 7 stands 3 to 4`."""
    counts = sorted({row.weeks for row in view.people})
    if not counts:
        return ""
    count = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"Each of {len(view.people)} stands {count}."
