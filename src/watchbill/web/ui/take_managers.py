"""What managers change about their rota: its order, and who stands in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from watchbill.actions import rotas
from watchbill.errors import Conflict, Forbidden, Invalid, NotFound
from watchbill.web import problems
from watchbill.web.ui import faults, show_managers, show_swaps
from watchbill.web.ui.take_swaps import BadTime
from watchbill.web.ui.visits import Visit


class NoRotaYet(NotFound):
    """There is no managers' rota yet; make it first."""


def make_rota(visit: Visit) -> Response:
    """Make the managers' rota, weekly from Monday to Monday; its first member stands at once."""
    today = visit.now.astimezone(ZoneInfo(visit.zone)).date()
    values: dict[str, object] = {
        "kind": "managers",
        "name": "Duty managers",
        "zone": visit.zone,
        "turn": "week",
        "starts_on": today - timedelta(days=today.weekday() + 7),
        "handoff_weekday": 0,
        "handoff_time": "09:00",
        "members": [visit.field("person_id")],
    }
    return _do(
        visit,
        lambda: rotas.create(visit.site.shell, values, by=visit.actor),
        "The managers’ rota is there.",
    )


def add_member(visit: Visit) -> Response:
    """Let a manager stand the rota, after those who do."""
    return _order(visit, lambda order: [*order, visit.field("person_id")], "Added to the rota.")


def remove_member(visit: Visit) -> Response:
    """Take a manager off the rota."""
    gone = visit.part("id")
    return _order(visit, lambda order: [m for m in order if m != gone], "Taken off the rota.")


def move_up(visit: Visit) -> Response:
    """Let a manager stand one turn earlier."""
    who = visit.part("id")

    def moved(order: list[str]) -> list[str]:
        at = order.index(who) if who in order else 0
        if at:
            order[at - 1], order[at] = order[at], order[at - 1]
        return order

    return _order(visit, moved, "The order is changed.")


def add_override(visit: Visit) -> Response:
    """Let a manager stand in."""

    def deed() -> None:
        values: dict[str, object] = {
            "rota_id": visit.field("rota_id"),
            "person_id": visit.field("person_id"),
        }
        for name in ("starts_at", "ends_at"):
            try:
                values[name] = show_swaps.instant(visit.field(name), visit.zone)
            except (ValueError, OverflowError):
                raise BadTime(field=name) from None
        rotas.override(visit.site.shell, values, by=visit.actor)

    return _do(visit, deed, "Noted: they stand in.")


def remove_override(visit: Visit) -> Response:
    """Let the turns stand again."""
    return _do(
        visit,
        lambda: rotas.remove_override(visit.site.shell, visit.part("id"), by=visit.actor),
        "The turns stand again.",
    )


def _order(visit: Visit, change: Callable[[list[str]], list[str]], said: str) -> Response:
    def deed() -> None:
        rota = visit.company.managers
        if rota is None:
            raise NoRotaYet
        values: dict[str, object] = {"members": change([str(m) for m in rota.members])}
        rotas.change(visit.site.shell, rota.id, values, by=visit.actor)

    return _do(visit, deed, said)


def _do(visit: Visit, deed: Callable[[], object], said: str) -> Response:
    try:
        deed()
    except (Conflict, Invalid, Forbidden, NotFound) as error:
        return show_managers.managers_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back("/managers", said=said)
