"""What people do with plans: make, make anew, publish, drop."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.actions import rosters
from watchbill.errors import Conflict, Invalid
from watchbill.web import problems
from watchbill.web.ui import faults, show_plans
from watchbill.web.ui.visits import Visit


class BadNumber(Invalid):
    """Give a whole number."""


def make(visit: Visit) -> Response:
    """Make a draft and show it."""
    try:
        values: dict[str, object] = {"weeks": _number(visit, "weeks", 26)}
        values |= {"seed": _number(visit, "seed", 0), "keep": visit.field("keep") == "yes"}
        made = rosters.make(visit.site.shell, values, by=visit.actor)
    except (Conflict, Invalid) as error:
        return show_plans.plans_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back(f"/plans/{made}")


def replan(visit: Visit) -> Response:
    """Make a draft that moves as little as possible of what was published."""
    made = rosters.replan(visit.site.shell, by=visit.actor)
    if made is None:
        error = rosters.NothingPublished()
        return show_plans.plans_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back(f"/plans/{made}")


def publish(visit: Visit) -> Response:
    """Make a draft's shifts count."""
    try:
        changed = rosters.publish(visit.site.shell, visit.part("id"), by=visit.actor)
    except Conflict as error:
        return show_plans.plan_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    weeks = "1 week changes hands" if changed == 1 else f"{changed} weeks change hands"
    return visit.back("/rota", said=f"Published: {weeks}, and everybody concerned has a mail.")


def drop(visit: Visit) -> Response:
    """Drop a draft."""
    rosters.drop(visit.site.shell, visit.part("id"), by=visit.actor)
    return visit.back("/plans", said="Dropped. Nothing has changed.")


def _number(visit: Visit, name: str, default: int) -> int:
    text = visit.field(name)
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise BadNumber(field=name)
    return int(text)
