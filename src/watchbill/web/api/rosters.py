"""Roster plans: who is to stand which week, as a draft that is looked at before it counts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from watchbill.actions import roster_turns, rosters
from watchbill.queries import rosters as read
from watchbill.queries.rosters import PlanRow, PlanView
from watchbill.web.api import asked, resources
from watchbill.web.auth import Caller

router = APIRouter(tags=["plans"])


class PlanNew(BaseModel):
    """So many weeks, from the next boundary unless said."""

    weeks: Annotated[int, Field(ge=1, le=104)] = 26
    starts_at: asked.Instant | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    #: Move as little as possible of what was published.
    keep: bool = False


class Published(BaseModel):
    """How many weeks changed hands."""

    changed: int


@router.get("/roster-plans", response_model=asked.Listing[PlanRow])
def list_roster_plans(
    caller: asked.Reader,
    state: asked.Filter | None = None,
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List the plans, newest first."""
    where: dict[str, object] = {"p.state = %s": state} if state else {}
    return resources.part(
        caller.shell, PlanRow, read.PLANS, where, key="p.id", page=(limit, cursor)
    )


@router.post("/roster-plans", status_code=201, response_model=PlanView)
def make_roster_plan(caller: asked.Writer, body: PlanNew, response: Response) -> Any:
    """Make a draft, in up to a minute. Nothing changes until it is published.

    Refused with 409 `plan-under-way` while this server makes another.
    """
    given = body.model_dump(exclude_defaults=True)
    return _made(caller, roster_turns.make(caller.shell, given, by=caller.actor), response)


@router.post("/roster-plans/replan", status_code=201, response_model=PlanView)
def replan_roster(caller: asked.Writer, response: Response) -> Any:
    """Make a draft of the weeks ahead that moves as little as possible of what was published."""
    return _made(caller, roster_turns.replan(caller.shell, by=caller.actor), response)


@router.get("/roster-plans/{plan_id}", response_model=PlanView)
def read_roster_plan(caller: asked.Reader, plan_id: asked.Id) -> Any:
    """Read a plan: its weeks, what changes, its fairness, its aims with their proven bounds."""
    return _view(caller, plan_id)


@router.post("/roster-plans/{plan_id}/publish", response_model=Published)
def publish_roster_plan(caller: asked.Writer, plan_id: asked.Id) -> Any:
    """Write the plan's shifts; refused if what it was made from has changed."""
    return {"changed": rosters.publish(caller.shell, plan_id, by=caller.actor)}


@router.delete("/roster-plans/{plan_id}", status_code=204, response_class=Response)
def drop_roster_plan(caller: asked.Writer, plan_id: asked.Id) -> Response:
    """Drop a draft."""
    rosters.drop(caller.shell, plan_id, by=caller.actor)
    return Response(status_code=204)


def _made(caller: Caller, plan_id: str, response: Response) -> PlanView:
    response.headers["Location"] = f"/api/v1/roster-plans/{plan_id}"
    return _view(caller, plan_id)


def _view(caller: Caller, plan_id: str) -> PlanView:
    with caller.shell.db.transaction() as tx:
        stale = rosters.is_stale(caller.shell, tx, plan_id)
        return read.plan(tx, plan_id, is_stale=stale)
