"""What people do with swaps: ask, take, decline, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.responses import Response

from watchbill.actions import shifts, swaps
from watchbill.errors import Conflict, Forbidden, Invalid, NotFound
from watchbill.web import problems
from watchbill.web.ui import faults, show_swaps
from watchbill.web.ui.visits import Visit


class BadTime(Invalid):
    """Give a day and a time, such as 2026-03-06 18:00."""


def ask(visit: Visit) -> Response:
    """Ask one person, or everyone, for a shift or a part of it."""
    shift_id = visit.field("shift_id")
    try:
        made = swaps.ask(visit.site.shell, _values(visit, shift_id), by=visit.actor)
    except (Forbidden, NotFound, swaps.TooLate) as error:  # the dialogue cannot be shown again
        return show_swaps.swaps_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    except (Conflict, Invalid) as error:
        return show_swaps.new_page(
            visit,
            shift_id=shift_id,
            error=faults.sentence(error),
            status=problems.status_of(error),
        )
    return visit.back(f"/swaps/{made}", said="Asked. Until somebody says yes, it stays yours.")


def take_open(visit: Visit) -> Response:
    """Take time that nobody stands."""
    try:
        values: dict[str, object] = {"person_id": visit.me.id}
        for name in ("starts_at", "ends_at"):
            at = _instant(visit, name)
            values[name] = max(at, visit.now) if name == "starts_at" else at
        shifts.plan(visit.site.shell, values, by=visit.actor)
    except (Conflict, Invalid, Forbidden) as error:
        return show_swaps.swaps_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back("/rota/mine", said="It is yours now. Thank you.")


def accept(visit: Visit) -> Response:
    """Take it."""
    said = "It is yours now. Thank you."
    return _do(
        visit,
        lambda: swaps.accept(visit.site.shell, visit.part("id"), by=visit.actor),
        said,
    )


def decline(visit: Visit) -> Response:
    """Say no."""
    return _do(
        visit,
        lambda: swaps.decline(visit.site.shell, visit.part("id"), by=visit.actor),
        "Declined; no reason is asked.",
    )


def withdraw(visit: Visit) -> Response:
    """Take the question back."""
    return _do(
        visit,
        lambda: swaps.withdraw(visit.site.shell, visit.part("id"), by=visit.actor),
        "Withdrawn. The shift stays yours.",
    )


def _instant(visit: Visit, name: str) -> datetime:
    """Return a field's instant, as the screen wrote it. Raises: BadTime."""
    try:
        at = datetime.fromisoformat(visit.field(name))
    except ValueError:
        raise BadTime(field=name) from None
    if at.tzinfo is None:
        raise BadTime(field=name)
    return at


def _values(visit: Visit, shift_id: str) -> dict[str, object]:
    values: dict[str, object] = {
        "shift_id": shift_id,
        "note": visit.field("note"),
        "urgent": visit.field("urgent") == "yes",
    }
    if (wanted := visit.field("hours")) in show_swaps.COVERS:
        values["ends_at"] = visit.now + timedelta(hours=int(wanted))
    for name in ("starts_at", "ends_at"):
        if text := visit.field(name):
            try:
                values[name] = show_swaps.instant(text, visit.zone)
            except (ValueError, OverflowError):
                raise BadTime(field=name) from None
    if whom := visit.field("to_person_id"):
        values["to_person_id"] = whom
    if back := visit.field("return_shift_id"):
        values["return_shift_id"] = back
    return values


def _do(visit: Visit, deed: Callable[[], object], said: str) -> Response:
    try:
        deed()
    except (Conflict, Invalid, Forbidden) as error:
        return show_swaps.swap_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back(f"/swaps/{visit.part('id')}", said=said)
