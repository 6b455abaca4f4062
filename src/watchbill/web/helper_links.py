"""Helper links: the one in a mail that asks for help. Looking changes nothing; the button offers (HE1).

Whoever holds the mail is the person it was sent to, as with the links of pages.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Literal
from urllib.parse import quote

from starlette.responses import Response

from watchbill.actions import helpers
from watchbill.errors import Conflict
from watchbill.queries import answer_links
from watchbill.queries.answer_links import HelperLink
from watchbill.web.ui import access, pages
from watchbill.web.ui.visits import Visit


def show(visit: Visit) -> Response:
    """Show what it is about and the one button, or how it stands."""
    link = answer_links.read_helper(visit.site.shell.db, visit.part("token"))
    context = access.HelperPage(
        outcome=_outcome(link),
        sentence=link.incident.title,
        person_name=link.person_name,
        action=_href(visit),
        incident_href=f"/incidents/{link.incident.id}",
    )
    return pages.render(visit.request, pages.HELPER, context)


def take(visit: Visit) -> Response:
    """Write down that they can help, and show how it stands now."""
    link = answer_links.read_helper(visit.site.shell.db, visit.part("token"))
    with suppress(Conflict):  # it is over by now; the page says so
        helpers.offer(visit.site.shell, link.incident.id, link.person_id)
    return visit.back(_href(visit))


def _outcome(link: HelperLink) -> Literal["ask", "done", "over"]:
    if not link.incident.is_open:
        return "over"
    return "done" if link.is_offered else "ask"


def _href(visit: Visit) -> str:
    return f"/h/{quote(visit.part('token'))}"
