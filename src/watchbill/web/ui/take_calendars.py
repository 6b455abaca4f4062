"""What people do with calendars: make and revoke links, add and remove their own."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.actions import busy_calendars, feeds
from watchbill.errors import Conflict, Forbidden, Invalid
from watchbill.web import problems
from watchbill.web.ui import faults, show_calendars
from watchbill.web.ui.settings import NewSecret
from watchbill.web.ui.visits import Visit

_REFUSALS = (Conflict, Forbidden, Invalid)


def make(visit: Visit) -> Response:
    """Make a link and show it this once."""
    kind, _, subject = visit.field("what").partition(":")
    try:
        _, token = feeds.create(
            visit.site.shell, {"kind": kind, "subject_id": subject}, by=visit.actor
        )
    except _REFUSALS as error:
        return _refused(visit, error)
    created = NewSecret(
        name="The calendar link",
        secret=f"{visit.site.base_url}/calendar/{token}.ics",
        advice="Subscribe to it in your calendar program; whoever has it can read it.",
    )
    return show_calendars.calendars_page(visit, created=created, status=201)


def revoke(visit: Visit) -> Response:
    """End a link."""
    feeds.revoke(visit.site.shell, visit.part("id"), by=visit.actor)
    return visit.back("/calendars", said="Revoked. Whoever has it sees nothing more.")


def add(visit: Visit) -> Response:
    """Let one's own calendar say when one is away."""
    try:
        values = {"url": visit.field("url"), "counts_all": visit.field("counts") == "all"}
        busy_calendars.add(visit.site.shell, values, by=visit.actor)
    except _REFUSALS as error:
        return _refused(visit, error)
    return visit.back("/calendars", said="Added. It is read within a minute, and every hour.")


def remove(visit: Visit) -> Response:
    """Forget one's calendar, and what was read from it."""
    busy_calendars.remove(visit.site.shell, visit.part("id"), by=visit.actor)
    return visit.back("/calendars", said="Removed, with what was read from it.")


def _refused(visit: Visit, error: Conflict | Forbidden | Invalid) -> Response:
    return show_calendars.calendars_page(
        visit, error=faults.sentence(error), status=problems.status_of(error)
    )
