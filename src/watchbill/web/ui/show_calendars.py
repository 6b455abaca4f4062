"""The viewer's calendar links, and their own calendars that are read in."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.queries import busy_calendars as busy_queries
from watchbill.queries import feeds as queries
from watchbill.queries.busy_calendars import BusyRow
from watchbill.web.ui import calendars, pages
from watchbill.web.ui.settings import NewSecret
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit


def show_calendars(visit: Visit) -> Response:
    """Show both."""
    return calendars_page(visit)


def calendars_page(
    visit: Visit, *, created: NewSecret | None = None, error: str = "", status: int = 200
) -> Response:
    """Return the screen, with a link just made or what was wrong."""
    company = visit.company
    with visit.site.shell.db.transaction() as tx:
        own = queries.own(tx, visit.me.id)
        busy = busy_queries.own(tx, visit.me.id)
    teams = sorted(company.teams.values(), key=lambda team: team.name)
    context = calendars.Calendars(
        feeds=tuple(
            calendars.FeedItem(
                id=feed.id,
                title=queries.title(company, feed),
                hint=feed.hint,
                created_at=feed.created_at,
                seen_at=feed.seen_at,
            )
            for feed in own
        ),
        choices=(
            Choice(value="person:", label="My shifts"),
            Choice(value="volunteers:", label="The volunteers' rota"),
            Choice(value="managers:", label="Duty managers"),
            *(Choice(value=f"team:{team.id}", label=f"Rota of {team.name}") for team in teams),
        ),
        busy=tuple(_busy(row) for row in busy),
        created=created,
        error=error,
    )
    return pages.render(visit.request, pages.CALENDARS, context, status=status)


def _busy(row: BusyRow) -> calendars.BusyItem:
    return calendars.BusyItem(
        id=row.id,
        hint=row.hint,
        counts_all=row.counts_all,
        fetched_at=row.fetched_at,
        error=row.error,
        count=row.absences,
    )
