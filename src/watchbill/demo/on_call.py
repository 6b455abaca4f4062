"""The demo's on-call team: who is ready, who offers themselves, and who asks whom for a shift.

Everything is said through the actions anybody uses, by the person whose it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from watchbill.actions import (
    applications,
    audit,
    handoffs,
    on_call_team,
    readiness,
    swaps,
    wishes,
)
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core import volunteers
from watchbill.demo import people as staff
from watchbill.demo.founding import Founded
from watchbill.demo.timeline import Timeline
from watchbill.demo.weeks import ZONE, Weeks, carrier
from watchbill.store import rows

_TEAM = {"name": "On-call team of Harbour", "zone": ZONE, "seats": 8}
#: Who has not made sure of everything yet, and of what.
_NOT_YET = {"Ethan Brooks": ("power",)}
#: Who offers themselves, so many days before the demo's start: one more than there are seats.
_OFFERS = (("Aoife Doyle", 9), ("Hannah Clarke", 3))
#: What people would rather not stand, or would like to: person, weeks from now, weight.
_WISHES = (
    ("Niamh Kelly", 9, -3),
    ("Niamh Kelly", 10, -2),
    ("Amara Okafor", 12, 2),
    ("Lukas Weber", 6, -1),
    ("Maya Chen", 14, -2),
)
#: What was handed over: weeks from now in which the shift was stood, and the note.
_NOTES = (
    (-3, "A quiet week. The runbook of the e-mail gateway misses the second region; they know."),
    (
        -1,
        "Short nights, but few. If the webhooks' queue grows, look at the biggest customer first.",
    ),
)


def plan(timeline: Timeline, made: Founded, weeks: Weeks, start: datetime) -> None:
    """Write what the on-call team did into the timeline."""
    shell = timeline.shell
    on_call_team.change(shell, _TEAM, by=audit.SYSTEM)
    for name in staff.VOLUNTEERS:
        _make_sure(shell, name, _by(made, name))
    for name, days in _OFFERS:
        offer = partial(applications.apply, shell, {}, by=_by(made, name))
        timeline.at(start - timedelta(days=days), offer)
    for name, week, weight in _WISHES:
        said = {weeks.begin(week): weight}
        wish = partial(wishes.wish, shell, made.people[name], said, by=_by(made, name))
        timeline.at(start - timedelta(days=20), wish)
    _an_evening(timeline, made, weeks)
    for week, note in _NOTES:
        over = partial(_hand_over, timeline, made, weeks, week, note)
        timeline.at(weeks.begin(week + 1) - timedelta(hours=1), over)
    timeline.at(start - timedelta(hours=7), partial(_ask, timeline, made, weeks))


def _by(made: Founded, name: str) -> Actor:
    return audit.person(made.people[name])


def _make_sure(shell: Shell, name: str, by: Actor) -> None:
    """Say what somebody has made sure of, and answer the test pages they got."""
    items = [item for item in volunteers.ITEMS if item not in _NOT_YET.get(name, ())]
    person_id = by.person_id or ""
    readiness.make_sure(shell, person_id, items, by=by)
    with shell.db.transaction() as tx:
        query = "select id from contact_methods where person_id = %s"
        for (method_id,) in tx.execute(query, [person_id]).fetchall():
            rows.change(tx, "contact_methods", method_id, {"tested_at": shell.clock.now()})


def _an_evening(timeline: Timeline, made: Founded, weeks: Weeks) -> None:
    """One evening of a shift some weeks ago was stood by somebody else."""
    carrying, taking = carrier(-5), carrier(-3)
    begun = weeks.begin(-5) + timedelta(days=4)

    def ask_and_take() -> None:
        shift_id = _shift(timeline.shell, made.people[carrying], weeks.begin(-5))
        values: dict[str, object] = {
            "shift_id": shift_id,
            "starts_at": begun + timedelta(hours=1),
            "ends_at": begun + timedelta(hours=5),
            "to_person_id": made.people[taking],
            "note": "Parents' evening.",
        }
        asked = swaps.ask(timeline.shell, values, by=_by(made, carrying))
        swaps.accept(timeline.shell, asked, by=_by(made, taking))

    timeline.at(begun - timedelta(days=2), ask_and_take)


def _hand_over(timeline: Timeline, made: Founded, weeks: Weeks, week: int, note: str) -> None:
    """Let whoever stands a week tell the next one how it was."""
    stands = carrier(week)
    shift_id = _shift(timeline.shell, made.people[stands], weeks.begin(week))
    handoffs.write(timeline.shell, shift_id, note, by=_by(made, stands))


def _ask(timeline: Timeline, made: Founded, weeks: Weeks) -> None:
    """Two questions are open: a weekend of everybody, and a week for a week."""
    first = _shift(timeline.shell, made.people[carrier(3)], weeks.begin(3))
    weekend: dict[str, object] = {
        "shift_id": first,
        "starts_at": weeks.begin(3) + timedelta(hours=15),
        "ends_at": weeks.begin(3) + timedelta(hours=63),
        "note": "My sister marries on that Saturday.",
    }
    swaps.ask(timeline.shell, weekend, by=_by(made, carrier(3)))
    for_a_week: dict[str, object] = {
        "shift_id": _shift(timeline.shell, made.people[carrier(5)], weeks.begin(5)),
        "to_person_id": made.people[carrier(8)],
        "return_shift_id": _shift(timeline.shell, made.people[carrier(8)], weeks.begin(8)),
        "note": "The school holidays were moved. Would you change weeks with me?",
    }
    swaps.ask(timeline.shell, for_a_week, by=_by(made, carrier(5)))


def _shift(shell: Shell, person_id: str, begins: datetime) -> str:
    query = "select id from shifts where person_id = %s and lower(during) = %s"
    with shell.db.transaction() as tx:
        found = tx.execute(query, [person_id, begins]).fetchone()
    if found is None:
        raise LookupError(f"{person_id} stands no shift at {begins}")
    return str(found[0])
