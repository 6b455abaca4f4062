"""Prometheus' rules: each alerting rule of a file is an alarm.

Read as strictly as `promtool check rules` does, so that what passes here loads there; Mimir's and
Loki's `namespace:` is let through. The rule's name is the key; where several rules of a service
share it, the static labels in which they differ tell their events apart. What Prometheus has no
word for stands in annotations: a field's own name, or `watchbill_` before it.

Source: Prometheus 3 documentation, Alerting rules; prometheus/model/rulefmt.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import promql_parser

from watchbill.core import definitions, payloads
from watchbill.core.definitions import ALARM
from watchbill.definitions import definition_fields, prometheus_durations, yaml_nodes
from watchbill.definitions.definition_fields import Sheet
from watchbill.definitions.written import Beside, Names, Reading
from watchbill.definitions.yaml_nodes import Entry, Items, Node, Scalar, Table, nearest

#: What we call in an annotation what people call otherwise.
_ANNOTATIONS = {"summary": "title", "description": "description", "message": "description"}
#: What a rule itself says, so that no annotation can.
_SAID = frozenset({"key", "service", "team", "severity", "match", "expression", "for_minutes"})
_PREFIX = "watchbill_"

_FILE = ("groups", "namespace")
_GROUP = (
    "name", "interval", "query_offset", "evaluation_delay", "limit", "rules", "labels",
    "partial_response_strategy", "source_tenants", "align_evaluation_time_on_interval",
)  # fmt: skip
_RULE = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")
_FOR_ALERTS = ("for", "keep_firing_for", "annotations")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_WORD = re.compile(r"[A-Za-z0-9]+")
#: Where a template of Go begins.
_TEMPLATE = "{{"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """An alerting rule, its text parts and its group's labels beneath its own."""

    table: Table
    name: str
    labels: Mapping[str, Entry]
    annotations: Mapping[str, Entry]

    @property
    def static(self) -> dict[str, str]:
        """Return the labels whose values are the same on every event."""
        texts = {name: _string(entry.value) for name, entry in self.labels.items()}
        return {name: text for name, text in texts.items() if text and _TEMPLATE not in text}


def read(root: Table, names: Names, beside: Beside, found: Reading) -> None:
    """Add the alarms of a file's rules, and everything that is wrong with it, to `found`."""
    _known(root, _FILE, "a file of rules", found)
    groups, seen = root.entries["groups"], set()
    rules = []
    for group in _tables(groups, "groups", found):
        _known(group, _GROUP, "a group", found)
        name = _said(group, "name")
        if not name:
            found.wrong(group.place, "name", "the group has no name", "Give it one.")
        elif name in seen:
            place = group.entries["name"].place
            found.wrong(place, "name", f"there are two groups {name}", "Rename one of them.")
        seen.add(name)
        _durations(group, ("interval", "query_offset", "evaluation_delay"), found)
        shared = _strings(group, "labels", found)
        if "rules" in group.entries:
            for table in _tables(group.entries["rules"], "rules", found):
                rule = _rule(table, shared, found)
                if rule:
                    rules.append(rule)
    for rule, told_by in _told_apart(rules, names):
        _alarm(rule, told_by, names, beside, found)


def _rule(table: Table, shared: Mapping[str, Entry], found: Reading) -> _Rule | None:
    """Return an alerting rule that Prometheus would load; a recording rule is only looked at."""
    before = len(found.problems)
    _known(table, _RULE, "a rule", found)
    name, record = _said(table, "alert"), _said(table, "record")
    if bool(name) == bool(record):
        message = "a rule has either `alert` or `record`"
        found.wrong(table.place, "alert", message, "Write one of the two.")
    _expression(table, found)
    _durations(table, ("for", "keep_firing_for"), found)
    labels, annotations = _strings(table, "labels", found), _strings(table, "annotations", found)
    if record:
        _recording(table, record, found)
    for field in ("labels", "annotations"):
        _templates(_strings(table, field, Reading()), field, found)
    if record or not name or len(found.problems) > before:
        return None
    return _Rule(table=table, name=name, labels={**shared, **labels}, annotations=annotations)


def _recording(table: Table, record: str, found: Reading) -> None:
    for field in _FOR_ALERTS:
        if _is_said(table, field):
            place = table.entries[field].place
            message = f"a recording rule has no `{field}`"
            found.wrong(place, field, message, "Take it out, or write `alert`.")
    if not _METRIC.fullmatch(record):
        place = table.entries["record"].place
        found.wrong(place, "record", f"{record} is no name of a metric", "Use letters, _ and :.")


def _expression(table: Table, found: Reading) -> None:
    text = _said(table, "expr")
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
        if _is_said(table, field) and prometheus_durations.minutes(_said(table, field)) is None:
            place = table.entries[field].place
            fix = "Write it as 5m, 1h30m or 90s."
            found.wrong(place, field, "is no duration of Prometheus", fix)


def _templates(entries: Mapping[str, Entry], field: str, found: Reading) -> None:
    """Note names no label may have, and templates that begin and do not end."""
    for name, entry in entries.items():
        if not _LABEL.fullmatch(name) or (field == "labels" and name == "__name__"):
            found.wrong(entry.place, name, f"cannot be a name among {field}", "Use letters and _.")
        text = _string(entry.value)
        if text.count("{{") != text.count("}}"):
            message = "a template begins or ends without its other half"
            found.wrong(entry.place, name, message, "Write `{{ … }}`.")


def _told_apart(
    rules: Sequence[_Rule], names: Names
) -> Iterator[tuple[_Rule, tuple[tuple[str, str], ...]]]:
    """Return each rule with the labels that tell its events from those of its namesakes."""
    namesakes: defaultdict[tuple[str, str], list[_Rule]] = defaultdict(list)
    for rule in rules:
        namesakes[rule.static.get("service", names.service), rule.name].append(rule)
    for rule in rules:
        same = namesakes[rule.static.get("service", names.service), rule.name]
        yield rule, _differing(rule, same) if len(same) > 1 else ()


def _differing(rule: _Rule, same: Sequence[_Rule]) -> tuple[tuple[str, str], ...]:
    """Return the one label that differs in all of them, severity first; else all that differ."""
    mine = rule.static
    values = {label: Counter(each.static.get(label) for each in same) for label in mine}
    alone = [label for label, count in values.items() if len(count) == len(same)]
    if alone:
        label = "severity" if "severity" in alone else min(alone)
        return ((label, mine[label]),)
    return tuple(sorted((label, mine[label]) for label, count in values.items() if len(count) > 1))


def _alarm(
    rule: _Rule,
    told_by: Sequence[tuple[str, str]],
    names: Names,
    beside: Beside,
    found: Reading,
) -> None:
    entries = dict(_annotated(rule, found))
    table, static = rule.table, rule.static
    alert, expr = table.entries["alert"], table.entries["expr"]
    entries["key"] = _like(alert, _key(rule.name, told_by))
    entries["expression"] = Entry(expr.key, expr.value)
    if "for" in table.entries:
        length = prometheus_durations.minutes(_said(table, "for")) or 0.0
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


def _of_course(rule: _Rule) -> dict[str, Entry]:
    """Return what holds of every rule of Prometheus, unless it says otherwise.

    Alertmanager tells alerts apart by their labels; a template in one makes others of them.
    """
    alert = rule.table.entries["alert"]
    changing = [text for text in map(_labelled, rule.labels.values()) if _TEMPLATE in text]
    return {
        "dedup_key": _like(alert, ", ".join(["fingerprint", *changing])),
        "auto_resolve": _like(alert, "when the expression no longer holds"),
    }


def _labelled(entry: Entry) -> str:
    return f"{entry.key.text}={_string(entry.value)}"


def _match(alert: Entry, name: str, told_by: Sequence[tuple[str, str]]) -> Table:
    labels = {ALARM: name, **dict(told_by)}
    return Table(
        alert.key.place, {label: _like(alert, value, name=label) for label, value in labels.items()}
    )


def _annotated(rule: _Rule, found: Reading) -> Iterator[tuple[str, Entry]]:
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
    text, inner = _string(entry.value), Reading()
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


def _known(table: Table, names: Sequence[str], what: str, found: Reading) -> None:
    for name, entry in table.entries.items():
        if name not in names:
            message = f"{what} has no such part"
            found.wrong(entry.place, name, message, nearest(name, list(names)))


def _tables(entry: Entry, name: str, found: Reading) -> Iterator[Table]:
    if isinstance(entry.value, Scalar) and entry.value.is_null:
        return
    if not isinstance(entry.value, Items):
        found.wrong(entry.place, name, "must be a list", "Begin each part with `- `.")
        return
    for node in entry.value.nodes:
        if isinstance(node, Table):
            yield node
        else:
            found.wrong(node.place, name, "must be a mapping", "Write `name: value` lines.")


def _strings(table: Table, name: str, found: Reading) -> dict[str, Entry]:
    """Return a mapping of texts, without what is no text."""
    entry = table.entries.get(name)
    if entry is None or (isinstance(entry.value, Scalar) and entry.value.is_null):
        return {}
    if not isinstance(entry.value, Table):
        found.wrong(entry.place, name, "must be a mapping", "Write `name: value` lines.")
        return {}
    kept = {}
    for key, each in entry.value.entries.items():
        if isinstance(each.value, Scalar):
            kept[key] = each
        else:
            found.wrong(each.place, key, "must be text", "Put it in quotes.")
    return kept


def _is_said(table: Table, name: str) -> bool:
    entry = table.entries.get(name)
    return entry is not None and not (isinstance(entry.value, Scalar) and entry.value.is_null)


def _said(table: Table, name: str) -> str:
    return _string(table.entries[name].value) if _is_said(table, name) else ""


def _string(node: Node) -> str:
    return node.text if isinstance(node, Scalar) and not node.is_null else ""
