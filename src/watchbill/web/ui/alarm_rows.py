"""Alarm rows: alarms in lists, and what came of the bar's rules, as screens show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from watchbill.core.bar import bar as rules
from watchbill.core.bar.rules import Finding, Kind, Outcome, Weight
from watchbill.core.people import ServiceId
from watchbill.queries import bars
from watchbill.queries.alarm_screens import Listed, Reader
from watchbill.queries.alarms import AlarmRow
from watchbill.web.ui import alarm, alarm_steps, alarms
from watchbill.web.ui.alarm_steps import Looker, Standing
from watchbill.web.ui.visits import Visit


def listed(visit: Visit, row: Listed) -> alarms.AlarmRow:
    """Return an alarm as a list shows it."""
    known = visit.company.alarms.get((ServiceId(row.service_id), row.key))
    lapsed = has_lapsed(row.lapses_at, visit.now)
    return alarms.AlarmRow(
        id=row.id,
        key=row.key,
        title=row.title,
        service_name=row.service,
        team_id=row.team_id,
        team_name=row.team,
        state=state_word(row.state),
        state_at=row.state_at,
        severity=row.severity,  # type: ignore[arg-type]  # the database checks it
        in_force=alarm_steps.in_force(
            Standing(
                state=row.state,
                version=row.version,
                in_force=row.in_force,
                has_lapsed=lapsed,
                is_glass=row.is_glass,
            )
        ),
        wakes=known is not None and row.state != "retired" and known.may_wake(visit.now),
        review_by=row.review_by,
        lapsed_at=row.lapses_at if lapsed else None,
        marks=tuple(
            words
            for words, is_so in (
                ("no runbook", not row.has_runbook),
                ("changed by hand", row.is_drift),
                ("broken glass", row.is_glass),
            )
            if is_so
        ),
        pages_count=row.pages,
    )


def state_word(state: str) -> alarms.StateWord:
    """Return a state as a word."""
    text, shape = alarm_steps.WORDS[state]
    return alarms.StateWord(text=text, shape=shape)


def has_lapsed(lapses_at: datetime | None, now: datetime) -> bool:
    """True if an acceptance has run out."""
    return lapses_at is not None and lapses_at <= now


def looker(visit: Visit, tx: Reader, *, team_id: str, author_id: str | None) -> Looker:
    """Return who looks, as far as rights go."""
    me = visit.me
    return Looker(
        is_team=me.is_admin or me.team_id == team_id,
        is_volunteer=me.id in bars.volunteers(tx, visit.now),
        is_author=author_id == me.id,
        is_admin=me.is_admin,
    )


def standing(visit: Visit, row: AlarmRow, *, is_glass: bool) -> Standing:
    """Return where an alarm stands; `is_glass`: what is in force was never reviewed."""
    return Standing(
        state=row.state,
        version=row.version,
        in_force=row.in_force,
        has_lapsed=has_lapsed(row.lapses_at, visit.now),
        has_runbook=bool(row.runbook.strip() or row.runbook_url.strip()),
        is_glass=is_glass,
    )


def held(visit: Visit, tx: Reader, alarm_id: str) -> tuple[Finding, ...]:
    """Hold an alarm's newest version against the bar; what nobody was asked yet has not failed."""
    definition, known = bars.newest(tx, visit.company, alarm_id, now=visit.now)
    if not known.answers:
        known = replace(known, answers=None)
    return bars.judge(definition, known)


def bar_of(findings: Iterable[Finding]) -> alarm.Bar:
    """Return findings as a screen shows them, what blocks first."""
    found = tuple(findings)
    by = {outcome: rows_of(f for f in found if f.outcome is outcome) for outcome in Outcome}
    return alarm.Bar(
        score=rules.score(found),
        failed=by[Outcome.FAILED],
        waived=by[Outcome.WAIVED],
        not_checked=by[Outcome.NOT_CHECKED],
        passed=by[Outcome.PASSED],
    )


def rows_of(findings: Iterable[Finding]) -> tuple[alarm.FindingRow, ...]:
    """Return findings, those of one rule and weight as one row, what blocks first."""
    groups: dict[tuple[bool, str], list[Finding]] = {}
    for found in sorted(findings, key=lambda f: f.weight is not Weight.BLOCK):
        groups.setdefault((found.weight is Weight.BLOCK, found.rule), []).append(found)
    return tuple(
        alarm.FindingRow(
            rule=rule,
            title=group[0].title,
            is_blocking=is_blocking,
            faults=tuple(_fault(f) for f in group if f.message),
            fix=group[0].fix,
            note=group[0].note,
        )
        for (is_blocking, rule), group in groups.items()
    )


def refused(data: Iterable[Mapping[str, Any]]) -> tuple[alarm.FindingRow, ...]:
    """Return the findings that an action's refusal carries."""
    return rows_of(
        Finding(
            **{
                **each,
                "kind": Kind(each["kind"]),
                "weight": Weight(each["weight"]),
                "outcome": Outcome(each["outcome"]),
            }
        )
        for each in data
    )


def _fault(found: Finding) -> alarm.Fault:
    return alarm.Fault(
        message=found.message, place=_place(found.field, found.line), note=found.note
    )


def _place(field: str, line: int | None) -> str:
    name = field.replace("_", " ")
    return f"{name}, line {line}" if line else name
