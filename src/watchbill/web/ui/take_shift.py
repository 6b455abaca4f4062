"""What a volunteer writes at a shift's end."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import Response

from watchbill.actions import handoffs
from watchbill.errors import Conflict, Forbidden, Invalid
from watchbill.queries import handoffs as queries
from watchbill.queries import rota_table
from watchbill.web import problems
from watchbill.web.ui import faults, show_shift
from watchbill.web.ui.visits import Visit


def write_handoff(visit: Visit) -> Response:
    """Keep the note, with what stands at this moment."""
    shift_id = visit.part("id")
    with visit.site.shell.db.transaction() as tx:
        line = rota_table.one(tx, shift_id)
        facts = queries.facts(tx, line.starts_at, line.ends_at)
    note = visit.field("note")
    try:
        handoffs.write(visit.site.shell, shift_id, note, asdict(facts), by=visit.actor)
    except (Conflict, Invalid, Forbidden) as error:
        return show_shift.shift_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back(f"/rota/shifts/{shift_id}", said="Kept. The next volunteer has it by mail.")
