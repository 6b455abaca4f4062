"""Calendars: what a calendar program reads at a private link, without a sign-in."""

from __future__ import annotations

import hashlib

from starlette.responses import Response

from watchbill.actions import events, feeds
from watchbill.errors import NotFound
from watchbill.queries import feeds as queries
from watchbill.queries import reading
from watchbill.web.ui.visits import Visit


class NoSuchCalendar(NotFound):
    """There is no calendar at this address, or its link was revoked."""


def read(visit: Visit) -> Response:
    """Return the calendar, or 304 if the program has it already."""
    token = visit.part("name").removesuffix(".ics")
    shell = visit.site.shell
    try:
        with shell.db.transaction() as tx:
            feed = queries.by_hash(tx, events.hash_key(token))
            company = shell.company(tx)
            shown, days = queries.events(tx, company, feed, now=visit.now)
    except reading.NotThere:
        raise NoSuchCalendar from None
    feeds.seen(shell, feed.id)
    tag = f'"{hashlib.sha256(repr((shown, days)).encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=900"}
    if tag in visit.request.headers.get("If-None-Match", ""):  # a proxy may add W/ to it
        return Response(status_code=304, headers=headers)
    from watchbill.web import icalendars  # only here: its library is large

    content = icalendars.written(queries.title(company, feed), shown, days, now=visit.now)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)
