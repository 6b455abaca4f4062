"""Handoffs: the note at a shift's end, with what is open, held and changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from watchbill.actions import handoffs
from watchbill.queries import escalations
from watchbill.queries import handoffs as read
from watchbill.queries.escalations import EscalationRow
from watchbill.queries.handoffs import HandoffRow
from watchbill.web.api import asked
from watchbill.web.auth import Caller

router = APIRouter(tags=["shifts"])


class HandoffNew(BaseModel):
    """What the next volunteer should know, in plain text."""

    note: asked.Text = Field(min_length=1, max_length=8000)


class Escalations(BaseModel):
    """How often duty managers were called, by month and reason."""

    items: list[EscalationRow]


Days = Annotated[int, Query(ge=1, le=400)]


@router.get("/shifts/{shift_id}/handoff", response_model=HandoffRow)
def read_handoff(caller: asked.Reader, shift_id: asked.Id) -> Any:
    """Read a shift's handoff; without a note, what the shift left behind all the same."""
    return _read(caller, shift_id)


@router.put("/shifts/{shift_id}/handoff", response_model=HandoffRow)
def write_handoff(caller: asked.Writer, shift_id: asked.Id, body: HandoffNew) -> Any:
    """Write it anew; what is open, held and changed is gathered by itself."""
    handoffs.write(caller.shell, shift_id, body.note, by=caller.actor)
    return _read(caller, shift_id)


def _read(caller: Caller, shift_id: str) -> HandoffRow:
    with caller.shell.db.transaction() as tx:
        company = caller.shell.company(tx)
        return read.of_shift(tx, company, shift_id, now=caller.shell.clock.now())


@router.get("/reports/escalations", response_model=Escalations)
def report_escalations(caller: asked.Reader, days: Days = 90) -> Any:
    """Count how often duty managers were called, and why; it should be rare (ES4)."""
    since = caller.shell.clock.now() - timedelta(days=days)
    with caller.shell.db.transaction() as tx:
        return {"items": escalations.since(tx, since)}
