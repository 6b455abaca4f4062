"""Alarm shapes: what the API's alarms, plans and findings look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from watchbill.actions import plans
from watchbill.queries.alarms import BoardRow, StepRow, Unregistered, VersionRow
from watchbill.web.api import asked

Name = Annotated[asked.Text, Field(min_length=1, max_length=255)]
Managed = Literal["hand", "yaml", "terraform", "import"]
Severity = Literal["critical", "error", "warning", "info"]
Yes = Literal["true", "false"]


class Waiver(BaseModel):
    """A rule of the bar that need not be met until a day, why, and who answers for that."""

    rule: Name
    reason: asked.Text
    owner: asked.Text
    until: date


class Origin(BaseModel):
    """Where a definition is written."""

    repository: asked.Text = ""
    path: asked.Text = ""
    revision: asked.Text = ""


class Evidence(BaseModel):
    """Who wrote and who approved a version, as its pull request says."""

    url: asked.Text = ""
    author: asked.Text = ""
    approvers: list[asked.Text] = []
    revision: asked.Text = ""


class AlarmChange(BaseModel):
    """What of an alarm is to be otherwise; a new version of it."""

    model_config = ConfigDict(extra="forbid")

    team: asked.Text | None = None
    title: asked.Text | None = None
    description: asked.Text | None = None
    severity: Severity | None = None
    match: dict[str, asked.Text | list[asked.Text]] | None = None
    impact_kind: Literal["", "real", "inevitable"] | None = None
    impact_within_minutes: int | None = None
    customer_impact: asked.Text | None = None
    required_action: asked.Text | None = None
    cannot_wait: asked.Text | None = None
    respond_within_minutes: int | None = None
    expression: asked.Text | None = None
    threshold: asked.Text | None = None
    for_minutes: float | None = None
    rationale: asked.Text | None = None
    expected_pages_per_month: float | None = None
    auto_resolve: asked.Text | None = None
    dedup_key: asked.Text | None = None
    escalation: asked.Text | None = None
    runbook: asked.Text | None = None
    runbook_url: asked.Text | None = None
    runbook_slug: asked.Text | None = None
    review_by: date | None = None
    waivers: list[Waiver] | None = None
    managed_by: Managed | None = None
    source: Origin | None = None
    evidence: Evidence | None = None


class AlarmNew(AlarmChange):
    """A new alarm, with its service by slug or id; a draft, or proposed at once."""

    key: Name
    title: Name
    service: asked.Text | None = None
    service_id: asked.Text | None = None
    state: Literal["draft", "proposed"] | None = None


class AlarmTried(AlarmNew):
    """An alarm as it would be written; what is not said yet has its default."""

    title: asked.Text = ""


class OrderBody(BaseModel):
    """All alarms of one repository as they are to be; what it no longer holds is retired."""

    definitions: list[dict[str, Any]] = Field(max_length=plans.MOST)
    repository: asked.Text = Field(max_length=500)
    managed_by: Literal["yaml", "import"] = "yaml"
    #: `base` of the plan that was looked at; left out: whatever is there now.
    base: asked.Text | None = None


class ChangeOut(BaseModel):
    """What applying does to one alarm."""

    action: Literal["create", "change", "retire", "nothing"]
    service: str
    key: str
    changed: list[str]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    state: str
    in_force: int | None


class FaultOut(BaseModel):
    """Why it cannot be applied: where, what, and what to do."""

    service: str
    key: str
    place: str
    field: str
    message: str
    fix: str
    line: int | None
    rule: str


class PlanOut(BaseModel):
    """What would change, or has, and what stands in the way."""

    base: str
    changes: list[ChangeOut]
    errors: list[FaultOut]
    below: list[FaultOut]
    applied: bool


class FindingOut(BaseModel):
    """What came of one rule of the bar."""

    rule: str
    kind: str
    weight: str
    outcome: str
    title: str
    message: str
    fix: str
    field: str
    line: int | None
    note: str


class Tried(BaseModel):
    """What writing an alarm would do, and what of it stands below the bar."""

    would: Literal["create", "change", "nothing"]
    state: str
    changed: list[str]
    score: int
    blocking: int
    findings: list[FindingOut]


class Held(BaseModel):
    """An alarm's newest version held against the bar."""

    version: int
    bar_version: int
    score: int
    findings: list[FindingOut]


class AlarmState(BaseModel):
    """Where an alarm goes on its way to the on-call team, why, and what the reviewer answers."""

    state: Literal["draft", "proposed", "in_review", "accepted", "declined", "returned", "retired"]
    reason: asked.Text = Field(default="", max_length=2000)
    #: Ids of the rules whose question is answered with yes, such as `R15`.
    answers: list[Name] = Field(default=[], max_length=60)
    #: The number of the version that was read; whoever accepts names it, here or by `If-Match`.
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)


class Reason(BaseModel):
    """Why, for everybody to read."""

    reason: asked.Text = Field(max_length=2000)


class Mute(BaseModel):
    """Until when an alarm is silent; null ends the silence."""

    until: asked.Instant | None


class Board(BaseModel):
    """How far each team is with its alarms."""

    items: list[BoardRow]


class Names(BaseModel):
    """Names that events give and that are of no alarm."""

    items: list[Unregistered]


class Versions(BaseModel):
    """An alarm's versions, newest first."""

    items: list[VersionRow]


class Steps(BaseModel):
    """An alarm's handover, newest first."""

    items: list[StepRow]


class Which(BaseModel):
    """Which alarms to list; retired ones only with `state=retired`."""

    service: asked.Filter | None = None
    service_id: asked.Filter | None = None
    team: asked.Filter | None = None
    team_id: asked.Filter | None = None
    state: asked.Filter | None = None
    key: asked.Filter | None = None
    repository: asked.Filter | None = None
    managed_by: Managed | None = None
    overdue: Yes | None = None
    without_runbook: Yes | None = None
    broken_glass: Yes | None = None
