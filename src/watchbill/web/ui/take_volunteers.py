"""What people do about their part in the on-call team; each only for themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from starlette.responses import Response

from watchbill.actions import applications, leaving, on_call_team, terms
from watchbill.core import hours
from watchbill.errors import Conflict, Forbidden, Invalid, WatchbillError
from watchbill.web import problems
from watchbill.web.ui import faults, show_volunteers
from watchbill.web.ui.visits import Visit

_LABELS = {"starts_at": "From", "ends_at": "To", "until": "Back on"}
_NUMBERS = ("boundary_weekday", "seats", "least", "term_days", "gap_weeks", "decay_percent")


class BadDay(Invalid):
    """Give a day, such as 2026-03-06."""


class NotForOthers(Forbidden):
    """Everybody offers themselves; nobody, not even an admin, puts somebody else on call (NO2)."""


def apply(visit: Visit) -> Response:
    """Offer oneself for a term."""

    def deed() -> None:
        if visit.field("person_id") not in ("", visit.me.id):
            raise NotForOthers
        given = {
            "starts_at": _day(visit, "starts_on"),
            "ends_at": _day(visit, "ends_on"),
        }
        values: dict[str, object] = {name: at for name, at in given.items() if at is not None}
        applications.apply(visit.site.shell, values, by=visit.actor)

    return _do(
        visit, deed, "Thank you. You are on the list; somebody of the on-call team seats you."
    )


def withdraw(visit: Visit) -> Response:
    """Take one's application back."""
    return _do(
        visit,
        lambda: applications.withdraw(visit.site.shell, visit.part("id"), by=visit.actor),
        "Withdrawn.",
    )


def seat(visit: Visit) -> Response:
    """Give a free seat to whom applied."""
    return _do(
        visit,
        lambda: applications.seat(visit.site.shell, visit.part("id"), by=visit.actor),
        "Seated: the term begins as they asked.",
    )


def agree(visit: Visit) -> Response:
    """Agree to another term after one's own."""

    def deed() -> None:
        ends_at = _day(visit, "ends_on")
        values: dict[str, object] = {} if ends_at is None else {"ends_at": ends_at}
        applications.renew(visit.site.shell, visit.part("id"), values, by=visit.actor)

    return _do(visit, deed, "Thank you. Your next term begins when this one ends.")


def step_down(visit: Visit) -> Response:
    """End one's term now."""
    return _do(
        visit,
        lambda: leaving.step_down(visit.site.shell, visit.part("id"), by=visit.actor),
        "You have stepped down. Thank you for every night. Nobody is told why.",
    )


def pause(visit: Visit) -> Response:
    """Be away for a while."""
    try:
        until = _day(visit, "until_on")
        if until is None:
            raise BadDay(field="until_on")
        begin = _day(visit, "starts_on")
        values: dict[str, object] = {"until": until}
        if begin is not None:
            values["starts_at"] = begin
        leaving.pause(visit.site.shell, visit.part("id"), values, by=visit.actor)
    except (Conflict, Invalid) as error:
        if isinstance(error, terms.TermOver):
            return _refused(visit, error)
        return show_volunteers.leave_page(
            visit, error=_said(error), status=problems.status_of(error)
        )
    return visit.back("/on-call-team", said="Your pause is noted. Others see that you are away.")


def come_back(visit: Visit) -> Response:
    """End one's pause."""
    return _do(
        visit,
        lambda: leaving.come_back(visit.site.shell, visit.part("id"), by=visit.actor),
        "Welcome back.",
    )


def change_settings(visit: Visit) -> Response:
    """Change how the on-call team is set up."""
    try:
        values: dict[str, object] = {
            "name": visit.field("name"),
            "zone": visit.field("zone"),
            "boundary_time": visit.field("boundary_time"),
            "shadows": visit.field("shadows") == "yes",
        }
        values |= {name: _number(visit.field(name)) for name in _NUMBERS}
        values |= {"limits": _limits(visit), "watches": _watches(visit)}
        on_call_team.change(visit.site.shell, values, by=visit.actor)
    except (Invalid, Forbidden) as error:
        return show_volunteers.settings_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back("/on-call-team/settings", said="Changed.")


def _limits(visit: Visit) -> list[dict[str, object]]:
    """Return the limits as typed; lines without numbers are dropped."""
    return [
        {"most": _number(most), "weeks": _number(weeks), "source": source}
        for most, weeks, source in _lines(visit, "limit_most", "limit_weeks", "limit_source")
        if most or weeks
    ]


def _watches(visit: Visit) -> list[dict[str, object]]:
    """Return the watches as typed; lines without an office are dropped."""
    return [
        {"office_id": office, "starts": starts, "ends": ends}
        for office, starts, ends in _lines(visit, "watch_office", "watch_starts", "watch_ends")
        if office
    ]


def _lines(visit: Visit, *names: str) -> Iterator[tuple[str, ...]]:
    """Return the lines of a table of fields that share their names."""
    return zip(*([text.strip() for text in visit.fields(name)] for name in names), strict=False)


def _number(text: str) -> object:
    return int(text) if text.isdecimal() and len(text) < 6 else text


def _day(visit: Visit, name: str) -> datetime | None:
    """Return the beginning of a typed day where the viewer lives; None if nothing was typed."""
    text = visit.field(name)
    if not text:
        return None
    try:
        return hours.instant(date.fromisoformat(text), time(0), visit.zone)
    except ValueError:
        raise BadDay(field=name) from None


def _do(visit: Visit, deed: Callable[[], object], said: str) -> Response:
    """Do it and show the team; what is refused is said there."""
    try:
        deed()
    except (Conflict, Invalid, Forbidden) as error:
        return _refused(visit, error)
    return visit.back("/on-call-team", said=said)


def _refused(visit: Visit, error: WatchbillError) -> Response:
    status = problems.status_of(error)
    return show_volunteers.on_call_page(visit, error=_said(error), status=status)


def _said(error: WatchbillError) -> str:
    """Return the sentence for a refusal, with the fields called as on the screen."""
    text = faults.sentence(error)
    for name, label in _LABELS.items():
        text = text.replace(f"{name}:", f"{label}:").replace(name, f"“{label}”")
    return text
