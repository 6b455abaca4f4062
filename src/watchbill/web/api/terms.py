"""Terms: renewal that is asked, a pause, and stepping down, without a reason."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from watchbill.actions import applications, leaving
from watchbill.web.api import asked

router = APIRouter(tags=["terms"])


class Renewal(BaseModel):
    """To when; six months unless said."""

    ends_at: asked.Instant | None = None


class Renewed(BaseModel):
    """The term that follows."""

    term_id: str


class Pause(BaseModel):
    """From when, at once unless said, and until when."""

    starts_at: asked.Instant | None = None
    until: asked.Instant


class Refilled(BaseModel):
    """The draft that gives the opened weeks to others; null if there were none."""

    plan_id: str | None


@router.post("/terms/{term_id}/renew", status_code=201, response_model=Renewed)
def renew_term(caller: asked.Writer, term_id: asked.Id, body: Renewal) -> Any:
    """Agree to another term right after one's own; nobody else can."""
    given = body.model_dump(exclude_unset=True, exclude_none=True)
    return {"term_id": applications.renew(caller.shell, term_id, given, by=caller.actor)}


@router.post("/terms/{term_id}/pause", response_model=Refilled)
def pause_term(caller: asked.Writer, term_id: asked.Id, body: Pause) -> Any:
    """Be away for a while, without a reason; coming shifts are planned anew as a draft."""
    given = body.model_dump(exclude_unset=True, exclude_none=True)
    return {"plan_id": leaving.pause(caller.shell, term_id, given, by=caller.actor)}


@router.delete("/terms/{term_id}/pause", status_code=204, response_class=Response)
def end_pause(caller: asked.Writer, term_id: asked.Id) -> Response:
    """Come back early."""
    leaving.come_back(caller.shell, term_id, by=caller.actor)
    return Response(status_code=204)


@router.post("/terms/{term_id}/step-down", response_model=Refilled)
def step_down(caller: asked.Writer, term_id: asked.Id) -> Any:
    """End one's term now, without a reason; coming shifts are planned anew as a draft."""
    return {"plan_id": leaving.step_down(caller.shell, term_id, by=caller.actor)}
