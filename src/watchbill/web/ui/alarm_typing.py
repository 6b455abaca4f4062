"""Typing: a definition as the fields of a form, and back again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from watchbill.actions import fields
from watchbill.queries.alarms import AlarmRow
from watchbill.web.ui.alarm_forms import WaiverRow
from watchbill.web.ui.visits import Visit

#: Fields that are typed as they are stored.
TEXTS = (
    "title", "description", "severity", "impact_kind", "customer_impact", "required_action",
    "cannot_wait", "expression", "threshold", "rationale", "auto_resolve", "dedup_key",
    "escalation", "runbook", "runbook_url", "runbook_slug", "team",
)  # fmt: skip
_WHOLE = ("impact_within_minutes", "respond_within_minutes")
_DECIMAL = ("for_minutes", "expected_pages_per_month")
_NUMBERS = (*_WHOLE, *_DECIMAL)
_WAIVERS = 20
_DECIMAL_SHAPE = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


def values(visit: Visit) -> dict[str, object]:
    """Return what was typed as an action takes it.

    Raises: BadFields for what is no number, or no line `name = value`.
    """
    good: dict[str, object] = {name: _text(visit, name) for name in TEXTS}
    good["review_by"] = visit.field("review_by") or None
    bad: dict[str, str] = {}
    for name in _NUMBERS:
        try:
            good[name] = _number(visit.field(name), is_whole=name in _WHOLE)
        except ValueError as error:
            bad[name] = str(error)
    try:
        good["match"] = match(visit.field("match"))
    except ValueError as error:
        bad["match"] = str(error)
    good["waivers"] = [
        {"rule": w.rule, "reason": w.reason, "owner": w.owner, "until": w.until}
        for w in waivers(visit)
    ]
    if bad:
        raise fields.BadFields(bad)
    return good


def typed(visit: Visit) -> dict[str, str]:
    """Return what was typed, to be shown again."""
    names = (*TEXTS, *_NUMBERS, "review_by", "match", "service", "key")
    return {name: _text(visit, name) for name in names}


def written(row: AlarmRow) -> dict[str, str]:
    """Return an alarm's newest version as it is typed."""
    found = {name: str(getattr(row, name)) for name in TEXTS}
    for name in _NUMBERS:
        value = getattr(row, name)
        found[name] = "" if value is None else plain(value)
    found["review_by"] = row.review_by.isoformat() if row.review_by else ""
    found["match"] = "\n".join(f"{name} = {' | '.join(v)}" for name, v in row.match.items())
    return {**found, "service": row.service, "key": row.key}


def kept(given: dict[str, object], row: AlarmRow) -> dict[str, object]:
    """Return what was typed, but texts that differ in the space around them only as they were."""
    found = dict(given)
    for name in TEXTS:
        was = str(getattr(row, name))
        if str(given[name]) == was.strip():
            found[name] = was
    return found


def plain(value: float) -> str:
    """Return a number as people type it.

    >>> plain(5.0), plain(1000000), plain(0.25)
    ('5', '1000000', '0.25')
    """
    return str(int(value)) if value == int(value) else str(value)


def match(text: str) -> dict[str, list[str]]:
    r"""Return a match from lines of a name and its values, any of which will do.

    >>> match("alarm = CardErrors\nenv = production | staging")
    {'alarm': ['CardErrors'], 'env': ['production', 'staging']}
    """
    found: dict[str, list[str]] = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        name, equals, given = (part.strip() for part in line.partition("="))
        several = [value.strip() for value in given.split("|") if value.strip()]
        if not (name and equals and several):
            raise ValueError(f"write each line as name = value, not {line[:60]!r}")
        found.setdefault(name, []).extend(several)
    return found


def waivers(visit: Visit) -> tuple[WaiverRow, ...]:
    """Return the waivers that were typed; a row with nothing in it is none."""
    found = (
        WaiverRow(
            **{
                name: visit.field(f"waiver-{at}-{name}")
                for name in ("rule", "reason", "owner", "until")
            }
        )
        for at in range(_WAIVERS)
    )
    return tuple(row for row in found if row != WaiverRow())


def waivers_of(row: AlarmRow) -> tuple[WaiverRow, ...]:
    """Return an alarm's waivers."""
    return tuple(_waiver(each) for each in row.waivers)


def _waiver(data: Mapping[str, Any]) -> WaiverRow:
    return WaiverRow(
        rule=data["rule"], reason=data["reason"], owner=data["owner"], until=data["until"]
    )


def _text(visit: Visit, name: str) -> str:
    """Return what was typed, its lines ending as everywhere but in forms."""
    return visit.field(name).replace("\r\n", "\n").replace("\x00", "")


def _number(text: str, *, is_whole: bool) -> float | int | None:
    if not text:
        return None
    if not _DECIMAL_SHAPE.fullmatch(text):
        raise ValueError("must be a number")
    if is_whole and "." in text:
        raise ValueError("must be a whole number")
    return int(text) if is_whole else float(text)
