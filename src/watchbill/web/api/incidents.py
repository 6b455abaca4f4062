"""Incidents: the list, one with all that belongs to it, and everything people answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from watchbill.actions import helpers as helper_actions
from watchbill.actions import incidents as actions
from watchbill.core import helpers
from watchbill.core.people import Person, PersonId, ServiceId
from watchbill.queries import alerts, details, incidents
from watchbill.queries.alerts import AlertRow
from watchbill.queries.details import EntryRow, IncidentDetail
from watchbill.queries.incidents import Filter, IncidentRow
from watchbill.web.api import asked
from watchbill.web.auth import Caller

router = APIRouter(tags=["incidents"])

State = Literal["", "open", "triggered", "acknowledged", "held", "snoozed", "resolved"]
Severity = Literal["", "critical", "error", "warning", "info"]


class Declared(BaseModel):
    """An incident opened by hand; the reason is reviewed afterwards."""

    service_id: asked.Text = Field(max_length=64)
    title: asked.Text = Field(min_length=1, max_length=1024)
    reason: asked.Text = Field(min_length=1, max_length=2000)


class Snooze(BaseModel):
    """For how many seconds an incident is put off."""

    seconds: int = Field(ge=60, le=604800)


class Glass(BaseModel):
    """Why this cannot wait for working hours."""

    reason: asked.Text = Field(min_length=1, max_length=2000)


class Note(BaseModel):
    """What a person writes into the timeline."""

    text: asked.Text = Field(min_length=1, max_length=4000)


class Asked(BaseModel):
    """The helpers to ask, by id."""

    people: list[asked.Text] = Field(min_length=1, max_length=50)


class Helped(BaseModel):
    """Who helped."""

    person_id: asked.Text = Field(max_length=64)


class Helper(BaseModel):
    """An engineer who is at work now: may be asked, is never paged."""

    id: str
    name: str
    team_id: str | None
    office_id: str | None
    zone: str
    skills: str
    #: Of these, what the incident is about; empty where no incident was named.
    knows: list[str]


class Reached(BaseModel):
    """The ids of those a mail goes to."""

    people: list[str]


@router.get("/incidents", response_model=asked.Listing[IncidentRow])
def list_incidents(  # noqa: PLR0913, PLR0917 - one parameter for each filter
    caller: asked.Reader,
    state: Annotated[State, Query(description="`open` is everything but resolved.")] = "",
    team_id: asked.Filter = "",
    service_id: asked.Filter = "",
    severity: Severity = "",
    text: Annotated[asked.Filter, Query(description="Words, a number or a dedup key.")] = "",
    since: asked.Instant | None = None,
    until: asked.Instant | None = None,
    mine: Annotated[bool, Query(description="Only what calls me, or what I have.")] = False,  # noqa: FBT002
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List incidents, newest first."""
    wanted = Filter(
        state=state,
        team_id=team_id,
        service_id=service_id,
        severity=severity,
        text=text,
        since=since,
        until=until,
        mine=caller.person_id if mine else "",
    )
    with caller.shell.db.transaction() as tx:
        return asked.listing(incidents.listed(tx, wanted, limit=limit, cursor=cursor))


@router.post("/incidents", status_code=201, response_model=IncidentRow)
def declare_incident(caller: asked.Answerer, body: Declared) -> Any:
    """Open an incident by hand: it pages whoever answers now."""
    made = actions.declare(
        caller.shell,
        ServiceId(body.service_id),
        title=body.title,
        reason=body.reason,
        by=caller.person_id,
    )
    return _row(caller, made.id)


@router.get("/incidents/{incident_id}", response_model=IncidentDetail)
def get_incident(caller: asked.Reader, incident_id: asked.Id) -> Any:
    """Read one incident with its alerts, pages and timeline."""
    with caller.shell.db.transaction() as tx:
        return details.detail(tx, incident_id)


@router.get("/incidents/{incident_id}/timeline", response_model=asked.Listing[EntryRow])
def list_timeline(
    caller: asked.Reader,
    incident_id: asked.Id,
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List an incident's history, newest first."""
    with caller.shell.db.transaction() as tx:
        incidents.get(tx, incident_id)
        return asked.listing(details.timeline(tx, incident_id, limit=limit, cursor=cursor))


@router.get("/incidents/{incident_id}/alerts", response_model=asked.Listing[AlertRow])
def list_incident_alerts(
    caller: asked.Reader,
    incident_id: asked.Id,
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List an incident's alerts, newest first."""
    with caller.shell.db.transaction() as tx:
        incidents.get(tx, incident_id)
        return asked.listing(alerts.listed(tx, incident_id=incident_id, limit=limit, cursor=cursor))


@router.post("/incidents/{incident_id}/acknowledge", response_model=IncidentRow)
def acknowledge_incident(caller: asked.Answerer, incident_id: asked.Id) -> Any:
    """Take the incident; everybody's call ends. A second time changes nothing."""
    actions.acknowledge(caller.shell, incident_id, by=caller.person_id)
    return _row(caller, incident_id)


@router.post("/incidents/{incident_id}/resolve", response_model=IncidentRow)
def resolve_incident(caller: asked.Answerer, incident_id: asked.Id) -> Any:
    """End the incident. A second time changes nothing."""
    actions.resolve(caller.shell, incident_id, by=caller.person_id)
    return _row(caller, incident_id)


@router.post("/incidents/{incident_id}/snooze", response_model=IncidentRow)
def snooze_incident(caller: asked.Answerer, incident_id: asked.Id, body: Snooze) -> Any:
    """Put the incident off; it comes back by itself."""
    wait = timedelta(seconds=body.seconds)
    actions.snooze(caller.shell, incident_id, by=caller.person_id, wait=wait)
    return _row(caller, incident_id)


@router.post("/incidents/{incident_id}/decline", response_model=IncidentRow)
def decline_incident(caller: asked.Answerer, incident_id: asked.Id) -> Any:
    """Say that one cannot answer; the next step is called at once."""
    actions.decline(caller.shell, incident_id, by=caller.person_id)
    return _row(caller, incident_id)


@router.post("/incidents/{incident_id}/help", response_model=IncidentRow)
def need_help(caller: asked.Answerer, incident_id: asked.Id) -> Any:
    """Call the duty manager, because whoever has the incident needs help."""
    actions.need_help(caller.shell, incident_id, by=caller.person_id)
    return _row(caller, incident_id)


@router.post("/incidents/{incident_id}/break-glass", response_model=IncidentRow)
def break_glass(caller: asked.Answerer, incident_id: asked.Id, body: Glass) -> Any:
    """Make a held incident a page, with a reason that is reviewed afterwards."""
    actions.break_glass(caller.shell, incident_id, by=caller.person_id, reason=body.reason)
    return _row(caller, incident_id)


@router.post("/incidents/{incident_id}/notes", status_code=201, response_model=IncidentRow)
def add_note(caller: asked.Answerer, incident_id: asked.Id, body: Note) -> Any:
    """Write a line into the timeline."""
    actions.note(caller.shell, incident_id, by=caller.person_id, text=body.text)
    return _row(caller, incident_id)


@router.get("/incidents/{incident_id}/helpers", response_model=asked.Listing[Helper])
def list_incident_helpers(caller: asked.Reader, incident_id: asked.Id) -> Any:
    """List who is at work now and may be asked about this incident, who knows most first."""
    with caller.shell.db.transaction() as tx:
        incident = incidents.get(tx, incident_id)
        company = caller.shell.company(tx)
    about = helpers.about(company, incident.service_id, incident.title, incident.alarm)
    near = helpers.awake(company, at=caller.shell.clock.now(), asking=caller.person_id)
    best = helpers.best_first(near, team_id=incident.team_id, about=about)
    return _helpers(best, about)


@router.post("/incidents/{incident_id}/helpers", response_model=Reached)
def ask_helpers(caller: asked.Answerer, incident_id: asked.Id, body: Asked) -> Any:
    """Ask helpers by mail; nobody is paged."""
    reached = helper_actions.ask(caller.shell, incident_id, body.people, by=caller.person_id)
    return {"people": list(reached)}


@router.post("/incidents/{incident_id}/helped", status_code=201, response_model=IncidentRow)
def record_help(caller: asked.Answerer, incident_id: asked.Id, body: Helped) -> Any:
    """Write down that somebody helped."""
    helper_actions.helped(caller.shell, incident_id, PersonId(body.person_id), by=caller.person_id)
    return _row(caller, incident_id)


@router.get("/helpers", response_model=asked.Listing[Helper])
def list_helpers(
    caller: asked.Reader,
    team: Annotated[asked.Text | None, Query(max_length=64)] = None,
    skill: Annotated[asked.Text, Query(max_length=100)] = "",
) -> Any:
    """List the engineers of any office who are at work now; of one team, or with a skill."""
    with caller.shell.db.transaction() as tx:
        company = caller.shell.company(tx)
    now = caller.shell.clock.now()
    found = helpers.awake(
        company, at=now, asking=caller.person_id, team_id=team or None, skill=skill
    )
    return _helpers(found, "")


def _helpers(found: Iterable[Person], about: str) -> dict[str, object]:
    items = [
        {
            "id": person.id,
            "name": person.name,
            "team_id": person.team_id,
            "office_id": person.office_id,
            "zone": person.zone,
            "skills": person.skills,
            "knows": list(helpers.knows(person, about)),
        }
        for person in found
    ]
    return {"items": items, "next_cursor": None}


def _row(caller: Caller, incident_id: str) -> IncidentRow:
    with caller.shell.db.transaction() as tx:
        return incidents.get(tx, incident_id)
