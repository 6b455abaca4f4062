"""The form in which an alarm is written by hand, and the bar's own screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from watchbill.web.ui.alarm import Bar
from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverRow:
    """One waiver as it is typed."""

    #: The rule's id.
    rule: str = ""
    #: Why it need not be met for a while.
    reason: str = ""
    #: The mail address of who answers for that.
    owner: str = ""
    #: Until which day, included.
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmForm:
    """The screens at `/alarms/new` and `/alarms/{id}/edit`."""

    #: The alarm's id; empty for a new one.
    id: str
    #: What the screen is called.
    heading: str
    #: What was typed, or what is so: the field's name to its text.
    values: dict[str, str]
    #: Services to choose from, by slug; of the viewer's own team first.
    services: tuple[Choice, ...]
    #: Teams to choose from, by slug.
    teams: tuple[Choice, ...]
    #: Waivers, with an empty one at the end.
    waivers: tuple[WaiverRow, ...]
    #: What tells a stale form from a fresh one.
    etag: str = ""
    #: It is written in code: where, in words; or empty.
    code: str = ""
    #: Its file's web address; or empty.
    code_href: str = ""
    #: What saving does: `a draft`, `version 4, which is proposed; version 3 stays in force`.
    saving: str = ""
    #: How it stands to the bar, once one has checked.
    bar: Bar | None = None
    #: What saving would change, in words; or empty.
    changed: str = ""
    #: One sentence: what is wrong; or empty.
    error: str = ""
    #: What is wrong with a field, by its name.
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule of the bar."""

    #: Its id.
    id: str
    #: What it asks for.
    title: str
    #: Acceptance waits for it; else it warns.
    is_blocking: bool
    #: What checks it: `the text`, `the network`, `the history`, `a person`.
    kind: str
    #: Why it is there.
    why: str
    #: What to do about a fault.
    fix: str
    #: What a reviewer is asked; or empty.
    question: str
    #: A waiver may lift it.
    may_be_waived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One number of the bar."""

    #: Its name in the form.
    name: str
    #: What it is, in words with its unit.
    label: str
    #: The number as it is typed.
    value: str
    #: What is wrong with what was typed; or empty.
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarScreen:
    """The screen at `/bar`."""

    #: Which version of the numbers.
    version: int
    #: When they were agreed; None for the first ones.
    agreed_at: datetime | None
    #: By whom; or empty.
    agreed_by: str
    #: The viewer is of the on-call team and may agree on others.
    may_agree: bool
    #: The numbers.
    limits: tuple[LimitRow, ...]
    #: The rules about the alarm.
    alarm_rules: tuple[RuleRow, ...]
    #: The rules about its runbook.
    runbook_rules: tuple[RuleRow, ...]
    #: One sentence: what was wrong; or empty.
    error: str = ""
