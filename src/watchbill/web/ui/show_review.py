"""The review of an alarm by somebody of the on-call team: the bar, the questions, the systems."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from watchbill.core.bar import bar, runbooks
from watchbill.core.people import ServiceId, TeamId
from watchbill.queries import alarms as queries
from watchbill.queries import bars, reading
from watchbill.queries.alarm_screens import Reader
from watchbill.web import markdown
from watchbill.web.ui import alarm, alarm_places, alarm_rows, pages
from watchbill.web.ui.visits import Visit

#: The status of a form that speaks of contents which have changed since.
_CHANGED = 412

_WAITING = frozenset({"proposed", "in_review"})


def show_review(visit: Visit) -> Response:
    """Show the review of the alarm of the address."""
    return review_page(visit, visit.part("id"))


def review_page(
    visit: Visit,
    alarm_id: str,
    *,
    error: str = "",
    findings: tuple[alarm.FindingRow, ...] = (),
    status: int = 200,
) -> Response:
    """Show it with what was ticked and typed before, and what was wrong.

    What was ticked of a version that is no longer the newest says nothing of the one that is (NO5).
    """
    with visit.site.shell.db.transaction() as tx:
        context = _context(visit, tx, alarm_id, error, findings)
    if status == _CHANGED:
        unread = tuple(replace(row, is_yes=False) for row in context.questions)
        context = replace(context, questions=unread)
    return pages.render(visit.request, pages.ALARM_REVIEW, context, status=status)


def _context(
    visit: Visit, tx: Reader, alarm_id: str, error: str, findings: tuple[alarm.FindingRow, ...]
) -> alarm.Review:
    row = queries.get(tx, alarm_id, now=visit.now)
    version = queries.version(tx, alarm_id, row.version)
    who = alarm_rows.looker(visit, tx, team_id=row.team_id, author_id=row.author_id)
    confirmed = {*bars.access(tx, visit.me.id), *visit.fields("system")}
    return alarm.Review(
        id=row.id,
        key=row.key,
        title=row.title,
        service_name=visit.company.services[ServiceId(row.service_id)].name,
        team_name=visit.company.teams[TeamId(row.team_id)].name,
        version=row.version,
        in_force=row.in_force,
        may_judge=row.state in _WAITING and who.is_volunteer and not who.is_author,
        etag=reading.version(tx, "alarms", row.id),
        author=version.author or version.actor,
        customer_impact=row.customer_impact,
        required_action=row.required_action,
        cannot_wait=row.cannot_wait,
        runbook=markdown.to_html(row.runbook) if row.runbook.strip() else None,
        runbook_href=alarm_places.web_href(row.runbook_url),
        bar=alarm_rows.bar_of(alarm_rows.held(visit, tx, row.id)),
        questions=_questions(visit),
        systems=tuple(
            alarm.System(name=name, is_confirmed=name in confirmed)
            for name in runbooks.systems(row.runbook)
        ),
        reason=visit.raw("reason")[:2000],
        error=error,
        error_findings=findings,
    )


def _questions(visit: Visit) -> tuple[alarm.Question, ...]:
    """Return what only a person can answer; the walk-through, which is signed by name, last."""
    said = set(visit.fields("answer"))
    asked = [rule for rule in bar.RULES if rule.question]
    return tuple(
        alarm.Question(rule=rule.id, text=rule.question, why=rule.why, is_yes=rule.id in said)
        for rule in sorted(asked, key=lambda rule: rule.id == "R15")
    )
