"""Roster notices: whoever stands other weeks than before a plan was published has one quiet mail.

It names the weeks that came and the weeks that went, by the reader's own clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchbill.actions import notices
from watchbill.actions.shell import Shell
from watchbill.core import hours
from watchbill.core.people import PersonId
from watchbill.store.database import Tx

_SUBJECT = "Your shifts have changed"
_SWAP = "If one of them does not suit you, ask somebody to take it: every shift can be swapped."
#: Who stands it now and who stood it; then the same for the shadow.
_ROLES = (("person_id", "was", ""), ("shadow_id", "shadow_was", ", as a shadow"))


@dataclass(slots=True)
class _Moved:
    """What comes to somebody and what goes, in order: start, end, and what is said of it."""

    comes: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    goes: list[tuple[datetime, datetime, str]] = field(default_factory=list)


def tell_changed(shell: Shell, tx: Tx, weeks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Tell everybody whose weeks change, each by one notice; return whom.

    `weeks` are those of a plan's outcome. The caller rings once it has committed.
    """
    told: list[str] = []
    company = shell.company(tx)
    for person_id, moved in sorted(_by_person(weeks).items()):
        person = company.people.get(PersonId(person_id))
        if person is not None:
            text = _text(moved, person.zone)
            told += notices.tell(shell, tx, [person_id], _SUBJECT, text, path="/rota/mine")
    return told


def _by_person(weeks: Iterable[Mapping[str, Any]]) -> dict[str, _Moved]:
    found: dict[str, _Moved] = defaultdict(_Moved)
    for week in weeks:
        start, end = (datetime.fromisoformat(week[edge]) for edge in ("starts_at", "ends_at"))
        for now, before, said in _ROLES:
            comes, goes = week.get(now), week.get(before)
            if comes == goes:
                continue
            if comes:
                found[comes].comes.append((start, end, said))
            if goes:
                found[goes].goes.append((start, end, said))
    return found


def _text(moved: _Moved, zone: str) -> str:
    parts = []
    for heading, weeks in (("You stand now", moved.comes), ("You no longer stand", moved.goes)):
        if weeks:
            lines = [f"- {_span(start, end, zone)}{said}" for start, end, said in sorted(weeks)]
            parts.append("\n".join([f"{heading}:", *lines]))
    return "\n\n".join(["A plan of shifts was published.", *parts, _SWAP])


def _span(start: datetime, end: datetime, zone: str) -> str:
    """Return `Fri 6 Mar 2026 18:00 to Fri 13 Mar 2026 18:00 (Europe/Dublin)`."""
    local = [at.astimezone(hours.known_zone(zone)) for at in (start, end)]
    return " to ".join(f"{at:%a} {at.day} {at:%b %Y %H:%M}" for at in local) + f" ({zone})"
