"""Time away and wishes of the viewer."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.queries import bars, time_away
from watchbill.web.ui import away, pages
from watchbill.web.ui.visits import Visit

WEEKS = 26
_SOURCES = {
    "hand": "by hand",
    "calendar": "from your calendar",
    "csv": "from a file",
    "pause": "a pause; only you see that",
}
#: What one strikes out here; a calendar's and a pause end where they began.
BY_HAND = ("hand", "csv")
WORDS = ((3, "gladly"), (1, "rather yes"), (0, "no wish"), (-1, "rather not"), (-3, "please not"))


def show_away(visit: Visit) -> Response:
    """Show when the viewer is away, and what they wish."""
    return away_page(visit)


def away_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return the screen, with what was wrong with the form just sent."""
    with visit.site.shell.db.transaction() as tx:
        own = time_away.own(tx, visit.me.id, now=visit.now)
        is_one = visit.me.id in bars.volunteers(tx, visit.now)
        wishes = time_away.wishes(tx, visit.me.id, now=visit.now, weeks=WEEKS) if is_one else []
    context = away.Away(
        rows=tuple(
            away.AwayRow(
                id=row.id,
                start=row.starts_at,
                end=row.ends_at,
                source=_SOURCES[row.source],
                may_remove=row.source in BY_HAND,
                shift_id=row.shift_id or "",
            )
            for row in own
        ),
        wishes=tuple(
            away.WishRow(
                start=week.start,
                name=f"week-{week.start:%Y%m%dT%H%MZ}",
                weight=nearest(said),
            )
            for week, said in wishes
        ),
        words=WORDS,
        is_volunteer=is_one,
        error=error,
    )
    return pages.render(visit.request, pages.AWAY, context, status=status)


def nearest(said: int) -> int:
    """Return the weight among those there are words for that is nearest to what was said."""
    return min((weight for weight, _ in WORDS), key=lambda weight: abs(weight - said))
