"""Definition: everything that is written down about an alarm, as people review it.

One value whatever way in it came: a YAML file, Terraform, the API, a form. Its content has a hash,
so that applying the same thing twice changes nothing. Where it was written (`Origin`) is not part of
what it says.

Source: requirements AL1-AL9; on-call-practice §7 (the rationalization record of ISA-18.2).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from watchbill.core.events import Severity

#: What an alarm says it matches: a field's name to the values it may have, sorted by name.
#: The name `alarm` means the alarm's name as its source writes it (`alertname`, `class` …).
Match = tuple[tuple[str, tuple[str, ...]], ...]

#: The name in a match that means the event's own name of the alarm.
ALARM = "alarm"
_ALIASES = {"alertname": ALARM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A rule of the bar that need not be met for a while, and who answers for that."""

    #: The rule's id, such as `A17`.
    rule: str
    reason: str
    #: The mail address of who answers for it.
    owner: str
    #: The last day on which it counts.
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a definition is written: its repository, its path there and the revision."""

    repository: str = ""
    path: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What an alarm is, what it costs customers and what to do. Empty text is "not said"."""

    #: Unique within its service; names the alarm for ever.
    key: str
    #: The service's slug.
    service: str
    #: The owning team's slug; "" for whoever owns the service.
    team: str = ""
    #: One sentence, as a person reads it when woken.
    title: str = ""
    #: What is measured; may hold the source's templates.
    description: str = ""
    #: None when it is not one of the four words.
    severity: Severity | None = Severity.CRITICAL
    #: Which events are of this alarm; empty means those whose own alarm name is the key.
    match: Match = ()
    #: `real`: customers feel it now; `inevitable`: they will, within `impact_within_minutes`.
    impact_kind: str = ""
    impact_within_minutes: int | None = None
    customer_impact: str = ""
    required_action: str = ""
    #: Why the action cannot wait until morning.
    cannot_wait: str = ""
    respond_within_minutes: int | None = None
    #: The condition as the monitoring system has it, such as a PromQL expression.
    expression: str = ""
    threshold: str = ""
    for_minutes: float | None = None
    #: Why this threshold and this duration.
    rationale: str = ""
    expected_pages_per_month: float | None = None
    #: When it resolves by itself.
    auto_resolve: str = ""
    #: What makes two events one condition.
    dedup_key: str = ""
    #: Whom it escalates to: "" and `managers` are the same, all else fails A20.
    escalation: str = ""
    #: Markdown, hosted inside.
    runbook: str = ""
    #: Or where it is.
    runbook_url: str = ""
    #: Or the slug of a runbook kept inside on its own, whose text is then copied to `runbook`.
    runbook_slug: str = ""
    #: Until which day, included, an acceptance may last.
    review_by: date | None = None
    waivers: tuple[Waiver, ...] = ()

    @property
    def has_runbook(self) -> bool:
        """True if it says what to do, or where that is written."""
        return bool(self.runbook.strip() or self.runbook_url.strip())

    @property
    def conditions(self) -> Match:
        """Return its match, or the default one: the event names the alarm by its key."""
        return self.match or ((ALARM, (self.key,)),)


#: Every field's name, in the order in which they are written.
FIELDS = tuple(field.name for field in fields(Definition))


def to_data(definition: Definition) -> dict[str, Any]:
    """Return the definition as JSON knows it: every field, a match as a mapping, dates as text."""
    data = asdict(definition)
    data["severity"] = definition.severity.value if definition.severity else ""
    data["match"] = {name: list(values) for name, values in definition.match}
    data["review_by"] = definition.review_by.isoformat() if definition.review_by else None
    data["waivers"] = [
        {**asdict(waiver), "until": waiver.until.isoformat()} for waiver in definition.waivers
    ]
    return data


def from_data(data: Mapping[str, Any]) -> Definition:
    """Return the definition that `to_data` wrote, or one that was checked by a reader.

    What is missing has its default. Raises: TypeError, ValueError, KeyError on other shapes.
    """
    values = {name: data[name] for name in FIELDS if name in data}
    if "severity" in values:
        text = values["severity"]
        values["severity"] = Severity(text) if text else None
    values["match"] = as_match(data.get("match") or {})
    values["waivers"] = tuple(
        Waiver(
            rule=waiver["rule"],
            reason=waiver["reason"],
            owner=waiver["owner"],
            until=date.fromisoformat(waiver["until"]),
        )
        for waiver in data.get("waivers") or ()
    )
    if isinstance(values.get("review_by"), str):
        values["review_by"] = date.fromisoformat(values["review_by"])
    return Definition(**values)


def as_match(labels: Mapping[str, Any]) -> Match:
    """Return a match from names and a value, or several that are as good, each.

    `alertname` is what Prometheus calls an event's own name of the alarm; it means the same.

    >>> as_match({"env": "production", "alertname": ["A", "B"]})
    (('alarm', ('A', 'B')), ('env', ('production',)))
    """
    named = {_ALIASES.get(name, name): value for name, value in labels.items()}
    return tuple(
        (name, (value,) if isinstance(value, str) else tuple(sorted(set(value))))
        for name, value in sorted(named.items())
    )


def content_hash(definition: Definition) -> str:
    """Return what tells two definitions apart: sha256 of all they say, 64 hexadecimal digits."""
    text = json.dumps(to_data(definition), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def changed_fields(before: Definition | None, after: Definition) -> tuple[str, ...]:
    """Return the names of the fields in which two versions differ, in their written order."""
    if before is None:
        return tuple(name for name in FIELDS if getattr(after, name) not in ("", None, ()))
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))
