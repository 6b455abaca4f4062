"""People on call right now, with target and history; and the time ahead that nobody stands."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from watchbill.queries import people_on_call as read
from watchbill.queries.people_on_call import PeopleOnCall, UncoveredStretch
from watchbill.web.api import asked

router = APIRouter(tags=["people on call"])

Back = Annotated[int, Query(ge=1, le=730, description="How many days back.")]
Ahead = Annotated[int, Query(ge=1, le=366, description="How many days ahead.")]


class Uncovered(BaseModel):
    """Stretches that no volunteer stands; the list should be empty."""

    items: list[UncoveredStretch]


@router.get("/reports/people-on-call", response_model=PeopleOnCall)
def report_people_on_call(caller: asked.Reader, days: Back = 90) -> Any:
    """Read how many people are on call at this instant, the target, and the days before (SH6)."""
    shell = caller.shell
    with shell.db.transaction() as tx:
        return read.report(tx, shell.company(tx), now=shell.clock.now(), days=days)


@router.get("/reports/uncovered", response_model=Uncovered)
def report_uncovered(caller: asked.Reader, days: Ahead = 28) -> Any:
    """List out-of-hours time ahead without a volunteer, with the duty manager who has it."""
    shell = caller.shell
    with shell.db.transaction() as tx:
        company = shell.company(tx)
    return {"items": read.uncovered_ahead(company, now=shell.clock.now(), days=days)}
