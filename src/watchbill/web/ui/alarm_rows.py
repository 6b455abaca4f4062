"""Alarm rows: alarms in lists, and what came of the bar's rules, as screens show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from watchbill.core.bar import bar as rules
from watchbill.core.bar.rules import Finding, Outcome, Weight
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
        has_lapsed=lapsed,
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


def bar_of(findings: tuple[Finding, ...]) -> alarm.Bar:
    """Return findings as a screen shows them, what blocks first."""

    def those(outcome: Outcome) -> tuple[alarm.FindingRow, ...]:
        found = (f for f in findings if f.outcome is outcome)
        return tuple(finding(f) for f in sorted(found, key=lambda f: f.weight is not Weight.BLOCK))

    return alarm.Bar(
        score=rules.score(findings),
        failed=those(Outcome.FAILED),
        waived=those(Outcome.WAIVED),
        not_checked=those(Outcome.NOT_CHECKED),
        passed=those(Outcome.PASSED),
    )


def finding(found: Finding) -> alarm.FindingRow:
    """Return one finding as a screen shows it."""
    return alarm.FindingRow(
        rule=found.rule,
        title=found.title,
        is_blocking=found.weight is Weight.BLOCK,
        message=found.message,
        fix=found.fix,
        place=_place(found.field, found.line),
        note=found.note,
    )


def refused(data: Iterable[object]) -> tuple[alarm.FindingRow, ...]:
    """Return the findings that an action's refusal carries."""
    return tuple(
        alarm.FindingRow(
            rule=str(each["rule"]),
            title=str(each["title"]),
            is_blocking=True,
            message=str(each["message"]),
            fix=str(each["fix"]),
            place=_place(str(each["field"]), each["line"]),
            note=str(each["note"]),
        )
        for each in data
        if isinstance(each, dict)
    )


def _place(field: str, line: int | None) -> str:
    name = field.replace("_", " ")
    return f"{name}, line {line}" if line else name
