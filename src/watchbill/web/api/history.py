"""History: alerts and the events they were folded from, pages and notifications."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter

from watchbill.queries import alerts, pages
from watchbill.queries.alerts import AlertRow, EventRow
from watchbill.queries.pages import NotificationRow, PageRow
from watchbill.web.api import asked

router = APIRouter(tags=["history"])


@router.get("/alerts", response_model=asked.Listing[AlertRow])
def list_alerts(
    caller: asked.Reader,
    incident_id: asked.Filter = "",
    service_id: asked.Filter = "",
    state: Literal["", "firing", "resolved"] = "",
    dedup_key: asked.Filter = "",
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List alerts, newest first."""
    with caller.shell.db.transaction() as tx:
        part = alerts.listed(
            tx,
            incident_id=incident_id,
            service_id=service_id,
            state=state,
            dedup_key=dedup_key,
            limit=limit,
            cursor=cursor,
        )
    return asked.listing(part)


@router.get("/alerts/{alert_id}", response_model=AlertRow)
def get_alert(caller: asked.Reader, alert_id: asked.Id) -> Any:
    """Read one alert."""
    with caller.shell.db.transaction() as tx:
        return alerts.get(tx, alert_id)


@router.get("/alerts/{alert_id}/events", response_model=asked.Listing[EventRow])
def list_events(
    caller: asked.Reader, alert_id: asked.Id, limit: asked.Limit = 50, cursor: asked.Cursor = None
) -> Any:
    """List the events an alert was folded from, newest first, as they came."""
    with caller.shell.db.transaction() as tx:
        alerts.get(tx, alert_id)
        return asked.listing(alerts.events(tx, alert_id, limit=limit, cursor=cursor))


@router.get("/pages", response_model=asked.Listing[PageRow])
def list_pages(  # noqa: PLR0913, PLR0917 - one parameter for each filter
    caller: asked.Reader,
    incident_id: asked.Filter = "",
    person_id: asked.Filter = "",
    out_of_hours: bool | None = None,  # noqa: FBT001
    since: asked.Instant | None = None,
    until: asked.Instant | None = None,
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List pages with their notifications, newest first."""
    wanted = pages.Filter(
        incident_id=incident_id,
        person_id=person_id,
        out_of_hours=out_of_hours,
        since=since,
        until=until,
    )
    with caller.shell.db.transaction() as tx:
        return asked.listing(pages.listed(tx, wanted, limit=limit, cursor=cursor))


@router.get("/pages/{page_id}", response_model=PageRow)
def get_page(caller: asked.Reader, page_id: asked.Id) -> Any:
    """Read one page: who was called, and why."""
    with caller.shell.db.transaction() as tx:
        return pages.get(tx, page_id)


@router.get("/notifications", response_model=asked.Listing[NotificationRow])
def list_notifications(
    caller: asked.Reader,
    incident_id: asked.Filter = "",
    page_id: asked.Filter = "",
    person_id: asked.Filter = "",
    state: Literal["", "planned", "claimed", "sent", "failed", "cancelled"] = "",
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List notifications, newest first; what they said is not shown."""
    with caller.shell.db.transaction() as tx:
        part = pages.notifications(
            tx,
            incident_id=incident_id,
            page_id=page_id,
            person_id=person_id,
            state=state,
            limit=limit,
            cursor=cursor,
        )
    return asked.listing(part)
