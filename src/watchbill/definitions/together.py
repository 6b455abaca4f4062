"""Together: what is wrong only because of another alarm: the same name, or the same events."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from watchbill.core import matching
from watchbill.core.definitions import Match
from watchbill.definitions.written import Reading, Written

#: Of pairs that match the same event; thousands of alarms with one match make millions.
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """An alarm as events meet it."""

    service_id: str
    key: str
    conditions: Match
    written: Written


def check(found: Reading) -> None:
    """Note alarms of one service with the same key, and those that could match the same event."""
    first: dict[tuple[str, str], Written] = {}
    for written in found.written:
        definition = written.definition
        other = first.setdefault((definition.service, definition.key), written)
        if other is not written:
            named = f"the alarm {definition.key} of {definition.service}"
            message = f"{named} is written twice; first in {other.place}"
            found.wrong(written.where("key"), "key", message, "Keep one, or name it otherwise.")
    _overlaps(list(first.values()), found)


def _overlaps(written: Sequence[Written], found: Reading) -> None:
    claims = [
        _Claim(
            service_id=each.definition.service,
            key=each.definition.key,
            conditions=each.definition.conditions,
            written=each,
        )
        for each in written
    ]
    for one, other in itertools.islice(matching.overlaps(claims), _MOST):
        name = "match" if other.written.definition.match else "key"
        message = (
            f"the alarm {other.key} could match the same event as {one.key} ({one.written.place})"
        )
        fix = "Tell them apart by a label in `match`."
        found.wrong(other.written.where(name), name, message, fix)
