"""What people do with plans: make, make anew, publish, drop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.responses import Response

from watchbill.actions import roster_turns, rosters
from watchbill.errors import Conflict, Invalid, Unavailable
from watchbill.web import problems
from watchbill.web.ui import faults, show_plans
from watchbill.web.ui.visits import Visit


class BadNumber(Invalid):
    """Give a whole number."""


class BadStart(Invalid):
    """This is no instant that weeks could begin at."""


def make(visit: Visit) -> Response:
    """Make a draft and show it."""
    return _shown(visit, lambda: roster_turns.make(visit.site.shell, _asked(visit), by=visit.actor))


def replan(visit: Visit) -> Response:
    """Make a draft that moves as little as possible of what was published."""
    return _shown(visit, lambda: roster_turns.replan(visit.site.shell, by=visit.actor))


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


def _shown(visit: Visit, make_one: Callable[[], str]) -> Response:
    """Show the draft that is made, or why none can be."""
    try:
        made = make_one()
    except (Conflict, Invalid, Unavailable) as error:
        return show_plans.plans_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back(f"/plans/{made}")


def _asked(visit: Visit) -> dict[str, object]:
    values: dict[str, object] = {"weeks": _number(visit, "weeks", 26)}
    values["seed"] = _number(visit, "seed", 0)
    if visit.field("starts_at"):
        values["starts_at"] = _instant(visit.field("starts_at"))
    if visit.field("keep") == "yes":
        values["keep"] = True
    return values


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadStart(given=text) from None


def _number(visit: Visit, name: str, default: int) -> int:
    text = visit.field(name)
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise BadNumber(field=name)
    return int(text)
