"""What a volunteer writes at a shift's end."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.actions import handoffs
from watchbill.core.people import PersonId
from watchbill.errors import Conflict, Forbidden, Invalid
from watchbill.web import problems
from watchbill.web.ui import faults, rows, show_shift
from watchbill.web.ui.visits import Visit


def write_handoff(visit: Visit) -> Response:
    """Keep the note, with what stands at this moment."""
    shift_id = visit.part("id")
    try:
        told = handoffs.write(visit.site.shell, shift_id, visit.field("note"), by=visit.actor)
    except (Conflict, Invalid, Forbidden) as error:
        return show_shift.shift_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    names = [rows.name_of(visit.company, PersonId(person_id)) for person_id in told]
    said = f"Kept. {names[0]} has it by mail." if names else "Kept. It is here for whoever is next."
    return visit.back(f"/rota/shifts/{shift_id}", said=said)
