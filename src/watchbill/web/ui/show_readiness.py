"""Readiness: what to make sure of before a first shift, and the test pages."""

from __future__ import annotations

from starlette.responses import Response

from watchbill.core import volunteers as rules
from watchbill.queries import volunteers as queries
from watchbill.queries.alarm_screens import Reader
from watchbill.web.ui import pages, show_me, volunteers
from watchbill.web.ui.visits import Visit

ITEMS = {
    "internet": ("Internet", "It works where I sleep, and I have another way: a phone's hotspot."),
    "laptop": ("Laptop", "It is with me, it is charged, and it is allowed in."),
    "power": ("Power", "Charger and phone are beside the bed; the phone rings aloud at night."),
    "second_factor": ("Second factor", "I have it with me, and a second one where I live."),
    "credentials": ("Credentials", "I have signed in to every system that runbooks name."),
}


def show_readiness(visit: Visit) -> Response:
    """Show the viewer's own list."""
    return readiness_page(visit)


def readiness_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return it, with what was wrong with the form just sent."""
    with visit.site.shell.db.transaction() as tx:
        found = queries.readiness(tx, visit.me.id)
        ways = queries.ways(tx, visit.me.id)
        left, systems = left_to_do(tx, visit.me.id), show_me.systems(tx, visit.me, is_asked=True)
    context = volunteers.Readiness(
        sentence=left or "You are ready for a first shift.",
        is_ready=found.is_ready,
        items=tuple(
            volunteers.ItemRow(name=name, text=": ".join(ITEMS[name]), is_done=name in found.items)
            for name in rules.ITEMS
        ),
        methods=tuple(
            volunteers.MethodRow(
                label=f"{show_me.CHANNELS.get(way.channel, way.channel)} {way.address}",
                tested_at=way.tested_at,
                sent_at=way.test_sent_at,
            )
            for way in ways
        ),
        systems=systems,
        error=error,
    )
    return pages.render(visit.request, pages.READINESS, context, status=status)


def left_to_do(tx: Reader, person_id: str) -> str:
    """Return what somebody still has to do before a shift, in a sentence; "" if nothing."""
    missing = len(queries.readiness(tx, person_id).missing)
    ways = queries.ways(tx, person_id)
    if not ways:
        return "Nobody can reach you yet: add a way under Me, and verify it."
    untested = sum(1 for way in ways if way.tested_at is None)
    left = [
        words[0] if count == 1 else f"{count} {words[1]}"
        for count, words in (
            (missing, ("1 thing to make sure of", "things to make sure of")),
            (untested, ("1 test page to answer", "test pages to answer")),
        )
        if count
    ]
    return f"Left to do: {' and '.join(left)}." if left else ""
