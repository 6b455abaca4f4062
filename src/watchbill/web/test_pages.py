"""Test pages: the link in one. Looking changes nothing; the button says that it was heard (VO6)."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal
from urllib.parse import quote

from starlette.responses import Response

from watchbill.actions import readiness
from watchbill.queries import answer_links
from watchbill.queries.answer_links import TestLink
from watchbill.web.ui import access, pages
from watchbill.web.ui.visits import Visit


def show(visit: Visit) -> Response:
    """Show the one button, or how it stands."""
    link = answer_links.read_test(visit.site.shell.db, visit.part("token"))
    context = access.TestPage(
        outcome=_outcome(visit, link), person_name=link.person_name, action=_href(visit)
    )
    return pages.render(visit.request, pages.TEST_PAGE, context)


def take(visit: Visit) -> Response:
    """Note that it was heard."""
    link = answer_links.read_test(visit.site.shell.db, visit.part("token"))
    with suppress(readiness.WrongLink):  # the page says that it has ended
        readiness.answer_test_page(visit.site.shell, link.method_id, link.sent_at)
    return visit.back(_href(visit))


def _outcome(visit: Visit, link: TestLink) -> Literal["ask", "done", "old"]:
    if link.is_answered:
        return "done"
    is_old = visit.now - link.sent_at > readiness.LASTS
    return "ask" if link.is_newest and not is_old else "old"


def _href(visit: Visit) -> str:
    return f"/t/{quote(visit.part('token'))}"
