"""One shift: whose, what happened in it, and its handoff."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from watchbill.actions import handoffs as actions
from watchbill.queries import handoffs as queries
from watchbill.queries import rota_table
from watchbill.queries.handoffs import PageLine
from watchbill.queries.rota_table import ShiftLine
from watchbill.web.ui import pages, pieces, received, rota
from watchbill.web.ui.visits import Visit

_OUTCOMES = {
    None: "being called",
    "acknowledged": "acknowledged",
    "covered": "somebody else took it",
    "declined": "declined",
    "escalated": "no answer in time",
    "passed": "passed on when hours changed",
    "resolved": "resolved before an answer",
    "snoozed": "put off",
    "failed": "no message got through",
}


def show_shift(visit: Visit) -> Response:
    """Show a shift with its handoff."""
    return shift_page(visit)


def shift_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return it, with what was wrong with the note just sent."""
    with visit.site.shell.db.transaction() as tx:
        line = rota_table.one(tx, visit.part("id"))
        parts = rota_table.pieces(tx, line)
        handoff = queries.of_shift(tx, visit.company, line.id, now=visit.now)
        paged = queries.pages(tx, line.person_id, line.starts_at, line.ends_at)
    is_mine = line.person_id == visit.me.id
    context = rota.ShiftPage(
        id=line.id,
        person=line.name,
        start=line.starts_at,
        end=line.ends_at,
        length=pieces.exact(line.ends_at - line.starts_at),
        pieces=tuple(
            rota.Piece(id=part.id, start=part.starts_at, end=part.ends_at) for part in parts
        ),
        is_shadow=line.shadow,
        is_mine=is_mine,
        is_over=line.ends_at <= visit.now,
        note=visit.field("note") or handoff.note,
        written_at=handoff.at,
        open=received.items(handoff.facts, "open"),
        held=received.items(handoff.facts, "held"),
        changed=received.items(handoff.facts, "changed"),
        pages=() if line.shadow else tuple(_page(page) for page in paged),
        may_write=is_mine and not line.shadow and _is_time(visit, line),
        error=error,
    )
    return pages.render(visit.request, pages.SHIFT, context, status=status)


def _is_time(visit: Visit, line: ShiftLine) -> bool:
    """A little before it is too late, the form is no longer offered."""
    return line.starts_at <= visit.now < line.ends_at + actions.LATE - timedelta(seconds=1)


def _page(page: PageLine) -> rota.PageRow:
    return rota.PageRow(
        href=f"/incidents/{page.incident_id}",
        text=f"#{page.number} {page.title}",
        at=page.started_at,
        outcome=_OUTCOMES.get(page.outcome, page.outcome or ""),
    )
