"""Two versions of an alarm, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.responses import Response

from watchbill.core.definitions import FIELDS
from watchbill.queries import alarms as queries
from watchbill.queries.alarms import VersionRow
from watchbill.queries.reading import NotThere
from watchbill.web.ui import alarm, pages, times
from watchbill.web.ui.alarm import FieldDiff, Piece
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit


def show_versions(visit: Visit) -> Response:
    """Show what differs between two versions: those asked for, else the newest and what it changed.

    Without `from`, the newest is compared with what is in force, or with the one before it.
    """
    alarm_id = visit.part("id")
    with visit.site.shell.db.transaction() as tx:
        row = queries.get(tx, alarm_id, now=visit.now)
        found = {version.number: version for version in queries.versions(tx, alarm_id)}
    default = row.in_force if row.in_force not in (None, row.version) else row.version - 1
    before, after = _number(visit, "from", default or 0), _number(visit, "to", row.version)
    if after not in found or (before and before not in found):
        raise NotThere
    context = alarm.Versions(
        id=row.id,
        title=row.title,
        choices=tuple(_choice(visit, version, row.in_force) for version in found.values()),
        before=str(before),
        after=str(after),
        fields=tuple(diff(_said(found.get(before)), _said(found[after]))),
    )
    return pages.render(visit.request, pages.ALARM_VERSIONS, context)


def diff(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FieldDiff]:
    """Return what differs between two definitions' fields, each written as lines of text."""
    for name in FIELDS:
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            pieces = tuple(_pieces(was, now))
            yield FieldDiff(
                label=name.replace("_", " ").capitalize(),
                pieces=pieces,
                is_long="\n" in was or "\n" in now,
            )


def _pieces(was: str, now: str) -> Iterator[Piece]:
    old, new = was.splitlines(keepends=True), now.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, i, j, k, end in matcher.get_opcodes():
        if kind == "equal":
            yield Piece(kind="same", text="".join(old[i:j]))
            continue
        if gone := "".join(old[i:j]):
            yield Piece(kind="del", text=gone)
        if came := "".join(new[k:end]):
            yield Piece(kind="ins", text=came)


def _said(version: VersionRow | None) -> dict[str, str]:
    """Return a version's fields as text, one line a value where there are several."""
    if version is None:
        return {}
    data = {**version.definition, "runbook": version.runbook}
    return {name: _text(name, data.get(name)) for name in FIELDS}


def _text(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if name == "match":
        return "\n".join(f"{label} = {' or '.join(values)}" for label, values in value.items())
    if name == "waivers":
        return "\n".join(
            f"{w['rule']} until {w['until']} by {w['owner']}: {w['reason']}" for w in value
        )
    return f"{value:g}" if isinstance(value, float) else str(value)


def _number(visit: Visit, name: str, default: int) -> int:
    asked = visit.asked(name)
    if not asked:
        return default
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else -1


def _choice(visit: Visit, version: VersionRow, in_force: int | None) -> Choice:
    day = times.day(version.created_at, visit.zone)
    force = ", in force" if version.number == in_force else ""
    return Choice(value=str(version.number), label=f"Version {version.number}, {day}{force}")
