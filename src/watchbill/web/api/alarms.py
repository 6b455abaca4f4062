"""Alarms: written down, planned and applied as a whole, handed over, held against the bar."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from watchbill.actions import alarms, dry_runs, fields, handovers, plan_faults, plans
from watchbill.actions.plan_faults import Order
from watchbill.queries import alarms as read
from watchbill.queries import bars, reading
from watchbill.queries.alarms import AlarmRow, VersionRow
from watchbill.web.api import asked
from watchbill.web.api.alarm_shapes import (
    AlarmChange,
    AlarmNew,
    AlarmState,
    AlarmTried,
    Board,
    Held,
    Mute,
    Names,
    OrderBody,
    PlanOut,
    Reason,
    Steps,
    Tried,
    Versions,
    Which,
    Yes,
)
from watchbill.web.auth import Caller

router = APIRouter(tags=["alarms"])

#: How far back names that are of no alarm are listed.
_RECENT = timedelta(days=30)
#: Query parameters that narrow the list: name to condition.
_SIMPLE = {
    "service": "s.slug = %s",
    "service_id": "a.service_id = %s",
    "team": "t.slug = %s",
    "team_id": "s.team_id = %s",
    "state": "a.state = %s",
    "key": "a.key = %s",
    "repository": "a.repository = %s",
    "managed_by": "a.managed_by = %s",
}


def _filters(which: Which, now: datetime) -> dict[str, object]:
    given = which.model_dump(exclude_none=True)
    where: dict[str, object] = {c: given[name] for name, c in _SIMPLE.items() if name in given}
    flags: dict[str, tuple[str, object]] = {
        "overdue": ("a.lapses_at <= %s", now),
        "without_runbook": ("v.runbook !~ '\\S' and v.runbook_url !~ '\\S'", ()),
        "broken_glass": ("f.glass_at is not null and f.accepted_at is null", ()),
    }
    where |= {c: value for name, (c, value) in flags.items() if given.get(name) == "true"}
    if "state" not in given:
        where["a.state <> 'retired'"] = ()
    return where


@router.get("/alarms", response_model=asked.Listing[AlarmRow])
def list_alarms(
    caller: asked.Reader,
    which: Annotated[Which, Query()],
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List alarms, newest first; retired ones only with `state=retired`."""
    now = caller.shell.clock.now()
    where = _filters(which, now)
    with caller.shell.db.transaction() as tx:
        return asked.listing(read.listed(tx, where, page=(limit, cursor), now=now))


@router.post("/alarms", status_code=201, response_model=AlarmRow)
def create_alarm(caller: asked.Writer, body: AlarmNew, response: Response) -> Any:
    """Write an alarm down; it wakes nobody before the on-call team has accepted it."""
    made = alarms.create(caller.shell, _given(body), by=caller.actor)
    response.headers["Location"] = f"/api/v1/alarms/{made}"
    return _read(caller, made, response)


@router.post("/alarms:dryRun", response_model=Tried)
def try_alarm(caller: asked.Writer, body: AlarmTried) -> Any:
    """Say what writing this alarm would do and what stands below the bar; nothing is written."""
    found = dry_runs.dry_run(caller.shell, _given(body))
    return {**asdict(found), "findings": bars.as_data(found.findings)}


@router.post("/alarms:plan", response_model=PlanOut)
def plan_alarms(caller: asked.Writer, body: OrderBody) -> Any:
    """Say what applying these alarms would do; nothing is written."""
    return _planned(plans.plan(caller.shell, _order(body)))


@router.post("/alarms:apply", response_model=PlanOut)
def apply_alarms(caller: asked.Writer, body: OrderBody) -> Any:
    """Make the alarms of a repository what is written, all or none; they are proposed."""
    done = plans.apply(caller.shell, _order(body), base=body.base, by=caller.actor)
    return _planned(done)


@router.get("/alarms:board", response_model=Board)
def read_board(caller: asked.Reader) -> Any:
    """Say for each team how many of its alarms are in code, have a runbook, are accepted."""
    now = caller.shell.clock.now()
    with caller.shell.db.transaction() as tx:
        return {"items": read.board(tx, now=now, since=now - _RECENT)}


@router.get("/alarms:unregistered", response_model=Names)
def list_unregistered(
    caller: asked.Reader, team_id: asked.Filter | None = None, limit: asked.Limit = 50
) -> Any:
    """List what fired in the last 30 days and is of no alarm, so that somebody writes it down."""
    since = caller.shell.clock.now() - _RECENT
    with caller.shell.db.transaction() as tx:
        return {"items": read.unregistered(tx, since=since, team_id=team_id, limit=limit)}


@router.get("/alarms/{alarm_id}", response_model=AlarmRow)
def get_alarm(caller: asked.Reader, alarm_id: asked.Id, response: Response) -> Any:
    """Read one alarm, a retired one too."""
    return _read(caller, alarm_id, response)


@router.patch("/alarms/{alarm_id}", response_model=AlarmRow)
def change_alarm(
    caller: asked.Writer,
    alarm_id: asked.Id,
    body: AlarmChange,
    response: Response,
    if_match: asked.IfMatch = None,
) -> Any:
    """Write a new version; what was accepted stands until the new one is (NO5)."""
    version = asked.matched(if_match)
    alarms.change(caller.shell, alarm_id, _given(body), by=caller.actor, if_match=version)
    return _read(caller, alarm_id, response)


@router.delete("/alarms/{alarm_id}", status_code=204, response_class=Response)
def retire_alarm(
    caller: asked.Writer,
    alarm_id: asked.Id,
    reason: Annotated[asked.Text, Query(max_length=2000)] = "",
    if_match: asked.IfMatch = None,
) -> Response:
    """Retire an alarm: one thing less that may wake somebody. Its history is kept."""
    version = asked.matched(if_match)
    alarms.retire(caller.shell, alarm_id, reason=reason, by=caller.actor, if_match=version)
    return Response(status_code=204)


@router.put("/alarms/{alarm_id}/state", response_model=AlarmRow)
def set_alarm_state(
    caller: asked.Writer,
    alarm_id: asked.Id,
    body: AlarmState,
    response: Response,
    if_match: asked.IfMatch = None,
) -> Any:
    """Bring an alarm a step on its way to the on-call team, or back.

    Whoever accepts says which version they have read, by `version` or `If-Match`; 412 if it is no
    longer the newest.
    """
    said = handovers.Said(
        state=body.state, reason=body.reason, answers=tuple(body.answers), version=body.version
    )
    seen = asked.matched(if_match)
    handovers.need_seen(said, seen)
    handovers.set_state(caller.shell, alarm_id, said, by=caller.actor, if_match=seen)
    return _read(caller, alarm_id, response)


@router.post("/alarms/{alarm_id}/break-glass", response_model=AlarmRow)
def break_glass_on_alarm(
    caller: asked.Admin,
    alarm_id: asked.Id,
    body: Reason,
    response: Response,
    if_match: asked.IfMatch = None,
) -> Any:
    """Let the newest version apply without review, with a reason, for all to see."""
    seen = asked.matched(if_match)
    handovers.break_glass(
        caller.shell, alarm_id, reason=body.reason, by=caller.actor, if_match=seen
    )
    return _read(caller, alarm_id, response)


@router.put("/alarms/{alarm_id}/mute", response_model=AlarmRow)
def mute_alarm(caller: asked.Writer, alarm_id: asked.Id, body: Mute, response: Response) -> Any:
    """Silence an alarm until a moment."""
    alarms.mute(caller.shell, alarm_id, until=body.until, by=caller.actor)
    return _read(caller, alarm_id, response)


@router.get("/alarms/{alarm_id}/bar", response_model=Held)
def read_alarm_bar(caller: asked.Reader, alarm_id: asked.Id, network: Yes | None = None) -> Any:
    """Hold the newest version against the bar; `network=true` asks for its links, too."""
    return dry_runs.held(caller.shell, alarm_id, asks_network=network == "true")


@router.get("/alarms/{alarm_id}/versions", response_model=Versions)
def list_alarm_versions(caller: asked.Reader, alarm_id: asked.Id) -> Any:
    """List the newest 200 versions of an alarm, newest first."""
    with caller.shell.db.transaction() as tx:
        reading.version(tx, "alarms", alarm_id)
        return {"items": read.versions(tx, alarm_id)}


@router.get("/alarms/{alarm_id}/versions/{number}", response_model=VersionRow)
def get_alarm_version(caller: asked.Reader, alarm_id: asked.Id, number: int) -> Any:
    """Read one version."""
    with caller.shell.db.transaction() as tx:
        return read.version(tx, alarm_id, min(max(number, 0), 2**31 - 1))


@router.get("/alarms/{alarm_id}/steps", response_model=Steps)
def list_alarm_steps(caller: asked.Reader, alarm_id: asked.Id) -> Any:
    """List the newest 200 steps of an alarm's handover, newest first."""
    with caller.shell.db.transaction() as tx:
        reading.version(tx, "alarms", alarm_id)
        return {"items": read.steps(tx, alarm_id)}


#: What null means for a field that has no null of its own: nothing is said.
_NOTHING: dict[str, object] = {"match": {}, "waivers": []}
_LEFT_OUT = frozenset({"managed_by", "source", "evidence", "state", "service", "service_id"})
_NULLABLE = frozenset(
    {
        "impact_within_minutes",
        "respond_within_minutes",
        "for_minutes",
        "expected_pages_per_month",
        "review_by",
    }
)


def _given(body: BaseModel) -> dict[str, object]:
    """Return what was sent, without what was not; null takes out what a field said (RFC 7396)."""
    found: dict[str, object] = {}
    for name, value in body.model_dump(exclude_unset=True).items():
        if value is None and name in ("title", "severity"):
            raise fields.BadFields({name: "cannot be taken out"})
        if value is not None or name in _NULLABLE:
            found[name] = value
        elif name not in _LEFT_OUT:
            found[name] = _NOTHING.get(name, "")
    return found


def _read(caller: Caller, alarm_id: str, response: Response) -> AlarmRow:
    with caller.shell.db.transaction() as tx:
        found = read.get(tx, alarm_id, now=caller.shell.clock.now())
        asked.tag(response, reading.version(tx, "alarms", alarm_id))
    return found


def _order(body: OrderBody) -> Order:
    wanted, unreadable = plan_faults.read(body.definitions)
    return Order(
        wanted=tuple(wanted),
        repository=body.repository,
        unreadable=tuple(unreadable),
        managed_by=body.managed_by,
    )


def _planned(plan: plans.Plan) -> dict[str, Any]:
    return {
        "base": plan.base,
        "changes": [asdict(change) for change in plan.changes],
        "errors": [fault.as_data() for fault in plan.faults],
        "below": [fault.as_data() for fault in plan.below],
        "applied": plan.is_applied,
    }
