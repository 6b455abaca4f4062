"""One alarm: what it says, what comes next for whoever looks, the bar, its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from starlette.responses import Response

from watchbill.core.bar.rules import Finding
from watchbill.core.people import ServiceId, TeamId
from watchbill.queries import alarm_screens, reading
from watchbill.queries import alarms as queries
from watchbill.queries.alarm_screens import Fired, Month, Reader, Verdicts
from watchbill.queries.alarms import AlarmRow, StepRow, VersionRow
from watchbill.web.ui import alarm, alarm_places, alarm_rows, alarm_steps, pages
from watchbill.web.ui.alarm_steps import Offer, Standing
from watchbill.web.ui.shell import Fact
from watchbill.web.ui.visits import Visit

_SINCE, _SHOWN, _STEPS, _VERSIONS = timedelta(days=90), 10, 30, 50
_CAME = {
    "draft": "Written as a draft",
    "proposed": "Proposed to the on-call team",
    "in_review": "Taken into review",
    "accepted": "Accepted by the on-call team",
    "declined": "Declined by the on-call team",
    "returned": "Returned to its team",
    "retired": "Retired",
    "glass_broken": "Applied without review: the glass was broken",
    "lapsed": "The acceptance ran out",
    "changed": "Changed",
}


def show_alarm(visit: Visit) -> Response:
    """Show the alarm of the address."""
    return alarm_page(visit, visit.part("id"))


def alarm_page(
    visit: Visit,
    alarm_id: str,
    *,
    error: str = "",
    findings: tuple[alarm.FindingRow, ...] = (),
    status: int = 200,
) -> Response:
    """Show an alarm, with what was wrong with the form just sent."""
    with visit.site.shell.db.transaction() as tx:
        context = _context(visit, tx, alarm_id, error, findings)
    return pages.render(visit.request, pages.ALARM, context, status=status)


def _context(
    visit: Visit,
    tx: Reader,
    alarm_id: str,
    error: str,
    findings: tuple[alarm.FindingRow, ...],
) -> alarm.Alarm:
    row = queries.get(tx, alarm_id, now=visit.now)
    service = visit.company.services[ServiceId(row.service_id)]
    team = visit.company.teams[TeamId(row.team_id)]
    glass = next((g for g in alarm_screens.glass(tx) if g.alarm_id == row.id), None)
    standing = alarm_rows.standing(visit, row, is_glass=glass is not None)
    return alarm.Alarm(
        id=row.id,
        key=row.key,
        title=row.title,
        service_name=service.name,
        team_id=team.id,
        team_name=team.name,
        severity=row.severity,  # type: ignore[arg-type]  # the database checks it
        state=alarm_rows.state_word(row.state),
        state_at=row.state_at,
        state_reason=row.state_reason,
        in_force=alarm_steps.in_force(standing),
        wakes=row.covered_out_of_hours,
        offer=_offer(visit, tx, row, standing),
        etag=reading.version(tx, "alarms", row.id),
        says=_says(row),
        bar=_bar(visit, tx, row),
        place=alarm_places.place(row),
        is_drift=row.is_drift,
        glass=f"{glass.by} broke the glass: {glass.reason}" if glass else "",
        history=_history(visit, tx, row),
        steps=tuple(_step(step) for step in queries.steps(tx, row.id)[:_STEPS]),
        versions=tuple(_version(v, row) for v in queries.versions(tx, row.id)[:_VERSIONS]),
        error=error,
        error_findings=findings,
    )


def _offer(visit: Visit, tx: Reader, row: AlarmRow, standing: Standing) -> Offer:
    who = alarm_rows.looker(visit, tx, team_id=row.team_id, author_id=row.author_id)
    return alarm_steps.offer(standing, who)


def _bar(visit: Visit, tx: Reader, row: AlarmRow) -> alarm.Bar | None:
    if row.state == "retired":
        return None
    findings: tuple[Finding, ...] = alarm_rows.held(visit, tx, row.id)
    return alarm_rows.bar_of(findings)


def _says(row: AlarmRow) -> alarm.Says:
    return alarm.Says(
        impact=_impact(row),
        customer_impact=row.customer_impact,
        required_action=row.required_action,
        cannot_wait=row.cannot_wait,
        facts=_facts(row),
        match=_match(row),
        expression=row.expression,
        has_runbook=bool(row.runbook.strip()),
        runbook_href=alarm_places.web_href(row.runbook_url),
    )


def _history(visit: Visit, tx: Reader, row: AlarmRow) -> alarm.History:
    place, since = (row.service_id, row.key), visit.now - _SINCE
    return alarm.History(
        months=tuple(
            _month(m) for m in alarm_screens.months(tx, place, since=since, zone=visit.zone)
        ),
        incidents=tuple(
            _fired(i) for i in alarm_screens.incidents(tx, place, since=since, limit=_SHOWN)
        ),
        verdicts=_verdicts(alarm_screens.verdicts(tx, place, since=since)),
    )


def _impact(row: AlarmRow) -> str:
    if row.impact_kind == "real":
        return "Customers feel it now."
    if row.impact_kind == "inevitable":
        within = row.impact_within_minutes
        when = f" within {within} minutes" if within is not None else ""
        return f"Customers will feel it{when} unless somebody acts."
    return ""


def _facts(row: AlarmRow) -> tuple[Fact, ...]:
    numbers = {
        "What is measured": row.description,
        "Threshold": row.threshold,
        "For": _minutes(row.for_minutes),
        "Why these": row.rationale,
        "Answer within": _minutes(row.respond_within_minutes),
        "Expected pages a month": _number(row.expected_pages_per_month),
        "Resolves by itself": row.auto_resolve,
        "One condition is": row.dedup_key,
        "Review by": row.review_by.isoformat() if row.review_by else "",
        "Runbook kept as": row.runbook_slug,
    }
    return tuple(Fact(label=label, value=value) for label, value in numbers.items() if value)


def _match(row: AlarmRow) -> tuple[Fact, ...]:
    found: Mapping[str, list[str]] = row.match or {"alarm": [row.key]}
    return tuple(Fact(label=name, value=" or ".join(values)) for name, values in found.items())


def _minutes(value: float | None) -> str:
    return f"{_number(value)} minute{'' if value == 1 else 's'}" if value is not None else ""


def _number(value: float | None) -> str:
    return f"{value:g}" if value is not None else ""


def _month(month: Month) -> alarm.MonthRow:
    return alarm.MonthRow(on=month.on, incidents=month.incidents, night_pages=month.night_pages)


def _fired(fired: Fired) -> alarm.FiredRow:
    return alarm.FiredRow(
        id=fired.id,
        number=fired.number,
        title=fired.title,
        state=fired.state,
        opened_at=fired.opened_at,
        night_pages=fired.night_pages,
    )


def _verdicts(found: Verdicts) -> str:
    if not found.reviews:
        return ""
    return (
        f"Of {found.reviews} review{'' if found.reviews == 1 else 's'} afterwards, {found.needed} said it"
        f" was needed, {found.acted} that something was done, {found.helped} that the runbook helped."
    )


def _step(step: StepRow) -> alarm.StepRow:
    return alarm.StepRow(
        at=step.at,
        sentence=_CAME.get(step.state, step.state.replace("_", " ").capitalize()),
        version=step.version,
        who=step.person or step.actor,
        reason=step.reason.replace("_", " ") if step.reason.startswith("changed:") else step.reason,
    )


def _version(version: VersionRow, row: AlarmRow) -> alarm.VersionRow:
    return alarm.VersionRow(
        number=version.number,
        at=version.created_at,
        author=version.author or version.actor,
        way=alarm_places.WAYS[version.managed_by],
        href=alarm_places.web_href(str(version.evidence.get("url", ""))),
        accepted_by=version.accepted_by_name or "",
        is_in_force=version.number == row.in_force,
        glass_reason=version.glass_reason,
    )
