"""A rota to look at: Vera stands now, Ben is next with a part given to Vera, Cas shadows, weeks are open.

The clock stands on Saturday 7 March 2026, 03:00; the week runs from Friday 18:00 in Dublin.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.builders import BEN, CAS, VERA
from tests.e2e.browser import calm
from watchbill.actions import absences, on_call_team, shifts, terms
from watchbill.actions.audit import SYSTEM, person
from watchbill.core.people import PersonId

FRIDAY = datetime(2026, 3, 6, 18, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 23, 17, tzinfo=UTC)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
OLDER = FRIDAY - 3 * WEEK
NIGHT = FRIDAY + timedelta(hours=9)


def rota(world) -> dict[str, str]:
    """Plan it, and return the shifts' ids: before, now, next, part, shadow."""
    shell = world.watchbill.shell
    with world.watchbill.db.transaction() as tx:
        tx.execute("delete from shifts")
    on_call_team.change(shell, {"zone": "Europe/Dublin"}, by=SYSTEM)
    for who in (BEN, CAS):
        span = {"starts_at": FRIDAY - 4 * WEEK, "ends_at": FRIDAY + 40 * WEEK}
        terms.agree(shell, {"person_id": who, **span}, by=person(who))
    found = {
        "older": plan(shell, CAS, OLDER, OLDER + DAY - timedelta(seconds=1)),
        "before": plan(shell, CAS, FRIDAY - WEEK, FRIDAY),
        "now": plan(shell, VERA, FRIDAY, FRIDAY + WEEK),
        "next": plan(shell, BEN, FRIDAY + WEEK, FRIDAY + 8 * DAY),
        "part": plan(shell, VERA, FRIDAY + 8 * DAY, FRIDAY + 9 * DAY),
        "rest": plan(shell, BEN, FRIDAY + 9 * DAY, FRIDAY + 2 * WEEK),
        "shadow": plan(shell, CAS, FRIDAY + WEEK, FRIDAY + 2 * WEEK, shadow=True),
        # The clocks go forward on 29 March and back on 25 October: an hour less, an hour more.
        "spring": plan(shell, BEN, FRIDAY + 3 * WEEK, FRIDAY + 4 * WEEK - timedelta(hours=1)),
        "autumn": plan(shell, BEN, AUTUMN, AUTUMN + WEEK + timedelta(hours=1)),
    }
    absences.add(
        shell,
        {"person_id": CAS, "starts_at": FRIDAY + 2 * WEEK, "ends_at": FRIDAY + 3 * WEEK},
        by=person(CAS),
    )
    with world.watchbill.db.transaction() as tx:
        tx.execute("update absences set source = 'pause' where person_id = %s", [CAS])
    world.settle()
    return found


def anew(world) -> dict[str, str]:
    """Plan it on a Saturday at three in the night, whatever an earlier test left behind."""
    calm(world)
    world.clock.move_to(NIGHT)
    with world.watchbill.db.transaction() as tx:
        tx.execute("delete from shifts")
        tx.execute("delete from terms where person_id <> %s", [VERA])
        tx.execute("delete from absences")
        tx.execute("delete from wishes")
        tx.execute("update organization set version = version + 1")
    return rota(world)


def plan(shell, who: PersonId, start: datetime, end: datetime, *, shadow: bool = False) -> str:
    """Plan one shift, and return its id."""
    span = {"person_id": who, "starts_at": start, "ends_at": end, "shadow": shadow}
    return shifts.plan(shell, span, by=SYSTEM)
