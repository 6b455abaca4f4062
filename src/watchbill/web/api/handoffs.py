"""Handoffs: the note at a shift's end, with what is open, held and changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from watchbill.actions import handoffs
from watchbill.core import uncovered
from watchbill.queries import handoffs as read
from watchbill.queries import reading, rota_table
from watchbill.queries.handoffs import EscalationRow, HandoffRow
from watchbill.web.api import asked

router = APIRouter(tags=["shifts"])


class HandoffNew(BaseModel):
    """What the next volunteer should know, in Markdown."""

    note: asked.Text = Field(min_length=1, max_length=8000)


class Escalations(BaseModel):
    """How often duty managers were called, by month and reason."""

    items: list[EscalationRow]


class Stretch(BaseModel):
    """Time out of hours that no volunteer stands."""

    starts_at: asked.Instant
    ends_at: asked.Instant


class Uncovered(BaseModel):
    """What the duty manager has alone; empty is good."""

    items: list[Stretch]


Days = Annotated[int, Query(ge=1, le=400)]


@router.get("/shifts/{shift_id}/handoff", response_model=HandoffRow)
def read_handoff(caller: asked.Reader, shift_id: asked.Id) -> Any:
    """Read a shift's handoff."""
    with caller.shell.db.transaction() as tx:
        found = read.of_shift(tx, shift_id)
    if found is None:
        raise reading.NotThere
    return found


@router.put("/shifts/{shift_id}/handoff", response_model=HandoffRow)
def write_handoff(caller: asked.Writer, shift_id: asked.Id, body: HandoffNew) -> Any:
    """Write it anew; what is open, held and changed is gathered by itself."""
    with caller.shell.db.transaction() as tx:
        shift = rota_table.one(tx, shift_id)
        facts = read.facts(tx, shift.starts_at, shift.ends_at)
    handoffs.write(caller.shell, shift_id, body.note, asdict(facts), by=caller.actor)
    with caller.shell.db.transaction() as tx:
        return read.of_shift(tx, shift_id)


@router.get("/reports/escalations", response_model=Escalations)
def report_escalations(caller: asked.Reader, days: Days = 90) -> Any:
    """Count how often duty managers were called, and why; it should be rare (ES4)."""
    since = caller.shell.clock.now() - timedelta(days=days)
    with caller.shell.db.transaction() as tx:
        return {"items": read.escalations(tx, since=since)}


@router.get("/reports/uncovered", response_model=Uncovered)
def report_uncovered(caller: asked.Reader, days: Days = 28) -> Any:
    """List the time ahead out of hours that no volunteer stands; the duty manager has it."""
    now = caller.shell.clock.now()
    with caller.shell.db.transaction() as tx:
        company = caller.shell.company(tx)
    found = uncovered.stretches(company, start=now, end=now + timedelta(days=days))
    return {"items": [{"starts_at": gap.start, "ends_at": gap.end} for gap in found]}
