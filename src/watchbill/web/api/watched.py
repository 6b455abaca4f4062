"""Watched: services, the doors events come through, heartbeats, runbooks and webhooks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from watchbill.actions import integrations, runbooks, services, webhooks
from watchbill.queries import settings
from watchbill.queries.settings import HeartbeatRow, IntegrationRow, RunbookRow, WebhookRow
from watchbill.web.api import asked, resources
from watchbill.web.api.resources import Resource

router = APIRouter(tags=["watched"])

Name = Annotated[asked.Text, Field(min_length=1, max_length=255)]
Ref = Annotated[asked.Text, Field(max_length=64)]


class ServiceChange(BaseModel):
    """What of a service is to be otherwise."""

    slug: Name | None = None
    name: Name | None = None
    team_id: Ref | None = None
    grouping: Literal["alarm", "fields", "time", "service", "alert"] | None = None
    grouping_fields: list[Name] | None = None
    grouping_window_s: int | None = None
    ack_timeout_s: int | None = None
    close_after_s: int | None = None
    maintenance_from: asked.Instant | None = None
    maintenance_until: asked.Instant | None = None


class ServiceNew(ServiceChange):
    """A new service."""

    slug: Name
    name: Name
    team_id: Ref


class IntegrationChange(BaseModel):
    """What of a door is to be otherwise."""

    name: Name | None = None
    settings: dict[str, Any] | None = None
    close_after_s: int | None = None
    every_s: int | None = None


class IntegrationNew(IntegrationChange):
    """A new door; `every_s` makes it a heartbeat."""

    service_id: Ref
    source: Name
    name: Name


class IntegrationMade(BaseModel):
    """A door and its key, which is shown this once."""

    integration: IntegrationRow
    key: str


class RunbookChange(BaseModel):
    """What of a runbook is to be otherwise; alarms that name it are proposed anew."""

    title: Name | None = None
    body: asked.Text | None = None
    url: asked.Text | None = None
    last_tested_on: date | None = None
    managed_by: Literal["hand", "yaml", "terraform", "import"] | None = None


class RunbookNew(RunbookChange):
    """A new runbook, kept on its own so that several alarms may name it."""

    slug: Name
    title: Name
    team_id: Ref


class WebhookChange(BaseModel):
    """What of a webhook is to be otherwise."""

    name: Name | None = None
    url: asked.Text | None = None
    team_id: Ref | None = None


class WebhookNew(WebhookChange):
    """A new webhook."""

    name: Name
    url: asked.Text


class WebhookMade(BaseModel):
    """A webhook and its signing secret, which is shown this once."""

    webhook: WebhookRow
    secret: str


SERVICES = Resource(
    path="services",
    noun="service",
    row=settings.ServiceRow,
    query=settings.SERVICES,
    key="s.id",
    table="services",
    filters={"team_id": "s.team_id = %s", "slug": "s.slug = %s"},
    new=ServiceNew,
    changed=ServiceChange,
    create=services.create,
    change=services.change,
    remove=services.remove,
)
INTEGRATIONS = Resource(
    path="integrations",
    noun="integration",
    row=IntegrationRow,
    query=settings.INTEGRATIONS,
    key="i.id",
    table="integrations",
    filters={"service_id": "i.service_id = %s", "source": "i.source = %s"},
    changed=IntegrationChange,
    change=integrations.change,
    remove=integrations.disable,
)
RUNBOOKS = Resource(
    path="runbooks",
    noun="runbook",
    row=RunbookRow,
    query=settings.RUNBOOKS,
    key="r.id",
    table="runbooks",
    filters={"slug": "r.slug = %s", "team_id": "r.team_id = %s"},
    new=RunbookNew,
    changed=RunbookChange,
    create=runbooks.create,
    change=runbooks.change,
    remove=runbooks.remove,
)
WEBHOOKS = Resource(
    path="webhooks",
    noun="webhook",
    row=WebhookRow,
    query=settings.WEBHOOKS,
    key="w.id",
    table="webhooks",
    filters={"team_id": "w.team_id = %s"},
    changed=WebhookChange,
    change=webhooks.change,
    remove=webhooks.disable,
    reader=asked.Admin,
)
for _kind in (SERVICES, INTEGRATIONS, RUNBOOKS, WEBHOOKS):
    resources.add(router, _kind)


@router.post("/integrations", status_code=201, response_model=IntegrationMade)
def create_integration(caller: asked.Writer, body: IntegrationNew, response: Response) -> Any:
    """Open a door for events; its key is shown this once."""
    made, key = integrations.create(caller.shell, resources.values(body), by=caller.actor)
    return {"integration": resources.read(caller.shell, INTEGRATIONS, made, response), "key": key}


@router.post("/integrations/{integration_id}/rotate", response_model=IntegrationMade)
def rotate_integration(caller: asked.Writer, integration_id: asked.Id, response: Response) -> Any:
    """Give a door a new key; the old one stops working at once."""
    key = integrations.rotate(caller.shell, integration_id, by=caller.actor)
    row = resources.read(caller.shell, INTEGRATIONS, integration_id, response)
    return {"integration": row, "key": key}


@router.get("/heartbeats", response_model=asked.Listing[HeartbeatRow])
def list_heartbeats(
    caller: asked.Reader, limit: asked.Limit = 50, cursor: asked.Cursor = None
) -> Any:
    """List dead-man's switches, and which are missing."""
    key, page = "h.integration_id", (limit, cursor)
    return resources.part(caller.shell, HeartbeatRow, settings.HEARTBEATS, {}, key=key, page=page)


@router.post("/webhooks", status_code=201, response_model=WebhookMade)
def create_webhook(caller: asked.Admin, body: WebhookNew, response: Response) -> Any:
    """Tell a program what happens to incidents; the secret is shown this once."""
    made, secret = webhooks.create(caller.shell, resources.values(body), by=caller.actor)
    return {"webhook": resources.read(caller.shell, WEBHOOKS, made, response), "secret": secret}


@router.post("/webhooks/{webhook_id}/rotate", response_model=WebhookMade)
def rotate_webhook(caller: asked.Admin, webhook_id: asked.Id, response: Response) -> Any:
    """Give a webhook a new signing secret."""
    secret = webhooks.rotate(caller.shell, webhook_id, by=caller.actor)
    row = resources.read(caller.shell, WEBHOOKS, webhook_id, response)
    return {"webhook": row, "secret": secret}
