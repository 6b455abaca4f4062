"""Calendars: feeds that others subscribe to, and people's own that are read in."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from watchbill.actions import busy_calendars, feeds
from watchbill.queries import busy_calendars as busy_read
from watchbill.queries import feeds as read
from watchbill.queries.busy_calendars import BusyRow
from watchbill.queries.feeds import FeedRow
from watchbill.web.api import asked

router = APIRouter(tags=["calendars"])


class FeedNew(BaseModel):
    """Which calendar; `subject_id` is a team's id for a team's."""

    kind: Literal["person", "team", "volunteers", "managers"]
    subject_id: asked.Text = Field(default="", max_length=64)


class FeedMade(BaseModel):
    """The new link; it is shown this once."""

    id: str
    url: str


class Feeds(BaseModel):
    """One's own links."""

    items: list[FeedRow]


@router.get("/feeds", response_model=Feeds)
def list_feeds(caller: asked.Reader) -> Any:
    """List one's own calendar links."""
    with caller.shell.db.transaction() as tx:
        return {"items": read.own(tx, caller.actor.person_id or "")}


@router.post("/feeds", status_code=201, response_model=FeedMade)
def create_feed(caller: asked.Writer, body: FeedNew) -> Any:
    """Make a calendar link: whoever has it reads the calendar, so keep it to yourself."""
    made, token = feeds.create(caller.shell, body.model_dump(), by=caller.actor)
    with caller.shell.db.transaction() as tx:
        base_url = read.base_url(tx)
    return {"id": made, "url": f"{base_url}/calendar/{token}.ics"}


@router.delete("/feeds/{feed_id}", status_code=204, response_class=Response)
def revoke_feed(caller: asked.Writer, feed_id: asked.Id) -> Response:
    """Revoke a link: whoever has it sees nothing more."""
    feeds.revoke(caller.shell, feed_id, by=caller.actor)
    return Response(status_code=204)


class BusyNew(BaseModel):
    """The secret iCal address of one's own calendar."""

    url: asked.Text = Field(min_length=1, max_length=2000)
    #: Whether meetings count as time away too, not whole days and out of office alone.
    counts_all: bool = False


class BusyCalendars(BaseModel):
    """One's own calendars that are read in."""

    items: list[BusyRow]


@router.get("/busy-calendars", response_model=BusyCalendars)
def list_busy_calendars(caller: asked.Reader) -> Any:
    """List one's own calendars that are read in; their addresses are not shown."""
    with caller.shell.db.transaction() as tx:
        return {"items": busy_read.own(tx, caller.actor.person_id or "")}


@router.post("/busy-calendars", status_code=201, response_model=BusyCalendars)
def add_busy_calendar(caller: asked.Writer, body: BusyNew) -> Any:
    """Let one's own calendar say when one is away; it is read at once, and every hour."""
    busy_calendars.add(caller.shell, body.model_dump(), by=caller.actor)
    return list_busy_calendars(caller)


@router.delete("/busy-calendars/{calendar_id}", status_code=204, response_class=Response)
def remove_busy_calendar(caller: asked.Writer, calendar_id: asked.Id) -> Response:
    """Forget a calendar, and what was read from it."""
    busy_calendars.remove(caller.shell, calendar_id, by=caller.actor)
    return Response(status_code=204)
