"""What a volunteer says they have made sure of, and the test pages they ask for."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.actions import readiness
from watchbill.errors import Conflict, Invalid, TooMany
from watchbill.web import problems
from watchbill.web.ui import faults, show_readiness
from watchbill.web.ui.visits import Visit


def make_sure(visit: Visit) -> Response:
    """Keep the ticks as they were set."""
    items = list(visit.fields("item"))
    readiness.make_sure(visit.site.shell, visit.me.id, items, by=visit.actor)
    return visit.back("/readiness", said="Noted.")


def send(visit: Visit) -> Response:
    """Send a test page over every way."""
    try:
        sent = readiness.send_test_pages(visit.site.shell, visit.me.id, by=visit.actor)
    except (Conflict, Invalid, TooMany) as error:
        return show_readiness.readiness_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    pages = "A test page is" if sent == 1 else f"{sent} test pages are"
    return visit.back(
        "/readiness", said=f"{pages} on the way. Open the link in each, and press its button."
    )
