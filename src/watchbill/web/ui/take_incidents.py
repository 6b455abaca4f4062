"""What people say about an incident on its screen; each is one of the core's answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.responses import Response

from watchbill.actions import helpers, incidents, reviews
from watchbill.core.people import PersonId, ServiceId
from watchbill.errors import Conflict, Invalid, NotFound, WatchbillError
from watchbill.web import problems
from watchbill.web.ui import faults, show_incident, show_incidents
from watchbill.web.ui.visits import Visit


class BadSnooze(Invalid):
    """Choose how long it is put off."""


class EmptyNote(Invalid):
    """A note has at least a word."""


class NoVerdict(Invalid):
    """Say whether it was needed, what was done, and whether the runbook helped."""


class ShortReason(Invalid):
    """Say in a sentence why it cannot wait: it is reviewed afterwards."""


def acknowledge(visit: Visit) -> Response:
    """Take it."""
    return _answer(visit, lambda i, by: incidents.acknowledge(visit.site.shell, i, by=by))


def resolve(visit: Visit) -> Response:
    """End it."""
    return _answer(visit, lambda i, by: incidents.resolve(visit.site.shell, i, by=by))


def decline(visit: Visit) -> Response:
    """Say that one cannot."""
    return _answer(visit, lambda i, by: incidents.decline(visit.site.shell, i, by=by))


def need_help(visit: Visit) -> Response:
    """Call the duty manager."""
    return _answer(visit, lambda i, by: incidents.need_help(visit.site.shell, i, by=by))


def snooze(visit: Visit) -> Response:
    """Put it off."""

    def deed(incident_id: str, by: PersonId) -> object:
        minutes = visit.field("minutes")
        if not re.fullmatch(r"\d{1,5}", minutes):
            raise BadSnooze
        wait = timedelta(minutes=int(minutes))
        return incidents.snooze(visit.site.shell, incident_id, by=by, wait=wait)

    return _answer(visit, deed)


def break_glass(visit: Visit) -> Response:
    """Make it a page, with a reason."""

    def deed(incident_id: str, by: PersonId) -> object:
        reason = _reason(visit)
        return incidents.break_glass(visit.site.shell, incident_id, by=by, reason=reason)

    return _answer(visit, deed)


def note(visit: Visit) -> Response:
    """Write a line into its timeline."""

    def deed(incident_id: str, by: PersonId) -> object:
        text = _storable(visit.field("note"))
        if not text:
            raise EmptyNote
        return incidents.note(visit.site.shell, incident_id, by=by, text=text)

    return _answer(visit, deed)


def ask(visit: Visit) -> Response:
    """Ask a helper by mail."""
    return _answer(
        visit,
        lambda i, by: helpers.ask(visit.site.shell, i, visit.fields("person")[:20], by=by),
    )


def helped(visit: Visit) -> Response:
    """Write down who helped."""
    who = PersonId(visit.field("person"))
    return _answer(visit, lambda i, by: helpers.helped(visit.site.shell, i, who, by=by))


def review(visit: Visit) -> Response:
    """Say afterwards whether it was needed, what was done and whether the runbook helped."""

    def deed(incident_id: str, _by: PersonId) -> None:
        values: dict[str, object] = {
            "needed": visit.field("needed") == "yes",
            "action": visit.field("action"),
            "runbook": visit.field("runbook"),
            "note": _storable(visit.field("note"))[:4000],
        }
        if visit.field("needed") not in ("yes", "no"):
            raise NoVerdict
        reviews.give(visit.site.shell, incident_id, values, by=visit.actor)

    return _answer(visit, deed)


def declare(visit: Visit) -> Response:
    """Open an incident by hand and go to it."""
    try:
        opened = incidents.declare(
            visit.site.shell,
            ServiceId(visit.field("service")),
            title=_storable(visit.field("sentence"))[:1024],
            reason=_reason(visit),
            by=visit.me.id,
        )
    except (Invalid, NotFound) as error:
        return show_incidents.declare_form(visit, error=faults.sentence(error), status=422)
    return visit.back(f"/incidents/{opened.id}", said="Declared. Whoever answers now is called.")


def _answer(visit: Visit, deed: Callable[[str, PersonId], object]) -> Response:
    """Do it and show the incident; what the core refuses is said on the incident's own screen."""
    incident_id = visit.part("id")
    try:
        deed(incident_id, visit.me.id)
    except (Conflict, Invalid) as error:
        return _refused(visit, incident_id, error)
    return visit.back(_where(visit, incident_id))


def _where(visit: Visit, incident_id: str) -> str:
    """Return the screen to show next: the incident's, or Tonight if its own button was pressed."""
    from_tonight = urlsplit(visit.request.headers.get("hx-current-url", "")).path == "/"
    return "/" if from_tonight else f"/incidents/{incident_id}"


def _refused(visit: Visit, incident_id: str, error: WatchbillError) -> Response:
    status = problems.status_of(error)
    return show_incident.incident_page(
        visit, incident_id, error=faults.sentence(error), status=status
    )


def _reason(visit: Visit) -> str:
    reason = _storable(visit.field("reason"))[:1000]
    if len(reason) < 10:
        raise ShortReason
    return reason


def _storable(text: str) -> str:
    """Return the text without what PostgreSQL cannot store."""
    return text.replace("\x00", "")
