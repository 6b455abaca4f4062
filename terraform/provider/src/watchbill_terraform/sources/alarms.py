"""Alarms, the lines that must read zero, and the bar."""

from __future__ import annotations

from typing import Any

from watchbill_terraform.framework.servicer import State
from watchbill_terraform.framework.shapes import List, Map, Object, String
from watchbill_terraform.sources.reading import Source
from watchbill_terraform.words import BOOL, NUMBER, TEXT_SET, known, may, need

_SHOWN = {
    "id": String(), "service": String(), "key": String(), "title": String(), "team": String(),
    "handover_state": String(), "version": NUMBER, "in_force": NUMBER, "managed_by": String(),
    "covered_out_of_hours": BOOL,
}  # fmt: skip


class Alarm(Source):
    """One alarm by service and key."""

    NAME = "alarm"
    ABOUT = "An alarm that is written down, by whatever way."
    ATTRIBUTES = (
        need("service", "The service's slug."),
        need("key", "The alarm's key."),
        *(
            known(name, f"Its {name.replace('_', ' ')}.", kind)
            for name, kind in _SHOWN.items()
            if name not in ("service", "key")
        ),
        known("severity", "How grave it is."),
        known("match", "Label to values.", Map(TEXT_SET)),
        known("runbook", "What to do."),
        known("runbook_url", "Where that is written."),
        known("content_hash", "sha256 of what it says."),
    )

    def find(self, asked: State) -> State:
        """Return the alarm."""
        what = f"alarm {asked['key']!r} of {asked['service']!r}"
        return _shown(self.one("alarms", what, service=asked["service"], key=asked["key"]))


class Alarms(Source):
    """Every alarm of a service, a team, or in a state."""

    NAME = "alarms"
    ABOUT = "Every alarm, or those of a service, of a team, in a state."
    ATTRIBUTES = (
        may("service", "Of this service (slug)."),
        may("team", "Of this team (slug)."),
        may("state", "In this state, such as accepted."),
        known("alarms", "What was found.", List(Object(_SHOWN))),
    )

    def find(self, asked: State) -> State:
        """Return the alarms."""
        rows = (_shown(row) for row in self.client.every("alarms", **asked))
        return {"alarms": [{name: row.get(name) for name in _SHOWN} for row in rows]}


class Health(Source):
    """The lines that must read zero."""

    NAME = "health"
    ABOUT = "The lines that must read zero; for `check` blocks."
    ATTRIBUTES = (
        known("lines", "Rule to how often it was broken.", Map(NUMBER)),
        known("is_well", "Whether every line reads zero.", BOOL),
    )

    def find(self, asked: State) -> State:
        """Return the lines."""
        rows = self.client.ask("GET", "health").data["items"]
        lines: dict[str, int] = {}
        for row in rows:
            lines[row["key"]] = lines.get(row["key"], 0) + row["count"]
        return {"lines": lines, "is_well": not any(lines.values())}


class RunbookBar(Source):
    """The rules that alarms and runbooks are held against."""

    NAME = "runbook_bar"
    ABOUT = "The agreed rules that alarms and runbooks are held against."
    ATTRIBUTES = (
        known("version", "The bar's version."),
        known(
            "rules", "Every rule.",
            List(
                Object({n: String() for n in ("id", "title", "kind", "weight", "why", "fix")}),
            ),
        ),
    )  # fmt: skip

    def find(self, asked: State) -> State:
        """Return the bar."""
        bar = self.client.ask("GET", "bar").data
        names = ("id", "title", "kind", "weight", "why", "fix")
        rules = [{name: rule.get(name) for name in names} for rule in bar["rules"]]
        return {"version": str(bar["version"]), "rules": rules}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"handover_state": row["state"]}
