"""Definition fields: what each field of an alarm may hold, whatever it is written in.

YAML, the annotations of a Prometheus rule and a Terraform plan all come here as the same nodes.
Everything that is wrong is noted, not only the first; an alarm with a fault is no definition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchbill.core import definitions
from watchbill.core.bar import runbooks
from watchbill.core.definitions import ALARM, Definition, Match, Waiver
from watchbill.core.events import Severity
from watchbill.definitions.written import (
    Beside,
    Document,
    Names,
    NoDocument,
    Place,
    Reading,
    Written,
)
from watchbill.definitions.yaml_nodes import Entry, Items, Node, Scalar, Table, nearest

#: The longest key of an alarm.
KEY_LIMIT = 255
#: The longest text of any field.
TEXT_LIMIT = runbooks.RUNBOOK_LIMIT

_WHOLE = re.compile(r"\d{1,6}", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,15})?([eE][+-]?\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WAIVER = ("rule", "reason", "owner", "until")


class Unfit(Exception):
    """A value is not what its field holds."""

    def __init__(self, message: str, fix: str, *, place: Place | None = None) -> None:
        super().__init__(message)
        self.message, self.fix, self.place = message, fix, place


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An alarm's fields as they are written: its own, below them the defaults."""

    place: Place
    own: Mapping[str, Entry]
    defaults: Mapping[str, Entry]
    names: Names
    beside: Beside


def read(sheet: Sheet, found: Reading) -> Written | None:
    """Return the alarm; None if a fault is noted in `found`."""
    before = len(found.problems)
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for name, entry in {**sheet.defaults, **sheet.own}.items():
        places[name] = entry.place
        if isinstance(entry.value, Scalar) and entry.value.is_null:
            continue
        reader = _READERS.get(name)
        if reader is None:
            found.wrong(entry.place, name, "there is no such field", nearest(name, [*_READERS]))
            continue
        try:
            values[name] = reader(entry.value)
        except Unfit as unfit:
            found.wrong(unfit.place or entry.place, name, unfit.message, unfit.fix)
    _default_match(sheet, values)
    _named(sheet, values, found)
    _runbook(sheet, values, places, found)
    if len(found.problems) > before:
        return None
    return Written(definition=Definition(**values), place=sheet.place, places=places)


def _named(sheet: Sheet, values: dict[str, Any], found: Reading) -> None:
    """Fall back on the service and team that were handed in; see that key and service are said."""
    if not values.get("service"):
        values["service"] = sheet.names.service
    if not values.get("team"):
        values["team"] = sheet.names.team
    if not values.get("key", "").strip() and not _is_refused(sheet, "key"):
        found.wrong(sheet.place, "key", "the alarm has no key", "Give it one: `key: CardErrors`.")
    if not values["service"].strip() and not _is_refused(sheet, "service"):
        fix = "Say whose alarm it is: `service: checkout`."
        found.wrong(sheet.place, "service", "the alarm has no service", fix)


def _is_refused(sheet: Sheet, name: str) -> bool:
    """Say whether something is written there that was refused already."""
    entry = sheet.own.get(name) or sheet.defaults.get(name)
    return entry is not None and not isinstance(entry.value, Scalar)


def _default_match(sheet: Sheet, values: dict[str, Any]) -> None:
    """Put the default labels below an alarm's own; they narrow it, so its name stays asked for."""
    default, own = sheet.defaults.get("match"), sheet.own.get("match")
    if default is None or not isinstance(default.value, Table) or "match" not in values:
        return
    if own is None:
        labels = dict(values["match"])
        labels.setdefault(ALARM, (values.get("key", ""),))
        values["match"] = tuple(sorted(labels.items()))
    elif isinstance(own.value, Table):
        try:
            values["match"] = tuple(
                sorted((dict(_match(default.value)) | dict(values["match"])).items())
            )
        except Unfit:
            return  # noted where the defaults are read


def _runbook(
    sheet: Sheet, values: dict[str, Any], places: dict[str, Place], found: Reading
) -> None:
    """Put in the text of a runbook that is a file of its own; refuse what may not be kept."""
    text = values.get("runbook", "")
    if "\n" not in text.strip() and text.strip().endswith(".md"):
        try:
            document = sheet.beside(places["runbook"].file, text.strip())
            values["runbook"] = _markdown(document)
        except NoDocument as missing:
            found.wrong(places["runbook"], "runbook", str(missing), missing.fix)
            return
        places["runbook"] = Place(file=document.path, text_line=1)
    for fault in runbooks.unsafe(values.get("runbook", "")):
        place = places["runbook"].at(fault.line)
        found.wrong(place, "runbook", fault.message, "Take it out of the runbook.")


def _markdown(document: Document) -> str:
    if len(document.content) > 4 * TEXT_LIMIT:
        size = f"the file {document.path} is larger than {TEXT_LIMIT:,} characters"
        raise NoDocument(size, fix="Keep what is needed at night.")
    try:
        return document.content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = document.content.count(b"\n", 0, error.start) + 1
        message = f"the file {document.path} is not UTF-8, in line {line}"
        raise NoDocument(message, fix="Save it as UTF-8.") from None


def _text(node: Node) -> str:
    if not isinstance(node, Scalar):
        raise Unfit("must be text", "Write text; put it in quotes or below a `|`.")
    unprintable = _UNPRINTABLE.search(node.text)
    if unprintable:
        line = node.text.count("\n", 0, unprintable.start()) + 1
        code = f"U+{ord(unprintable[0]):04X}"
        place = node.place.at(line)
        raise Unfit(f"the character {code} cannot be stored", "Take it out.", place=place)
    if len(node.text) > TEXT_LIMIT:
        size = f"has {len(node.text):,} characters; the most is {TEXT_LIMIT:,}"
        raise Unfit(size, "Shorten it.")
    return node.text


def _line(node: Node) -> str:
    text = _text(node).strip()
    if "\n" in text or len(text) > KEY_LIMIT:
        raise Unfit(f"must be one line of at most {KEY_LIMIT} characters", "Shorten it.")
    return text


def _address(node: Node) -> str:
    text = _text(node).strip()
    if text and not text.startswith(("https://", "http://")):
        raise Unfit("must be an address that begins with https://", "Write it out in full.")
    return text


def _whole(node: Node) -> int:
    if isinstance(node, Scalar) and node.is_plain and _WHOLE.fullmatch(node.text):
        return int(node.text)
    raise Unfit("must be a whole number of minutes", "Write digits without quotes, such as 15.")


def _number(node: Node) -> float:
    if isinstance(node, Scalar) and node.is_plain and _NUMBER.fullmatch(node.text):
        return float(node.text)
    raise Unfit("must be a number", "Write digits without quotes, such as 0.5.")


def _day(node: Node) -> date:
    if isinstance(node, Scalar) and _DATE.fullmatch(node.text):
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            pass
    raise Unfit("must be a day of the calendar", "Write it as 2026-09-30.")


def _severity(node: Node) -> Severity | None:
    """Return the severity, or None for a word that is none, on which the bar has a rule."""
    word = _line(node)
    return next((each for each in Severity if each.value == word), None)


def _match(node: Node) -> Match:
    if not isinstance(node, Table):
        raise Unfit("must be a mapping of labels", "Write `match: {label: value}`.")
    labels = {}
    for name, entry in node.entries.items():
        values = entry.value.nodes if isinstance(entry.value, Items) else [entry.value]
        if not values or any(not isinstance(v, Scalar) or v.is_null for v in values):
            message = f"the label {name} must have a value, or a list of values"
            raise Unfit(
                message, f"Write `{name}: value` or `{name}: [one, other]`.", place=entry.place
            )
        labels[name] = [_text(value) for value in values]
    return definitions.as_match(labels)


def _waivers(node: Node) -> tuple[Waiver, ...]:
    if not isinstance(node, Items):
        raise Unfit("must be a list", f"Write each as `- {{{', '.join(_WAIVER)}}}`.")
    return tuple(_waiver(each) for each in node.nodes)


def _waiver(node: Node) -> Waiver:
    if not isinstance(node, Table):
        raise Unfit("a waiver must be a mapping", f"It has {', '.join(_WAIVER)}.", place=node.place)
    for name, entry in node.entries.items():
        if name not in _WAIVER:
            message = f"a waiver has no field {name}"
            raise Unfit(message, nearest(name, list(_WAIVER)), place=entry.place)
    missing = [name for name in _WAIVER if name not in node.entries]
    if missing:
        message = f"a waiver lacks {', '.join(missing)}"
        raise Unfit(
            message, "Say which rule, why, who answers for it, until when.", place=node.place
        )
    try:
        said = {name: _line(node.entries[name].value) for name in _WAIVER[:3]}
        return Waiver(**said, until=_day(node.entries["until"].value))
    except Unfit as unfit:
        unfit.place = unfit.place or node.place
        unfit.message = f"in a waiver: {unfit.message}"
        raise


_READERS: dict[str, Callable[[Node], object]] = {
    **dict.fromkeys(definitions.FIELDS, _text),
    **dict.fromkeys(("key", "service", "team", "title", "runbook_slug"), _line),
    **dict.fromkeys(("impact_kind", "escalation"), _line),
    **dict.fromkeys(("impact_within_minutes", "respond_within_minutes"), _whole),
    **dict.fromkeys(("for_minutes", "expected_pages_per_month"), _number),
    "severity": _severity,
    "match": _match,
    "runbook_url": _address,
    "review_by": _day,
    "waivers": _waivers,
}
