"""The bar: its rules and numbers, what volunteers can get into, and the verdict after a page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from watchbill.actions import bars, reviews
from watchbill.core.bar import bar
from watchbill.core.bar.facts import Limits
from watchbill.queries import bars as read
from watchbill.queries import reading
from watchbill.web.api import asked
from watchbill.web.auth import Caller

router = APIRouter(tags=["bar"])


class RuleOut(BaseModel):
    """One rule: what it asks for, why, and what to do about a fault."""

    id: str
    title: str
    kind: str
    weight: str
    why: str
    fix: str
    source: str
    #: What a reviewer is asked; "" for what a machine can see.
    question: str
    may_be_waived: bool


class BarOut(BaseModel):
    """The rules and the numbers the volunteers agreed on; the same for every team."""

    version: int
    limits: Limits
    agreed_at: datetime | None
    agreed_by: str
    rules: list[RuleOut]


class BarChange(BaseModel):
    """Numbers of the bar that are to be otherwise."""

    limits: dict[str, float | int]


class Access(BaseModel):
    """Systems a person can get into."""

    systems: list[Annotated[asked.Text, Field(min_length=1, max_length=200)]] = Field(
        max_length=200
    )


class Review(BaseModel):
    """The verdict on an incident afterwards."""

    needed: bool
    action: Literal["fixed", "mitigated", "watched", "nothing"]
    runbook: Literal["helped", "partly", "wrong", "missing"]
    note: asked.Text = Field(default="", max_length=4000)


@router.get("/bar", response_model=BarOut)
def read_bar(caller: asked.Reader) -> Any:
    """Read what an alarm and its runbook must be before they may wake a volunteer."""
    return _bar(caller)


@router.put("/bar", response_model=BarOut)
def agree_on_bar(caller: asked.Writer, body: BarChange) -> Any:
    """Agree on other numbers; only the on-call team does. What is not named stays."""
    bars.agree(caller.shell, dict(body.limits), by=caller.actor)
    return _bar(caller)


@router.get("/people/{person_id}/access", response_model=Access)
def read_access(caller: asked.Reader, person_id: asked.Id) -> Any:
    """Read which systems a person has confirmed they can get into."""
    with caller.shell.db.transaction() as tx:
        reading.version(tx, "people", person_id)
        return {"systems": read.access(tx, person_id)}


@router.put("/people/{person_id}/access", response_model=Access)
def confirm_access(caller: asked.Writer, person_id: asked.Id, body: Access) -> Any:
    """Say which systems one can get into; only for oneself, and all of them at once."""
    bars.confirm_access(caller.shell, person_id, list(body.systems), by=caller.actor)
    with caller.shell.db.transaction() as tx:
        return {"systems": read.access(tx, person_id)}


@router.put("/incidents/{incident_id}/review", status_code=204, response_class=Response)
def review_incident(caller: asked.Answerer, incident_id: asked.Id, body: Review) -> Response:
    """Say afterwards whether a page was needed, what was done and whether the runbook helped."""
    reviews.give(caller.shell, incident_id, body.model_dump(), by=caller.actor)
    return Response(status_code=204)


def _bar(caller: Caller) -> dict[str, Any]:
    with caller.shell.db.transaction() as tx:
        found = read.current(tx)
    rules = [
        RuleOut(
            id=rule.id,
            title=rule.title,
            kind=rule.kind.value,
            weight=rule.weight.value,
            why=rule.why,
            fix=rule.fix,
            source=rule.source,
            question=rule.question,
            may_be_waived=rule.may_be_waived,
        )
        for rule in bar.RULES
    ]
    return {
        "version": found.version,
        "limits": found.limits,
        "agreed_at": found.agreed_at,
        "agreed_by": found.agreed_by,
        "rules": rules,
    }
