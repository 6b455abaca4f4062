"""Plans of the volunteers' shifts: the list, and the preview of one."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.actions import rosters
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
        stale = rosters.is_stale(visit.site.shell, tx, visit.part("id"))
        view = queries.plan(tx, visit.part("id"), is_stale=stale)
        may_plan = visit.me.is_admin or visit.me.id in bars.volunteers(tx, visit.now)
    context = plans.Plan(
        plan=view.plan,
        sentence=f"{sentence(view.plan)} {_shares(view)}".strip(),
        reasons=view.reasons,
        changes=view.differences,
        weeks=view.weeks,
        people=view.people,
        aims=view.aims,
        spread=view.spread,
        gini=view.gini,
        is_stale=view.is_stale,
        is_ahead=view.plan.starts_at > visit.now,
        has_watches=any(week.watch for week in view.weeks),
        has_shadows=any(week.shadow or week.shadow_was for week in view.weeks),
        has_weights=len({week.load for week in view.weeks}) > 1,
        may_plan=may_plan,
        error=error,
    )
    return pages.render(visit.request, pages.PLAN, context, status=status)


def sentence(row: PlanRow) -> str:
    """Return what a plan came to: `26 weeks, somebody stands each; proven to be the best.`, say."""
    weeks = "1 week" if row.weeks == 1 else f"{row.weeks} weeks"
    stood = f"{row.open_weeks} without anybody" if row.open_weeks else "somebody stands each"
    best = "proven to be the best" if row.is_proven else "good, but not proven to be the best"
    return f"{weeks}, {stood}; {best}."


def _shares(view: PlanView) -> str:
    """Return how many weeks each stands: `Each of 7 stands 3 or 4 weeks.`."""
    counts = sorted({row.weeks for row in view.people})
    if not counts:
        return ""
    between = " or " if counts[-1] - counts[0] == 1 else " to "
    count = between.join(str(n) for n in sorted({counts[0], counts[-1]}))
    noun = "week" if counts == [1] else "weeks"
    if len(view.people) == 1:
        return f"{view.people[0].person} stands {count} {noun}."
    return f"Each of {len(view.people)} stands {count} {noun}."
