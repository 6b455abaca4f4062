"""Prometheus' rules: a file of them, read as strictly as `promtool check rules` reads it.

What passes here loads there. Beyond that, Mimir's `namespace:` is let through, and what newer
versions of Prometheus and Mimir know. Each alerting rule is an alarm; a recording rule is only
looked at.

Source: prometheus/model/rulefmt; Mimir's rule groups.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import promql_parser

from watchbill.definitions import prometheus_alarms, prometheus_durations, table_parts
from watchbill.definitions.prometheus_alarms import Rule
from watchbill.definitions.written import Beside, Names, Reading
from watchbill.definitions.yaml_nodes import Entry, Table

_FILE = ("groups", "namespace")
_GROUP = (
    "name", "interval", "query_offset", "evaluation_delay", "limit", "rules", "labels",
    "partial_response_strategy", "source_tenants", "align_evaluation_time_on_interval",
)  # fmt: skip
_RULE = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")
_FOR_ALERTS = ("for", "keep_firing_for", "annotations")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def read(root: Table, names: Names, beside: Beside, found: Reading) -> None:
    """Add the alarms of a file's rules, and everything that is wrong with it, to `found`."""
    table_parts.known(root, _FILE, "a file of rules", found)
    groups, seen = root.entries["groups"], set()
    rules = []
    for group in table_parts.tables(groups, "groups", found):
        table_parts.known(group, _GROUP, "a group", found)
        name = table_parts.said(group, "name")
        if not name:
            found.wrong(group.place, "name", "the group has no name", "Give it one.")
        elif name in seen:
            place = group.entries["name"].place
            found.wrong(place, "name", f"there are two groups {name}", "Rename one of them.")
        seen.add(name)
        _durations(group, ("interval", "query_offset", "evaluation_delay"), found)
        shared = table_parts.strings(group, "labels", found)
        if "rules" in group.entries:
            for table in table_parts.tables(group.entries["rules"], "rules", found):
                rule = _rule(table, shared, found)
                if rule:
                    rules.append(rule)
    for rule, told_by in prometheus_alarms.told_apart(rules, names):
        prometheus_alarms.read(rule, told_by, names, beside, found)


def _rule(table: Table, shared: Mapping[str, Entry], found: Reading) -> Rule | None:
    """Return an alerting rule that Prometheus would load; a recording rule is only looked at."""
    before = len(found.problems)
    table_parts.known(table, _RULE, "a rule", found)
    name, record = table_parts.said(table, "alert"), table_parts.said(table, "record")
    if bool(name) == bool(record):
        message = "a rule has either `alert` or `record`"
        found.wrong(table.place, "alert", message, "Write one of the two.")
    _expression(table, found)
    _durations(table, ("for", "keep_firing_for"), found)
    labels, annotations = (
        table_parts.strings(table, "labels", found),
        table_parts.strings(table, "annotations", found),
    )
    if record:
        _recording(table, record, found)
    for field in ("labels", "annotations"):
        _templates(table_parts.strings(table, field, Reading()), field, found)
    if record or not name or len(found.problems) > before:
        return None
    return Rule(table=table, name=name, labels={**shared, **labels}, annotations=annotations)


def _recording(table: Table, record: str, found: Reading) -> None:
    for field in _FOR_ALERTS:
        if table_parts.is_said(table, field):
            place = table.entries[field].place
            message = f"a recording rule has no `{field}`"
            found.wrong(place, field, message, "Take it out, or write `alert`.")
    if not _METRIC.fullmatch(record):
        place = table.entries["record"].place
        found.wrong(
            place, "record", f"the name {record} is none of a metric", "Use letters, _ and :."
        )


def _expression(table: Table, found: Reading) -> None:
    text = table_parts.said(table, "expr")
    if not text.strip():
        found.wrong(table.place, "expr", "the rule has no expression", "Write `expr:`.")
        return
    place = table.entries["expr"].place
    try:
        promql_parser.parse(text)
    except ValueError as error:
        said = " ".join(str(error).split())
        found.wrong(place, "expr", f"is not PromQL: {said}", "Try it in Prometheus' own page.")


def _durations(table: Table, fields: Sequence[str], found: Reading) -> None:
    for field in fields:
        if (
            table_parts.is_said(table, field)
            and prometheus_durations.minutes(table_parts.said(table, field)) is None
        ):
            place = table.entries[field].place
            fix = "Write it as 5m, 1h30m or 90s."
            found.wrong(place, field, "is no duration of Prometheus", fix)


def _templates(entries: Mapping[str, Entry], field: str, found: Reading) -> None:
    """Note names no label may have, and templates that begin and do not end."""
    for name, entry in entries.items():
        if not _LABEL.fullmatch(name) or (field == "labels" and name == "__name__"):
            found.wrong(entry.place, name, f"cannot be a name among {field}", "Use letters and _.")
        text = table_parts.string(entry.value)
        if text.count("{{") != text.count("}}"):
            message = "a template begins or ends without its other half"
            found.wrong(entry.place, name, message, "Write `{{ … }}`.")
