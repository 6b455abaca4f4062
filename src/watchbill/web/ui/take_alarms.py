"""What people do with alarms: write, change, propose, review, return, retire, break the glass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from starlette.responses import Response

from watchbill.actions import alarms, bars, dry_runs, fields, handovers
from watchbill.actions.handovers import Said
from watchbill.core.bar import runbooks
from watchbill.errors import Conflict, Forbidden, Invalid, WatchbillError
from watchbill.queries import alarms as queries
from watchbill.queries import bars as bar_queries
from watchbill.web import problems
from watchbill.web.ui import (
    alarm,
    alarm_rows,
    alarm_typing,
    faults,
    show_alarm,
    show_alarm_form,
    show_review,
)
from watchbill.web.ui.show_alarm_form import Typed
from watchbill.web.ui.visits import Visit

_SAID = {
    "draft": "It is a draft again.",
    "proposed": "Proposed. The on-call team sees it in its queue.",
    "in_review": "You have it in review.",
    "accepted": "Accepted. From now on it may wake the on-call team, you among them.",
    "declined": "Declined. Its team reads why.",
    "returned": "Returned. It wakes nobody from now on.",
    "retired": "Retired: one thing less that may wake somebody.",
}
#: States that are said on the review's own screen.
_REVIEWED = frozenset({"accepted", "declined"})


def set_state(visit: Visit) -> Response:
    """Bring an alarm a step on its way; a review's form also says what one can get into."""
    alarm_id, state = visit.part("id"), visit.field("state")
    is_review = visit.field("from") == "review"

    def deed() -> None:
        if is_review and state == "accepted":
            _confirm(visit, alarm_id)
        said = Said(
            state=state,
            reason=visit.field("reason").replace("\x00", "")[:2000],
            answers=tuple(visit.fields("answer")[:60]),
        )
        seen = visit.field("etag") or None
        handovers.need_seen(said, seen)
        handovers.set_state(visit.site.shell, alarm_id, said, by=visit.actor, if_match=seen)

    after = f"/alarms/{alarm_id}/review" if state == "in_review" else f"/alarms/{alarm_id}"
    page = show_review.review_page if is_review else show_alarm.alarm_page
    return _do(visit, alarm_id, deed, page, (after, _SAID.get(state, "")))


def break_glass(visit: Visit) -> Response:
    """Let an alarm apply without review, with a reason."""
    alarm_id = visit.part("id")

    def deed() -> None:
        reason = visit.field("reason").replace("\x00", "")
        seen = visit.field("etag") or None
        handovers.break_glass(
            visit.site.shell, alarm_id, reason=reason, by=visit.actor, if_match=seen
        )

    said = "It applies without review, and stands on Tonight until somebody reviews it."
    return _do(visit, alarm_id, deed, show_alarm.alarm_page, (f"/alarms/{alarm_id}", said))


def create(visit: Visit) -> Response:
    """Write an alarm down, or hold what was typed against the bar without writing anything."""
    typed = Typed(values=alarm_typing.typed(visit), waivers=alarm_typing.waivers(visit))
    try:
        given = _given(visit)
        if visit.field("do") == "check":
            tried = dry_runs.dry_run(visit.site.shell, given)
            return show_alarm_form.new_form(visit, replace(typed, tried=tried))
        state = "proposed" if visit.field("do") == "propose" else "draft"
        made = alarms.create(visit.site.shell, {**given, "state": state}, by=visit.actor)
    except (Conflict, Invalid, Forbidden) as error:
        status = problems.status_of(error)
        return show_alarm_form.new_form(visit, _refused(typed, error), status=status)
    return visit.back(f"/alarms/{made}", said="Written down.")


def change(visit: Visit) -> Response:
    """Write a new version of an alarm, or hold it against the bar."""
    with visit.site.shell.db.transaction() as tx:
        row = queries.get(tx, visit.part("id"), now=visit.now)
    own = {"service": row.service, "key": row.key}
    etag, waivers = visit.field("etag"), alarm_typing.waivers(visit)
    typed = Typed(values=alarm_typing.typed(visit) | own, waivers=waivers, etag=etag)
    try:
        given = alarm_typing.kept(alarm_typing.values(visit), row)
        if visit.field("do") == "check":
            tried = dry_runs.dry_run(visit.site.shell, given | own)
            return show_alarm_form.edit_form(visit, row, replace(typed, tried=tried))
        alarms.change(visit.site.shell, row.id, given, by=visit.actor, if_match=etag or None)
    except (Conflict, Invalid, Forbidden) as error:
        status = problems.status_of(error)
        return show_alarm_form.edit_form(visit, row, _refused(typed, error), status=status)
    return visit.back(f"/alarms/{row.id}", said="Saved as a new version.")


def _given(visit: Visit) -> dict[str, object]:
    given = alarm_typing.values(visit)
    given |= {"service": visit.field("service"), "key": visit.field("key")}
    fields.need(given, "service", "key", "title")
    return given


def _refused(typed: Typed, error: WatchbillError) -> Typed:
    """Return the form with what is wrong beside its fields where they are named, or above them."""
    named = error.details.get("fields")
    errors = {str(k): str(v) for k, v in named.items()} if isinstance(named, dict) else {}
    above = "Some fields cannot be used as they are." if errors else faults.sentence(error)
    return replace(typed, error=above, errors=errors)


def _confirm(visit: Visit, alarm_id: str) -> None:
    """Keep which of the runbook's systems the reviewer says they can get into (R8)."""
    with visit.site.shell.db.transaction() as tx:
        row = queries.get(tx, alarm_id, now=visit.now)
        confirmed = set(bar_queries.access(tx, visit.me.id))
    asked = set(runbooks.systems(row.runbook))
    wanted = (confirmed - asked) | (set(visit.fields("system")) & asked)
    if wanted != confirmed:
        bars.confirm_access(visit.site.shell, visit.me.id, sorted(wanted), by=visit.actor)


def _do(
    visit: Visit,
    alarm_id: str,
    deed: Callable[[], None],
    page: Callable[..., Response],
    done: tuple[str, str],
) -> Response:
    """Do it and show what is next; what is refused is said where it was asked for."""
    try:
        deed()
    except (Conflict, Invalid, Forbidden) as error:
        return page(
            visit,
            alarm_id,
            error=_sentence(error),
            findings=_findings(error),
            status=problems.status_of(error),
        )
    path, said = done
    return visit.back(path, said=said)


def _findings(error: WatchbillError) -> tuple[alarm.FindingRow, ...]:
    found = error.details.get("findings")
    return alarm_rows.refused(found) if isinstance(found, list) else ()


def _sentence(error: WatchbillError) -> str:
    if isinstance(error, handovers.BelowTheBar):
        return error.title()
    if isinstance(error, fields.BadFields):
        return " ".join(
            f"{sentence[:1].upper()}{sentence[1:]}."
            for sentence in dict(error.details.get("fields") or {}).values()  # type: ignore[call-overload]
        )
    return faults.sentence(error)
