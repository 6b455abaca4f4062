"""Roster shifts: write what a plan says into the shifts that count; what is kept stays untouched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from watchbill.actions.roster_cases import Part
from watchbill.actions.shell import Shell
from watchbill.core.hours import Period
from watchbill.core.rosters import can_stand
from watchbill.core.stands import Taken
from watchbill.errors import Conflict
from watchbill.store import rows
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx

_IN = "select id from shifts where shadow = %s and during && tstzrange(%s, %s)"


class NoTermNow(Conflict):
    """Somebody's term does not cover what the plan gives them any more (NO2)."""


def write(shell: Shell, tx: Tx, plan_id: str, part: Part, number: int, week: dict[str, Any]) -> int:
    """Write one stand of a plan; return how many shifts were written or taken out.

    Raises: NoTermNow.
    """
    taken, periods = part.taken[number], part.stands[number].periods
    done = 0
    if week["person_id"] != week["was"] or _is_part_free(tx, part, taken):
        done += _give(shell, tx, plan_id, week["person_id"], taken.open, shadow=False)
    if week["shadow_id"] != week["shadow_was"]:
        done += _give(shell, tx, plan_id, week["shadow_id"], periods, shadow=True)
    return done


def _is_part_free(tx: Tx, part: Part, taken: Taken) -> bool:
    """True if the one whose stand it is anyway can stand what nobody has of it."""
    mine = next((v for v in part.volunteers if v.person_id == taken.was), None)
    if mine is None or not can_stand(mine, taken.open):
        return False
    return any(not _reaching(tx, period, shadow=False) for period in taken.open)


def _give(
    shell: Shell,
    tx: Tx,
    plan_id: str,
    person_id: str | None,
    periods: Sequence[Period],
    *,
    shadow: bool,
) -> int:
    done = sum(_clear(shell, tx, period, shadow=shadow) for period in periods)
    if person_id is None:
        return done
    stand_id = shell.new_id("std") if len(periods) > 1 else None
    for period in periods:
        term = terms_store.covering(tx, person_id, period.start, period.end)
        if term is None:
            raise NoTermNow(person_id=person_id)
        values: dict[str, object] = {
            "id": shell.new_id("shf"),
            "person_id": person_id,
            "term_id": term[0],
            "term_during": term[1],
            "during": rows.between(period.start, period.end),
            "shadow": shadow,
            "plan_id": plan_id,
            "stand_id": stand_id,
        }
        rows.add(tx, "shifts", values)
    return done + len(periods)


def _clear(shell: Shell, tx: Tx, period: Period, *, shadow: bool) -> int:
    """Take out of a period what stands in it; what reaches beyond is cut, not lost."""
    found = _reaching(tx, period, shadow=shadow)
    for row in found:
        during = row["during"]
        ends: list[tuple[datetime, datetime]] = [
            (during.lower, period.start),
            (period.end, during.upper),
        ]
        left = [(start, end) for start, end in ends if start < end]
        if not left:
            rows.remove(tx, "shifts", row["id"])
            continue
        rows.change(tx, "shifts", row["id"], {"during": rows.between(*left[0])})
        for start, end in left[1:]:
            more = {"id": shell.new_id("shf"), "during": rows.between(start, end)}
            rows.add(tx, "shifts", {**row, **more})
    return len(found)


def _reaching(tx: Tx, period: Period, *, shadow: bool) -> list[rows.Row]:
    found = tx.execute(_IN, [shadow, period.start, period.end]).fetchall()
    return [row for (shift_id,) in found if (row := rows.find(tx, "shifts", shift_id))]
