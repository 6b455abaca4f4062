"""The bar: the numbers the volunteers agree on, for every team alike; and what they can get into."""

from __future__ import annotations

from dataclasses import asdict, replace
from dataclasses import fields as fields_of
from typing import Any

from watchbill.actions import audit, fields
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core.bar.facts import Limits
from watchbill.errors import Forbidden
from watchbill.queries import bars
from watchbill.store import rows
from watchbill.store import terms as terms_store

#: From and to what each number may be.
_BOUNDS: dict[str, tuple[float, float]] = {
    "pages_a_month": (0, 100),
    "replay_days": (7, 365),
    "respond_within_minutes": (1, 1440),
    "trial_days": (0, 180),
    "actionable": (0, 1),
    "fleeting": (0, 1),
    "review_days": (7, 730),
    "section_words": (1, 500),
    "reviewed_days": (7, 1460),
    "exercised_days": (7, 1460),
    "words_before_mitigation": (50, 20_000),
    "sentence_words": (5, 100),
    "uses": (1, 20),
    "uses_helped": (0, 20),
}


class OnlyTheOnCallTeamAgrees(Forbidden):
    """Only the on-call team agrees on the bar: whoever has agreed to a term that is not over."""


def agree(shell: Shell, values: dict[str, object], *, by: Actor) -> int:
    """Agree on other numbers; return the new version of the bar. What is not named stays.

    Raises: BadFields, OnlyTheOnCallTeamAgrees.
    """
    with shell.db.transaction() as tx:
        now = shell.clock.now()
        tx.execute("select 1 from organization for update")
        if not by.person_id or not terms_store.is_volunteer(tx, by.person_id, at=now):
            raise OnlyTheOnCallTeamAgrees
        today = bars.current(tx)
        limits = _changed(today.limits, values)
        number = today.version + 1
        row = {"version": number, "limits": asdict(limits), "agreed_at": now, "agreed_by": by.name}
        rows.add(tx, "bars", row)
        facts = {"before": asdict(today.limits), "after": asdict(limits)}
        audit.record(shell, tx, by, "bar.agreed", str(number), facts)
    return number


def confirm_access(shell: Shell, person_id: str, systems: list[str], *, by: Actor) -> None:
    """Say which systems one can get into; only for oneself. What is not named is not confirmed (R8).

    Raises: OnlyThemselves, BadFields.
    """
    audit.need_self(by, person_id)
    good = fields.checked({"systems": fields.texts(200, each=200)}, {"systems": systems})
    names = sorted({str(name) for name in good["systems"]})  # type: ignore[attr-defined]
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        tx.execute("delete from access_confirmations where person_id = %s", [person_id])
        for name in names:
            rows.add(
                tx, "access_confirmations", {"person_id": person_id, "system": name, "at": now}
            )
        audit.record(shell, tx, by, "access.confirmed", person_id, {"systems": names})


def _changed(limits: Limits, values: dict[str, object]) -> Limits:
    whole = {field.name for field in fields_of(Limits) if field.type == "int"}
    good: dict[str, Any] = {}
    bad: dict[str, str] = {}
    for name, value in values.items():
        fault = _fault(name, value, is_whole=name in whole)
        if fault:
            bad[name] = fault
        elif isinstance(value, int | float):
            good[name] = int(value) if name in whole else float(value)
    after = replace(limits, **good)
    if not bad and after.uses_helped > after.uses:
        bad["uses_helped"] = "must be no more than the uses that are looked at"
    if bad:
        raise fields.BadFields(bad)
    return after


def _fault(name: str, value: object, *, is_whole: bool) -> str:
    """Return what is wrong with a number of the bar, or ""."""
    if name not in _BOUNDS:
        return "is no number of the bar"
    least, most = _BOUNDS[name]
    is_good = (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and least <= value <= most
        and (not is_whole or value == int(value))
    )
    if not is_good:
        return f"must be a {'whole ' if is_whole else ''}number from {least:g} to {most:g}"
    return ""
