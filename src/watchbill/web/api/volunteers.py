"""Volunteers: the on-call team's seats, applications, readiness, and the report that must be empty."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from watchbill.actions import applications, on_call_team, readiness
from watchbill.queries import volunteers as read
from watchbill.queries.volunteers import (
    ApplicationRow,
    Involuntary,
    OnCallTeamRow,
    Overview,
    Readiness,
)
from watchbill.web.api import asked, resources
from watchbill.web.api.resources import Resource
from watchbill.web.auth import Caller

router = APIRouter(tags=["volunteers"])

Item = Literal["internet", "laptop", "power", "second_factor", "credentials"]
Ref = Annotated[asked.Text, Field(max_length=64)]


class LimitBody(BaseModel):
    """At most `most` shifts in any `weeks` weeks running, and where that is written."""

    most: int
    weeks: int
    source: asked.Text = ""


class WatchBody(BaseModel):
    """A part of every day that people of one office answer, by its clocks."""

    office_id: Ref
    starts: time
    ends: time


class OnCallTeamChange(BaseModel):
    """What of the on-call team is to be otherwise."""

    name: asked.Text | None = None
    zone: asked.Text | None = None
    boundary_weekday: int | None = None
    boundary_time: time | None = None
    seats: int | None = None
    least: int | None = None
    term_days: int | None = None
    gap_weeks: int | None = None
    shadows: bool | None = None
    limits: list[LimitBody] | None = None
    decay_percent: int | None = None
    watches: list[WatchBody] | None = None


class ApplicationNew(BaseModel):
    """Oneself, for a term; from now and for six months unless said."""

    starts_at: asked.Instant | None = None
    ends_at: asked.Instant | None = None


class Seated(BaseModel):
    """The term that began."""

    term_id: str


class Involuntaries(BaseModel):
    """People on call who did not choose to be: must be empty."""

    items: list[Involuntary]


class TestPages(BaseModel):
    """How many test pages are on their way."""

    sent: int


class ReadinessSaid(BaseModel):
    """Everything one has made sure of."""

    items: list[Item]


APPLICATIONS = Resource(
    path="applications",
    noun="application",
    row=ApplicationRow,
    query=read.APPLICATIONS,
    key="a.id",
    table="applications",
    filters={"state": "a.state = %s", "person_id": "a.person_id = %s"},
    remove=applications.withdraw,
)
resources.add(router, APPLICATIONS)


@router.get("/on-call-team", response_model=OnCallTeamRow)
def read_on_call_team(caller: asked.Reader) -> Any:
    """Read how the on-call team is set up."""
    return _team(caller)


@router.patch("/on-call-team", response_model=OnCallTeamRow)
def change_on_call_team(caller: asked.Writer, body: OnCallTeamChange) -> Any:
    """Change how the on-call team is set up; the team itself does, or an admin."""
    given = body.model_dump(exclude_unset=True, exclude_none=True)
    on_call_team.change(caller.shell, given, by=caller.actor)
    return _team(caller)


@router.get("/volunteers", response_model=Overview)
def read_volunteers(caller: asked.Reader) -> Any:
    """Read the on-call team: its seats, terms, waiting list, and what is worth a word."""
    now: datetime = caller.shell.clock.now()
    with caller.shell.db.transaction() as tx:
        return read.overview(tx, now=now)


@router.post("/applications", status_code=201, response_model=ApplicationRow)
def apply_for_term(caller: asked.Writer, body: ApplicationNew, response: Response) -> Any:
    """Offer oneself for a term. Nobody can do that for somebody else (NO2)."""
    given = body.model_dump(exclude_unset=True, exclude_none=True)
    made = applications.apply(caller.shell, given, by=caller.actor)
    response.headers["Location"] = f"/api/v1/applications/{made}"
    return resources.read(caller.shell, APPLICATIONS, made, response)


@router.post("/applications/{application_id}/seat", response_model=Seated)
def seat_applicant(caller: asked.Writer, application_id: asked.Id) -> Any:
    """Give a free seat to whom applied; the term rests on the application's own consent."""
    return {"term_id": applications.seat(caller.shell, application_id, by=caller.actor)}


@router.get("/reports/involuntary", response_model=Involuntaries)
def report_involuntary(caller: asked.Reader) -> Any:
    """List people on call who did not choose to be; the list must be empty (VO8)."""
    with caller.shell.db.transaction() as tx:
        return {"items": read.involuntary(tx)}


@router.get("/people/{person_id}/readiness", response_model=Readiness)
def read_readiness(caller: asked.Reader, person_id: asked.Id) -> Any:
    """Read how ready somebody is for a first shift: of oneself all of it, of others whether."""
    is_own = caller.actor.person_id == person_id
    with caller.shell.db.transaction() as tx:
        return read.readiness(tx, person_id, of_oneself=is_own)


@router.put("/people/{person_id}/readiness", response_model=Readiness)
def say_ready(caller: asked.Writer, person_id: asked.Id, body: ReadinessSaid) -> Any:
    """Say what one has made sure of; only for oneself, all of it at once."""
    readiness.make_sure(caller.shell, person_id, list(body.items), by=caller.actor)
    with caller.shell.db.transaction() as tx:
        return read.readiness(tx, person_id)


@router.post("/people/{person_id}/test-pages", response_model=TestPages)
def send_test_pages(caller: asked.Writer, person_id: asked.Id) -> Any:
    """Send a test page over every verified way of one's own; its link is confirmed by hand."""
    sent = readiness.send_test_pages(caller.shell, person_id, by=caller.actor)
    return {"sent": sent}


def _team(caller: Caller) -> OnCallTeamRow:
    with caller.shell.db.transaction() as tx:
        return read.team(tx)
