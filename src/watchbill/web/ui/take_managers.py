"""What managers change about their rota: who stands in."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from watchbill.actions import rotas
from watchbill.errors import Conflict, Forbidden, Invalid, NotFound
from watchbill.web import problems
from watchbill.web.ui import faults, show_managers, show_swaps
from watchbill.web.ui.take_swaps import BadTime
from watchbill.web.ui.visits import Visit


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
            except ValueError:
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


def _do(visit: Visit, deed: Callable[[], object], said: str) -> Response:
    try:
        deed()
    except (Conflict, Invalid, Forbidden, NotFound) as error:
        return show_managers.managers_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back("/managers", said=said)
