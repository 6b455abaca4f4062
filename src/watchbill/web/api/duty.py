"""Duty: who is on call, why an alarm would go where, and the lines that must read zero."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from watchbill.actions.incidents import NoSuchService
from watchbill.core import routing
from watchbill.core.events import Severity
from watchbill.core.people import ServiceId
from watchbill.core.routing import Subject
from watchbill.queries import lines, oncall, tonight
from watchbill.queries.lines import HealthLine
from watchbill.queries.messages import WHY
from watchbill.queries.oncall import OnCallRow, StepRow
from watchbill.queries.tonight import Tonight
from watchbill.web.api import asked

router = APIRouter(tags=["duty"])


class OnCallList(BaseModel):
    """Who answers for each team at an instant, by the team's name."""

    at: datetime
    items: list[OnCallRow]
    next_cursor: str | None


class RouteShown(BaseModel):
    """Who would be asked, in which order, and why."""

    at: datetime
    side: str
    reason: str
    #: The reason in one sentence, to the person who is called.
    sentence: str
    until: datetime | None
    facts: list[list[str]]
    steps: list[StepRow]


def on_call(caller: asked.Reader, at: asked.Instant | None = None, team: asked.Filter = "") -> None:
    """Read who is on call now, or `at`, for every team or one (id or slug).

    Answered from memory: ask as often as you like.
    """
    raise AssertionError(caller, at, team)  # `web/oncall.py` stands before this


router.add_api_route("/oncall", on_call, response_model=OnCallList, operation_id="get_oncall")


@router.get("/route", response_model=RouteShown)
def explain_route(
    caller: asked.Reader,
    service: asked.Filter,
    alarm: asked.Filter = "",
    severity: Literal["critical", "error", "warning", "info"] = "critical",
    at: asked.Instant | None = None,
) -> Any:
    """Explain who gets a page for an alarm of a service (id or slug), at that time, and why."""
    with caller.shell.db.transaction() as tx:
        company = caller.shell.company(tx)
    found = company.services.get(ServiceId(service)) or next(
        (s for s in company.services.values() if s.slug == service), None
    )
    if found is None:
        raise NoSuchService(service=service)
    subject = Subject(service_id=found.id, alarm=alarm, severity=Severity(severity))
    when = at or caller.shell.clock.now()
    route = routing.route(company, subject, at=when)
    return {
        "at": when,
        "side": route.side.value,
        "reason": route.reason.value,
        "sentence": WHY[route.reason],
        "until": route.until,
        "facts": [list(fact) for fact in route.facts],
        "steps": oncall.steps(company, route),
    }


@router.get("/tonight", response_model=Tonight)
def get_tonight(caller: asked.Reader) -> Any:
    """Read the first screen: who answers, what is open and held, the figures that matter."""
    with caller.shell.db.transaction() as tx:
        return tonight.tonight(tx, caller.shell.company(tx), now=caller.shell.clock.now())


@router.get("/health", response_model=asked.Listing[HealthLine])
def list_health(caller: asked.Reader) -> Any:
    """List the lines that must read zero."""
    now = caller.shell.clock.now()
    with caller.shell.db.transaction() as tx:
        company = caller.shell.company(tx)
        month_at = tonight.month_start(company, now)
        items = lines.health(tx, company, now=now, month_at=month_at)
    return {"items": items, "next_cursor": None}
