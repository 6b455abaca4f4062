"""Prometheus' alarms: what an alerting rule that Prometheus would load says of an alarm.

The rule's name is the key; where several rules of a service share it, the static labels in which
they differ tell their events apart. What Prometheus has no word for stands in annotations: a
field's own name, or `watchbill_` before it.

Source: Prometheus 3 documentation, Alerting rules.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchbill.core import definitions, payloads
from watchbill.core.definitions import ALARM
from watchbill.definitions import definition_fields, prometheus_durations, table_parts, yaml_nodes
from watchbill.definitions.definition_fields import Sheet
from watchbill.definitions.written import Beside, Names, Reading
from watchbill.definitions.yaml_nodes import Entry, Items, Scalar, Table, nearest

#: Where a template of Go begins.
TEMPLATE = "{{"
#: What we call in an annotation what people call otherwise.
_ANNOTATIONS = {"summary": "title", "description": "description", "message": "description"}
#: What a rule itself says, so that no annotation can.
_SAID = frozenset({"key", "service", "team", "severity", "match", "expression", "for_minutes"})
_PREFIX = "watchbill_"
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An alerting rule, its text parts and its group's labels beneath its own."""

    table: Table
    name: str
    labels: Mapping[str, Entry]
    annotations: Mapping[str, Entry]

    @property
    def static(self) -> dict[str, str]:
        """Return the labels whose values are the same on every event."""
        texts = {name: table_parts.string(entry.value) for name, entry in self.labels.items()}
        return {name: text for name, text in texts.items() if text and TEMPLATE not in text}


def told_apart(
    rules: Sequence[Rule], names: Names
) -> Iterator[tuple[Rule, tuple[tuple[str, str], ...]]]:
    """Return each rule with the labels that tell its events from those of its namesakes."""
    namesakes: defaultdict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        namesakes[rule.static.get("service", names.service), rule.name].append(rule)
    for rule in rules:
        same = namesakes[rule.static.get("service", names.service), rule.name]
        yield rule, _differing(rule, same) if len(same) > 1 else ()


def _differing(rule: Rule, same: Sequence[Rule]) -> tuple[tuple[str, str], ...]:
    """Return the one label that differs in all of them, severity first; else all that differ."""
    mine = rule.static
    values = {label: Counter(each.static.get(label) for each in same) for label in mine}
    alone = [label for label, count in values.items() if len(count) == len(same)]
    if alone:
        label = "severity" if "severity" in alone else min(alone)
        return ((label, mine[label]),)
    return tuple(sorted((label, mine[label]) for label, count in values.items() if len(count) > 1))


def read(
    rule: Rule,
    told_by: Sequence[tuple[str, str]],
    names: Names,
    beside: Beside,
    found: Reading,
) -> None:
    """Add the alarm that a rule is to `found`; `told_by` are labels of its match beside its name."""
    entries = dict(_annotated(rule, found))
    table, static = rule.table, rule.static
    alert, expr = table.entries["alert"], table.entries["expr"]
    entries["key"] = _like(alert, _key(rule.name, told_by))
    entries["expression"] = Entry(expr.key, expr.value)
    if "for" in table.entries:
        length = prometheus_durations.minutes(table_parts.said(table, "for")) or 0.0
        entries["for_minutes"] = _like(
            table.entries["for"], f"{length:.9f}".rstrip("0").rstrip(".")
        )
    for field in ("service", "team"):
        if field in static:
            entries[field] = rule.labels[field]
    word = static.get("severity")
    severity = _like(rule.labels["severity"] if word else alert, payloads.severity(word).value)
    entries["severity"] = severity
    if told_by:
        entries["match"] = Entry(alert.key, _match(alert, rule.name, told_by))
    sheet = Sheet(
        place=alert.place, own=entries, defaults=_of_course(rule), names=names, beside=beside
    )
    written = definition_fields.read(sheet, found)
    if written:
        found.written.append(written)


def _key(name: str, told_by: Sequence[tuple[str, str]]) -> str:
    """Return a rule's name, with what tells it from its namesakes in the name's own spelling."""
    words = [word for _, value in told_by for word in _WORD.findall(value)]
    if name.islower() and words:
        return "-".join([name.replace("_", "-"), *(word.lower() for word in words)])
    return name + "".join(word[:1].upper() + word[1:] for word in words)


def _of_course(rule: Rule) -> dict[str, Entry]:
    """Return what holds of every rule of Prometheus, unless it says otherwise.

    Alertmanager tells alerts apart by their labels; a template in one makes others of them.
    """
    alert = rule.table.entries["alert"]
    changing = [text for text in map(_labelled, rule.labels.values()) if TEMPLATE in text]
    return {
        "dedup_key": _like(alert, ", ".join(["fingerprint", *changing])),
        "auto_resolve": _like(alert, "when the expression no longer holds"),
    }


def _labelled(entry: Entry) -> str:
    return f"{entry.key.text}={table_parts.string(entry.value)}"


def _match(alert: Entry, name: str, told_by: Sequence[tuple[str, str]]) -> Table:
    labels = {ALARM: name, **dict(told_by)}
    return Table(
        alert.key.place, {label: _like(alert, value, name=label) for label, value in labels.items()}
    )


def _annotated(rule: Rule, found: Reading) -> Iterator[tuple[str, Entry]]:
    """Return the fields that annotations say; the first of a field counts."""
    taken = set()
    for name, entry in rule.annotations.items():
        field = _ANNOTATIONS.get(name, name.removeprefix(_PREFIX))
        if field not in definitions.FIELDS or field in _SAID:
            if name.startswith(_PREFIX):
                known = [_PREFIX + each for each in definitions.FIELDS if each not in _SAID]
                found.wrong(entry.place, name, "there is no such field", nearest(name, known))
            continue
        if field not in taken:
            taken.add(field)
            yield field, _waivers(entry, found) if field == "waivers" else _unquoted(entry)


def _waivers(entry: Entry, found: Reading) -> Entry:
    """Return the waivers that stand as YAML in an annotation's text."""
    text, inner = table_parts.string(entry.value), Reading()
    node = yaml_nodes.read(entry.place.file, text.encode("utf-8", "replace"), inner)
    for problem in inner.problems:
        place = entry.place.at(min(problem.line, text.count("\n") + 1))
        found.wrong(place, entry.key.text, problem.message, problem.fix)
    return Entry(entry.key, node or Items(entry.place))


def _unquoted(entry: Entry) -> Entry:
    """Return an annotation, which is always text, so that digits in it may be a number."""
    value = entry.value
    if isinstance(value, Scalar):
        value = Scalar(value.text, value.file, value.line, value.text_line, is_plain=True)
    return Entry(entry.key, value)


def _like(entry: Entry, text: str, *, name: str = "") -> Entry:
    """Return an entry that stands where `entry` does and says something else."""
    key = entry.key
    named = Scalar(name or key.text, key.file, key.line, None, is_plain=True)
    return Entry(named, Scalar(text, key.file, key.line, None, is_plain=True))
