"""Swaps: ask for a shift, or a part of it, to be taken; see what that does; say yes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from watchbill.actions import swaps
from watchbill.queries import reading
from watchbill.queries import swaps as read
from watchbill.queries.swaps import Effect, SwapRow
from watchbill.web.api import asked, resources
from watchbill.web.api.resources import Resource
from watchbill.web.auth import Caller

router = APIRouter(tags=["swaps"])

Ref = Annotated[asked.Text, Field(max_length=64)]


class SwapNew(BaseModel):
    """A shift of one's own, or a part of it; of one person, or of everyone; perhaps for theirs."""

    shift_id: Ref
    starts_at: asked.Instant | None = None
    ends_at: asked.Instant | None = None
    to_person_id: Ref | None = None
    return_shift_id: Ref | None = None
    note: asked.Text = Field(default="", max_length=2000)
    urgent: bool = False


class Effects(BaseModel):
    """What a swap would do to who asks and who takes."""

    items: list[Effect]


def _veil(caller: Caller, rows: Sequence[SwapRow]) -> list[SwapRow]:
    with caller.shell.db.transaction() as tx:
        return read.veiled(tx, rows, caller.person_id, now=caller.shell.clock.now())


SWAPS = Resource(
    path="swaps",
    noun="swap",
    row=SwapRow,
    query=read.SWAPS,
    key="w.id",
    table="swaps",
    filters={
        "state": "w.state = %s",
        "asked_by": "w.asked_by = %s",
        "to_person_id": "w.to_person_id = %s",
        "shift_id": "w.shift_id = %s",
    },
    new=SwapNew,
    create=swaps.ask,
    veil=_veil,
)
resources.add(router, SWAPS)


@router.post("/swaps/{swap_id}/accept", response_model=SwapRow)
def accept_swap(caller: asked.Writer, swap_id: asked.Id, response: Response) -> Any:
    """Take what was asked; who says yes first has it."""
    swaps.accept(caller.shell, swap_id, by=caller.actor)
    return resources.read(caller.shell, SWAPS, swap_id, response)


@router.post("/swaps/{swap_id}/decline", response_model=SwapRow)
def decline_swap(caller: asked.Writer, swap_id: asked.Id, response: Response) -> Any:
    """Say no to what one was asked alone."""
    swaps.decline(caller.shell, swap_id, by=caller.actor)
    return resources.read(caller.shell, SWAPS, swap_id, response)


@router.post("/swaps/{swap_id}/withdraw", response_model=SwapRow)
def withdraw_swap(caller: asked.Writer, swap_id: asked.Id, response: Response) -> Any:
    """Take one's question back."""
    swaps.withdraw(caller.shell, swap_id, by=caller.actor)
    return resources.read(caller.shell, SWAPS, swap_id, response)


@router.get("/swaps/{swap_id}/effect", response_model=Effects)
def read_swap_effect(
    caller: asked.Reader, swap_id: asked.Id, person_id: asked.Filter | None = None
) -> Any:
    """Say what rest and load it leaves both; the one who takes is `person_id`, or oneself."""
    taker = person_id or caller.actor.person_id or ""
    return {"items": _effects(caller, swap_id, taker)}


def _effects(caller: Caller, swap_id: str, taker: str) -> list[Effect]:
    with caller.shell.db.transaction() as tx:
        swap = reading.one(tx, SwapRow, f"{read.SWAPS} where w.id = %s", [swap_id])
        begun = max(swap.starts_at, min(caller.shell.clock.now(), swap.ends_at))
        start = begun if swap.state == "open" else swap.starts_at  # only what is left is given
        span = (start, swap.ends_at)
        back = read.times(tx, swap.return_shift_id) if swap.return_shift_id else None
        return [
            read.effect(tx, swap.asked_by, gives=span, takes=back),
            read.effect(tx, taker, gives=back, takes=span),
        ]
