"""Wishes: which weeks a volunteer would rather not stand, or would like to."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from watchbill.actions import audit, wishes
from watchbill.queries import wishes as read
from watchbill.queries.wishes import WishRow
from watchbill.web.api import asked
from watchbill.web.auth import Caller

router = APIRouter(tags=["volunteers"])


class WishBody(BaseModel):
    """A wish for the week that begins at `starts_at`: -3 (really not) to 3 (gladly), 0 for none."""

    starts_at: asked.Instant
    weight: int


class WishesSaid(BaseModel):
    """Wishes for weeks; weeks that are not named stay as they were."""

    items: Annotated[list[WishBody], Field(max_length=104)]


class Wishes(BaseModel):
    """Somebody's wishes for weeks to come."""

    items: list[WishRow]


@router.get("/people/{person_id}/wishes", response_model=Wishes)
def read_wishes(caller: asked.Reader, person_id: asked.Id) -> Any:
    """Read one's own wishes for weeks to come; nobody reads anybody else's."""
    audit.need_self(caller.actor, person_id)
    return _said(caller, person_id)


@router.put("/people/{person_id}/wishes", response_model=Wishes)
def say_wishes(caller: asked.Writer, person_id: asked.Id, body: WishesSaid) -> Any:
    """Wish for weeks; only for oneself."""
    said = {each.starts_at: each.weight for each in body.items}
    wishes.wish(caller.shell, person_id, said, by=caller.actor)
    return _said(caller, person_id)


def _said(caller: Caller, person_id: str) -> dict[str, object]:
    with caller.shell.db.transaction() as tx:
        return {"items": read.ahead(tx, person_id, now=caller.shell.clock.now())}
