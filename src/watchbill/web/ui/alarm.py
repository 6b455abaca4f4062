"""One alarm: what it says, what comes next, the bar, its history, its versions, its review, its runbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from watchbill.web.ui.alarm_steps import Offer
from watchbill.web.ui.alarms import StateWord
from watchbill.web.ui.shell import Choice, Fact, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that a rule sees wrong."""

    #: What is wrong.
    message: str
    #: Where: `runbook, line 12`; or empty.
    place: str
    #: Why it is waived; or empty.
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """What came of one rule of the bar."""

    #: The rule's id: `A7`.
    rule: str
    #: What the rule asks for.
    title: str
    #: Acceptance waits for it.
    is_blocking: bool
    #: What is wrong, all of it.
    faults: tuple[Fault, ...]
    #: What to do; or empty.
    fix: str
    #: What it needs in order to be checked; or empty.
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A definition held against the bar."""

    #: 0 to 100: how much of it is met.
    score: int
    #: What is below it, what blocks first.
    failed: tuple[FindingRow, ...]
    #: What is waived.
    waived: tuple[FindingRow, ...]
    #: What could not be checked here: a person answers it, or it needs the network.
    not_checked: tuple[FindingRow, ...]
    #: The rules that are met.
    passed: tuple[FindingRow, ...]

    @property
    def blocking_count(self) -> int:
        """How many rules acceptance waits for."""
        return sum(row.is_blocking for row in self.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of its handover."""

    #: When; aware UTC.
    at: datetime
    #: What happened, in words.
    sentence: str
    #: Of which version.
    version: int
    #: Who did it, or what.
    who: str
    #: Why, or what changed; or empty.
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version in the list of them."""

    #: Its number.
    number: int
    #: When it was written; aware UTC.
    at: datetime
    #: Who wrote it.
    author: str
    #: By which way: `by hand`, `Terraform`.
    way: str
    #: Its pull request's address, or empty.
    href: str
    #: Who accepted it, or empty.
    accepted_by: str
    #: It is in force.
    is_in_force: bool
    #: Why it applied without review; or empty.
    glass_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """What it did in one month."""

    #: The month's first day.
    on: date
    #: How many incidents.
    incidents: int
    #: How many pages out of hours.
    night_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredRow:
    """One incident of it."""

    #: The incident's id.
    id: str
    #: Its number.
    number: int
    #: What was wrong.
    title: str
    #: Where it stands.
    state: str
    #: When it was opened; aware UTC.
    opened_at: datetime
    #: How many pages out of hours.
    night_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What an alarm did lately."""

    #: What it did in the last months, oldest first.
    months: tuple[MonthRow, ...]
    #: Its newest incidents.
    incidents: tuple[FiredRow, ...]
    #: What was said of them afterwards, in one sentence; or empty.
    verdicts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """What an alarm's newest version says."""

    #: Whether customers feel it now, or will, in a sentence; or empty.
    impact: str
    #: What customers feel.
    customer_impact: str
    #: What to do.
    required_action: str
    #: Why it cannot wait until morning.
    cannot_wait: str
    #: What fires it, and the numbers.
    facts: tuple[Fact, ...]
    #: How it recognizes its events: a name and its values.
    match: tuple[Fact, ...]
    #: The condition as its monitoring system has it, or empty.
    expression: str
    #: It has a runbook inside.
    has_runbook: bool
    #: Where the runbook is kept outside, or empty.
    runbook_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the alarm is written."""

    #: `Terraform`, `YAML in a repository`, `an import`, `by hand`.
    way: str
    #: The repository, or empty.
    repository: str
    #: The path in it, or empty.
    path: str
    #: The revision, or empty.
    revision: str
    #: The file's web address, where that can be told; or empty.
    href: str
    #: The pull request's address, or empty.
    evidence_href: str
    #: Who wrote and who approved the pull request, in words; or empty.
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The screen at `/alarms/{id}`."""

    #: The alarm's id.
    id: str
    #: Its key.
    key: str
    #: What it means, in one sentence.
    title: str
    #: The service it belongs to.
    service_name: str
    #: The owning team's id.
    team_id: str
    #: The owning team's name.
    team_name: str
    #: How bad it is.
    severity: Severity
    #: Where its newest version is.
    state: StateWord
    #: Since when.
    state_at: datetime
    #: Why it is there, as whoever brought it there said; or empty.
    state_reason: str
    #: Which version wakes people and which one waits.
    in_force: str
    #: It may wake a volunteer now.
    wakes: bool
    #: What the viewer may do, and what comes next.
    offer: Offer
    #: What tells a stale form from a fresh one.
    etag: str
    #: What its newest version says.
    says: Says
    #: Its newest version held against the bar; None once it is retired.
    bar: Bar | None
    #: Where it is written.
    place: Place
    #: It is written in code and was changed by hand.
    is_drift: bool
    #: It applies without review: who broke the glass, and why; or empty.
    glass: str
    #: What it did lately.
    history: History
    #: The steps of its handover, newest first.
    steps: tuple[StepRow, ...]
    #: Its versions, newest first.
    versions: tuple[VersionRow, ...]
    #: One sentence: what was wrong with the form just sent; or empty.
    error: str = ""
    #: What of the bar stood in the way.
    error_findings: tuple[FindingRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a changed field."""

    #: `same`, `ins` or `del`.
    kind: str
    #: The text, with its line's end.
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDiff:
    """How one field differs between two versions."""

    #: The field in words.
    label: str
    #: What it was and became, in stretches.
    pieces: tuple[Piece, ...]
    #: It is many lines, shown one below the other.
    is_long: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The screen at `/alarms/{id}/versions`: two versions side by side."""

    #: The alarm's id.
    id: str
    #: Its title.
    title: str
    #: Versions to choose from, newest first.
    choices: tuple[Choice, ...]
    #: The older one's number.
    before: str
    #: The newer one's number.
    after: str
    #: What differs.
    fields: tuple[FieldDiff, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question only a person can answer."""

    #: The rule's id.
    rule: str
    #: The question, or for R15 the sentence one puts one's name to.
    text: str
    #: Why it is asked.
    why: str
    #: It was ticked before.
    is_yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system that the runbook's reader must be able to get into."""

    #: Its name.
    name: str
    #: The viewer has confirmed that they can.
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The screen at `/alarms/{id}/review`."""

    #: The alarm's id.
    id: str
    #: Its key.
    key: str
    #: What it means.
    title: str
    #: The service it belongs to.
    service_name: str
    #: The owning team's name.
    team_name: str
    #: Which version is reviewed.
    version: int
    #: The version in force, or None.
    in_force: int | None
    #: The viewer may judge it as it stands; else the form is not shown.
    may_judge: bool
    #: What tells a stale form from a fresh one.
    etag: str
    #: Who wrote it.
    author: str
    #: What customers feel.
    customer_impact: str
    #: What to do.
    required_action: str
    #: Why it cannot wait.
    cannot_wait: str
    #: The runbook, rendered safe; None if it is kept elsewhere or missing.
    runbook: Markup | None
    #: Where it is kept elsewhere, or empty.
    runbook_href: str
    #: What it meets of the bar.
    bar: Bar
    #: What only a person can answer.
    questions: tuple[Question, ...]
    #: The systems of R8.
    systems: tuple[System, ...]
    #: What was typed as reason.
    reason: str = ""
    #: One sentence: what was wrong; or empty.
    error: str = ""
    #: What of the bar stood in the way.
    error_findings: tuple[FindingRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a runbook."""

    #: Its anchor: `mitigation`.
    id: str
    #: Its heading; empty for what stands before the first one.
    title: str
    #: Its text, rendered safe.
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """The screen at `/alarms/{id}/runbook`, for a phone at night."""

    #: The alarm's id.
    id: str
    #: What it means.
    title: str
    #: The service it belongs to.
    service_name: str
    #: Which version is shown, in words: `version 3, in force`.
    shown: str
    #: What to do, in a sentence; or empty.
    required_action: str
    #: What customers feel; or empty.
    customer_impact: str
    #: Its sections, in order.
    sections: tuple[Section, ...]
    #: Sections to jump to, Mitigation first.
    jumps: tuple[Choice, ...]
    #: Where it is kept outside, or empty.
    href: str
    #: The open incident one came from, or empty.
    incident_id: str
