"""The handover board: how far each team is with its alarms."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from starlette.responses import Response

from watchbill.queries import alarms as queries
from watchbill.web.ui import alarms, pages
from watchbill.web.ui.visits import Visit

#: How long an unregistered name counts.
_FIRED_OF = timedelta(days=30)
_COUNTED = [
    field.name for field in fields(alarms.BoardRow) if field.name not in ("team_id", "name")
]


def show_handovers(visit: Visit) -> Response:
    """Show the board."""
    with visit.site.shell.db.transaction() as tx:
        found = queries.board(tx, now=visit.now, since=visit.now - _FIRED_OF)
    board = tuple(
        alarms.BoardRow(
            team_id=row.team_id, name=row.name, **{name: getattr(row, name) for name in _COUNTED}
        )
        for row in found
    )
    sums = {name: sum(getattr(row, name) for row in board) for name in _COUNTED}
    total = alarms.BoardRow(team_id="", name="All teams", **sums)
    return pages.render(visit.request, pages.HANDOVERS, alarms.Board(rows=board, total=total))
